// How the simulated NOMAD writes the entries of an upload, and how far they are.
import { type Generation, isCelery, timeText } from './nomad-generations.ts';
import type { SimulatedEntry, SimulatedUpload, WireStatus, World } from './nomad-world.ts';

const ENTRY_METADATA = { results: { material: {} } };

export type WireEntry = ReturnType<typeof toWireEntry>;

type Entry = Omit<SimulatedEntry, 'error'> & { readonly error: string | null };

/** The first entries of an upload, all of them when `most` is not given; the failed ones first. Those that did not fail have made-up names: the simulation knows only their number. */
export function toWireEntries(upload: SimulatedUpload, { generation }: World, most = Infinity): readonly WireEntry[] {
  const well = Math.max(0, upload.entries - upload.failing.length);
  return [
    ...upload.failing,
    ...Array.from({ length: Math.min(well, most) }, (_, index) => ({
      id: `${upload.id}-entry-${index}`,
      mainfile: `run-${index}/vasprun.xml`,
      parser: 'parsers/vasp',
      error: null,
    })),
  ]
    .slice(0, most)
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
    complete_time: end === undefined ? undefined : timeText(end, generation),
    errors: hasFailed ? [entry.error] : [],
    warnings: [],
    entry_id: entry.id,
    entry_create_time: timeText(upload.createTime, generation),
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
  const isDone = parsing === null || index < parsing.done;
  if (isDone)
    return { status: last, message: end === undefined ? undefined : endMessage(error, isCelery(generation)), end };
  // Those that wait keep the time of the run before. Temporal begins with all of them READY, and parses again without touching that.
  const message = index === parsing.done ? 'Parsing mainfile' : undefined;
  if (parsing.isAgain) return { status: last, message: message ?? endMessage(error, false), end };
  return isCelery(generation)
    ? { status: 'PENDING', message: message ?? 'Pending: process_entry', end }
    : { status: 'READY', message, end };
}

/** Temporal leaves the message of the last step where it ended well. */
function endMessage(error: string | null, celery: boolean): string {
  const process = celery ? 'process_entry' : 'None';
  if (error !== null) return `Process ${process} failed: ${error}`;
  return celery ? 'Process process_entry completed successfully' : 'Archiving';
}
