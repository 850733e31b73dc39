// What the simulated NOMAD keeps of an entry's processing: its log, as 1.3.17 and 2.0.0 wrote it.
import { type Generation, isCelery } from './nomad-generations.ts';
import type { SimulatedAnswer } from './nomad-paging.ts';
import { type SimulatedEntry, type World, isListedFor } from './nomad-state.ts';

const NO_ENTRY = { status: 404, detail: 'The entry does not exist or is not visible to you.' } as const;
const NO_ARCHIVE = { status: 404, detail: 'The entry does exist, but it has no archive.' } as const;

/** `POST /entries/ID/archive/query`, asked for the logs alone. `userId` null: nobody is logged in. */
export function archiveAnswer(world: World, userId: string | null, entryId: string): SimulatedAnswer {
  const upload = [...world.uploads.values()].find(({ failing }) => failing.some(({ id }) => id === entryId));
  const entry = upload?.failing.find(({ id }) => id === entryId);
  if (upload === undefined || entry === undefined) return NO_ENTRY;
  const isVisible = upload.published || (userId !== null && isListedFor(world, upload, userId, []));
  if (!isVisible) return NO_ENTRY;
  const { log, parser } = entry;
  if (log === undefined) return NO_ARCHIVE;
  const archive = { processing_logs: recordsOf(entry, log, world.generation) };
  const data = { entry_id: entryId, upload_id: upload.id, parser_name: parser, archive };
  return { entry_id: entryId, required: { processing_logs: '*' }, data };
}

function recordsOf({ error }: SimulatedEntry, log: NonNullable<SimulatedEntry['log']>, generation: Generation) {
  const before = log.before === undefined ? [] : [{ event: log.before, level: 'ERROR' }];
  const trace = `Traceback (most recent call last):\n${FRAME}\n${log.exception}`;
  // Later ones log their own exception, which followed the parser's.
  const wrapped = `${trace}\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n${FRAME}\nnomad.processing.base.${error}`;
  const failure = isCelery(generation)
    ? { event: 'process failed', errors: error, error: textOf(log.exception), exception: trace }
    : { event: 'process failed with exception', error: textOf(error), exception: wrapped };
  return [
    { event: 'Executing parser', level: 'DEBUG' },
    ...before,
    { ...failure, level: 'ERROR' },
    { event: 'process failed', level: 'INFO' },
  ];
}

const FRAME = '  File "/app/site-packages/nomad/processing/data.py", line 1617, in parsing\n    parser.parse(';

/** Of an exception without its class. */
function textOf(exception: string): string {
  return exception.replace(/^\w+: /, '');
}
