// How the simulated NOMAD writes the entries of an upload, and how far they are.
import { type Generation, isCelery, simulatedTime } from './nomad-generations.ts';
import type { SimulatedEntry, SimulatedUpload, WireStatus, World } from './nomad-state.ts';

const ENTRY_METADATA = { results: { material: {} } };

export type WireEntry = ReturnType<typeof toWireEntry>;

type Entry = Omit<SimulatedEntry, 'error'> & { readonly error: string | null };

/** The first entries of an upload, all of them when `limit` is not given; the failed ones first. Those that did not fail have made-up names: the simulation knows only their number. */
export function toWireEntries(upload: SimulatedUpload, { generation }: World, limit = Infinity): readonly WireEntry[] {
  const well = Math.max(0, upload.entries - upload.failing.length);
  return [
    ...upload.failing,
    ...Array.from({ length: Math.min(well, limit) }, (_, index) => ({
      id: `${upload.id}-entry-${index}`,
      mainfile: `run-${index}/vasprun.xml`,
      parser: 'parsers/vasp',
      error: null,
    })),
  ]
    .slice(0, limit)
    .map((entry, index) => toWireEntry(upload, entry, index, generation));
}

function toWireEntry(upload: SimulatedUpload, entry: Entry, index: number, generation: Generation) {
  const { status, message, end } = stateOf(upload, entry, index, generation);
  const hasFailed = status === 'FAILURE' && entry.error !== null;
  return {
    process_running: status === 'PENDING',
    current_process: undefined,
    process_status: status,
    last_status_message: message,
    complete_time: end === undefined ? undefined : simulatedTime(end, generation),
    errors: hasFailed ? [entry.error] : [],
    warnings: [],
    entry_id: entry.id,
    entry_create_time: simulatedTime(upload.createTime, generation),
    mainfile: entry.mainfile,
    upload_id: upload.id,
    parser_name: entry.parser,
    entry_metadata: ENTRY_METADATA,
  };
}

function stateOf(
  { parsing, entryEnds }: SimulatedUpload,
  { error }: Entry,
  index: number,
  generation: Generation,
): { readonly status: WireStatus; readonly message: string | undefined; readonly end: number | undefined } {
  const end = entryEnds[index];
  const last = error === null ? 'SUCCESS' : 'FAILURE';
  const message = end === undefined ? undefined : endMessage(error, isCelery(generation));
  const isDone = parsing === null || parsing.done.has(index);
  if (parsing?.at === index) {
    // NOMAD 1.4 and later say nothing of the one at work in its status, and parse again without touching that.
    if (parsing.isEnding) return { status: 'RUNNING', message, end };
    const atWork = isCelery(generation) ? 'RUNNING' : 'READY';
    return { status: isDone ? last : atWork, message: parsing.message, end };
  }
  if (isDone) return { status: last, message, end };
  const isQueued = isCelery(generation) && parsing.level.includes(index);
  return isQueued ? { status: 'PENDING', message: 'Pending: _process_entry', end } : { status: 'READY', message, end };
}

/** Temporal leaves the message of the last step where it ended well. */
function endMessage(error: string | null, celery: boolean): string {
  if (error !== null) return `Process ${celery ? '_process_entry' : 'None'} failed: ${error}`;
  return celery ? 'Process _process_entry completed successfully' : 'Archiving';
}
