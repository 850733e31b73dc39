// What the listings of a real server showed of each upload, one state after the other, read from a recording (test/lives/recorded).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIELDS = [
  'process_status',
  'process_running',
  'current_process',
  'last_status_message',
  'errors',
  'entries',
  'complete_time',
  'published',
  'upload_name',
] as const;
export type Field = (typeof FIELDS)[number];

/** null: it is listed no longer. A field that the recording does not tell is not there. */
export type State = Readonly<Partial<Record<Field, unknown>>> | null;

type Line = Readonly<Record<string, unknown>> & {
  readonly id?: string;
  readonly new?: true;
  readonly gone?: true;
  readonly cut?: string;
};

const NONE: Readonly<Record<Field, unknown>> = {
  process_status: null,
  process_running: false,
  current_process: null,
  last_status_message: null,
  errors: [],
  entries: 0,
  complete_time: null,
  published: false,
  upload_name: null,
};

export function readRecorded(name: string): ReadonlyMap<string, readonly State[]> {
  const lives = new Map<string, State[]>();
  for (const line of linesOf(name)) {
    if (line.id === undefined || line['of'] === 'entries') continue;
    const states = lives.get(line.id) ?? [];
    const next = line.gone === true ? null : after(states.at(-1) ?? NONE, line);
    // A recorder that was started again says once more what is so.
    if (line.new !== true || JSON.stringify(next) !== JSON.stringify(states.at(-1))) states.push(next);
    lives.set(line.id, states);
  }
  return lives;
}

/** What the entries of an upload said of themselves, all together. */
export interface EntriesState {
  readonly statuses: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, number>>;
  readonly newest: string | null;
}

/** An answer that counted and listed at two times is left out. */
export function readEntriesRecorded(name: string): readonly EntriesState[] {
  return linesOf(name)
    .filter((line) => line['of'] === 'entries')
    .map((line) => line as unknown as EntriesState & { readonly total: number })
    .filter(({ statuses, total }) => total > 0 && Object.values(statuses).reduce((a, b) => a + b, 0) === total)
    .map(({ statuses, messages, newest }) => entriesState(statuses, messages, newest));
}

/** The steps of an entry but the last are too quick to tell them apart. */
export function entriesState(
  statuses: Readonly<Record<string, number>>,
  messages: Readonly<Record<string, number>>,
  newest: string | null,
): EntriesState {
  const counts: Record<string, number> = {};
  for (const [message, count] of Object.entries(messages)) {
    const name = /^(?:Determining|Initializing|Preserving|Parsing|Normalizing|Started)/.test(message)
      ? 'at work'
      : message;
    counts[name] = (counts[name] ?? 0) + count;
  }
  return { statuses, messages: counts, newest: newest === '' ? null : newest };
}

function linesOf(name: string): readonly Line[] {
  const text = readFileSync(join(import.meta.dirname, '../lives/recorded', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row) as Line);
}

function after(before: NonNullable<State>, line: Line): State {
  const known = line.new === true ? NONE : before;
  const cutAt = FIELDS.findIndex((field) => (line.cut ?? '').startsWith(`"${field}"`));
  const fields = FIELDS.filter((field, index) => field in line || (field in known && (cutAt === -1 || index < cutAt)));
  return Object.fromEntries(fields.map((field) => [field, field in line ? line[field] : known[field]]));
}

/** Of a wire upload the same; of `complete_time` and texts what is alike between servers. */
export function stateOf(wire: Readonly<Record<string, unknown>>): NonNullable<State> {
  return Object.fromEntries(FIELDS.map((field) => [field, wire[field] ?? NONE[field]]));
}

/** Frames of a traceback are of one server, and how many there are. */
export function sameWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sameWords);
  return typeof value === 'string'
    ? value.replace(/(?: {2}File "[^"]+", line \d+, in \w+\n(?: {4}.+\n)*)+/g, '  …\n')
    : value;
}
