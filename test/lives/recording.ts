// A recording of a real NOMAD: what `GET /uploads` answered, each change a line, as the list that a client would get at any time of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Line {
  readonly at: string;
  readonly id?: string;
  /** All that it has; else only what changed. */
  readonly new?: true;
  readonly gone?: true;
  /** How a listing was answered, where that changed or was slow. */
  readonly answer?: number | string;
  /** An answer for the entries of the upload, in place of a list. */
  readonly of?: 'entries';
  readonly life?: string;
  /** What the recorder cut off. */
  readonly cut?: string;
  readonly [field: string]: unknown;
}

export interface Recording {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The list at that time as NOMAD wrote it, by id; null: it gave none. The same object as long as nothing changed. */
  listAt(time: number): ReadonlyMap<string, WireUpload> | null;
  /** Of the upload that ever had this name. */
  idOf(name: string): string | null;
  /** What NOMAD said of its entries last, up to `time`; null: it was not asked. */
  entriesAt(id: string, time: number): RecordedEntries | null;
  /** When the upload was last seen to come to its last step before it was done, up to `time`; its entries are parsed by then. */
  parsedAt(id: string, time: number): number | null;
  /** Each time at which anything changed, ascending. */
  readonly changes: readonly number[];
}

export interface RecordedEntries {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
  /** When the last of them was done. */
  readonly newest: string | null;
  /** How many show each message. */
  readonly messages: Readonly<Record<string, number>>;
}

export type WireUpload = Readonly<Record<string, unknown>> & { readonly upload_id: string };

const ADA = '00000000-0000-4000-8000-000000000001';

/** ms since the epoch of a time of day in a recording. */
export function timeOf(at: string): number {
  return Date.parse(`2026-11-29T${at}Z`);
}

/** `until`: a time of day, after which it is not looked at. */
export function readRecording(name: string, until = '24'): Recording {
  const all = readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8')
    .trim()
    .split('\n');
  const lines = all.filter((line) => (JSON.parse(line) as Line).at <= until);
  const states: { readonly time: number; readonly list: ReadonlyMap<string, WireUpload> | null }[] = [];
  const parsed = new Map<string, number[]>();
  const ids = new Map<string, string>();
  const entries = new Map<string, { readonly time: number; readonly told: RecordedEntries }[]>();
  let uploads = new Map<string, WireUpload>();
  for (const line of lines) {
    const { at, id, new: isNew, gone, answer, of, ...fields } = JSON.parse(line) as Line;
    const time = timeOf(at);
    if (id === undefined) {
      if (answer !== undefined) states.push({ time, list: answer === 200 ? uploads : null });
      continue;
    }
    if (of === 'entries') {
      if (answer !== undefined) continue;
      const told = fields as unknown as RecordedEntries;
      entries.set(id, [...(entries.get(id) ?? []), { time, told }]);
      continue;
    }
    uploads = new Map(uploads);
    if (gone === true) uploads.delete(id);
    else {
      const known = isNew === true ? fresh(id, time, uploads.get(id)) : (uploads.get(id) ?? fresh(id, time, undefined));
      uploads.set(id, { ...known, ...fields });
      if (typeof fields['upload_name'] === 'string') ids.set(fields['upload_name'], id);
      const { last_status_message: message } = fields;
      if (message === 'Cleanup') parsed.set(id, [...(parsed.get(id) ?? []), time]);
    }
    states.push({ time, list: uploads });
  }
  const first = states[0]?.time ?? 0;
  const last = states.at(-1)?.time ?? 0;
  return {
    from: first,
    to: last,
    changes: states.map(({ time }) => time),
    listAt: (time) => states[lastBefore(states, time)]?.list ?? null,
    idOf: (name) => ids.get(name) ?? null,
    entriesAt: (id, time) => entries.get(id)?.findLast((each) => each.time <= time)?.told ?? null,
    parsedAt: (id, time) => parsed.get(id)?.findLast((each) => each <= time) ?? null,
  };
}

/** Index of the last state that is not after `time`; -1: none. */
function lastBefore(states: readonly { readonly time: number }[], time: number): number {
  let [low, high] = [0, states.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((states[middle]?.time ?? Number.POSITIVE_INFINITY) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The fields that the recorder did not write since they never changed. */
function fresh(id: string, time: number, known: WireUpload | undefined): WireUpload {
  return {
    upload_id: id,
    upload_create_time: known?.['upload_create_time'] ?? new Date(time - 300).toISOString(),
    main_author: ADA,
    coauthors: [],
    reviewers: [],
    errors: [],
    warnings: [],
    entries: 0,
    published: false,
  };
}
