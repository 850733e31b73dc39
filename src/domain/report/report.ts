// The state of the uploads at one look: a row each, worst first, and a verdict for a shell or a monitoring system. Pure.
import { failedText, uploadFailureOf } from '../failure.ts';
import { type Condition, CONDITIONS, type Wrong, conditionsOf } from './conditions.ts';
import { counted, oneLine, grouped } from '../text/one-line.ts';
import { type Snapshot, type TrackedUpload, titleOf } from '../upload.ts';

export interface CheckRow {
  readonly upload_id: string;
  readonly upload_name: string | null;
  readonly process_status: string;
  readonly process: string | null;
  /** Worst first; none: nothing to say of it. */
  readonly conditions: readonly Condition[];
  /** Why, in one line; null: nothing to say. */
  readonly reason: string | null;
  /** ms since the epoch, by the server's clock; for an idle one the end of its last run. */
  readonly since: number;
  readonly entries: number;
  /** null: not known. */
  readonly failed_entries: number | null;
  readonly errors: readonly string[];
  readonly main_author: string;
  readonly link: string;
}

export interface CheckInput {
  readonly snapshot: Snapshot;
  /** Names of users by id, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  readonly linkOf: (uploadId: string) => string;
  /** Only uploads in any of these conditions; empty: all. */
  readonly filter: readonly Condition[];
}

/** What needs somebody; the rest only informs. */
const BAD: readonly Condition[] = ['failed', 'stuck', 'entries_failed'];

/** An upload with its place among the others. */
export interface Ranked {
  readonly watched: TrackedUpload;
  /** Worst first. */
  readonly conditions: readonly Condition[];
}

/** Worst first; among equals the newest first. */
function ranked(snapshot: Snapshot): readonly Ranked[] {
  return [...snapshot.uploads.values()]
    .map((watched) => ({ watched, conditions: conditionsOf(watched) }))
    .sort(worstFirst);
}

export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    rank(a) - rank(b) ||
    stateSince(b.watched) - stateSince(a.watched) ||
    (a.watched.upload.id < b.watched.upload.id ? -1 : 1)
  );
}

export function checkRows({ snapshot, names, linkOf, filter }: CheckInput): readonly CheckRow[] {
  return ranked(snapshot)
    .filter(({ conditions }) => filter.length === 0 || conditions.some((each) => filter.includes(each)))
    .map((each) => rowOf(each, names, linkOf));
}

/** When it came to be as it is, by the server's clock; of one that is idle the end of its last run. */
export function stateSince({ progress, statusSince }: TrackedUpload): number {
  return progress?.since ?? statusSince;
}

export function rowOf(
  { watched, conditions }: Ranked,
  names: CheckInput['names'],
  linkOf: CheckInput['linkOf'],
): CheckRow {
  const { upload, inspection } = watched;
  return {
    upload_id: upload.id,
    upload_name: upload.name,
    process_status: upload.status,
    process: upload.process,
    conditions,
    reason: reasonOf(watched, conditions),
    since: stateSince(watched),
    entries: upload.entries,
    failed_entries: inspection?.failed ?? null,
    errors: upload.errors,
    main_author: names.get(upload.mainAuthor) ?? upload.mainAuthor,
    link: linkOf(upload.id),
  };
}

/** Why it is in the worst of these conditions, in one line; null: nothing to say. */
export function reasonOf({ upload, inspection, failure }: TrackedUpload, [worst]: readonly Condition[]): string | null {
  switch (worst) {
    case 'failed':
      return failedText(failure ?? uploadFailureOf(upload));
    case 'entries_failed':
      return entriesReason(inspection, upload.entries);
    case 'empty':
      return 'no file matched a parser';
    case 'stuck':
    case 'processing':
      return oneLine(upload.message ?? '', 300) || null;
    default:
      return null;
  }
}

function entriesReason(inspection: TrackedUpload['inspection'], entries: number): string {
  const failed = `${inspection?.failed ?? 0} of ${counted(entries, 'entry')} failed`;
  return inspection?.reason === undefined ? failed : oneLine(`${failed}: ${inspection.reason}`, 300);
}

const RANKS = new Map(CONDITIONS.map((condition, index) => [condition, index]));

function rank({ conditions }: Ranked): number {
  const worst = conditions[0];
  return (worst === undefined ? undefined : RANKS.get(worst)) ?? CONDITIONS.length;
}

export function isBad(rows: readonly CheckRow[]): boolean {
  return rows.some(({ conditions }) => conditions.some((each) => BAD.includes(each)));
}

/** How many are in each condition; one may be in several. */
export function conditionCounts(rows: readonly Pick<CheckRow, 'conditions'>[]): Readonly<Record<Condition, number>> {
  const count = (condition: Condition) => rows.filter(({ conditions }) => conditions.includes(condition)).length;
  return Object.fromEntries(CONDITIONS.map((each) => [each, count(each)])) as Record<Condition, number>;
}

/** What needs somebody, worst first: `2 failed, 1 with failed entries`; null: nothing does. */
export function troubleText(counts: Readonly<Record<Wrong, number>>): string | null {
  const present = TROUBLE.filter(([condition]) => counts[condition] > 0);
  return present.length === 0
    ? null
    : present.map(([condition, words]) => `${grouped(counts[condition])} ${words}`).join(', ');
}

const TROUBLE = [
  ['failed', 'failed'],
  ['stuck', 'stuck'],
  ['entries_failed', 'with failed entries'],
  ['empty', 'empty'],
] as const;

export interface NagiosVerdict {
  /** 0 good, 1 warning, 2 critical: the Monitoring Plugins convention. */
  readonly code: 0 | 1 | 2;
  readonly line: string;
}

/** One line and its performance data. Failed or stuck is critical; failed entries and empty uploads are a warning. */
export function nagiosOf(rows: readonly CheckRow[]): NagiosVerdict {
  const by = conditionCounts(rows);
  const counts = CONDITIONS.map((condition) => [condition, by[condition]] as const);
  const code = by.failed + by.stuck > 0 ? 2 : by.entries_failed + by.empty > 0 ? 1 : 0;
  const nonZero = counts
    .filter(([condition, number]) => number > 0 && condition !== 'published')
    .map(([condition, number]) => `${number} ${condition.replace('_', ' ')}`);
  const [first] = rows;
  // Performance data begins at the bar: none may come from outside.
  const worst =
    code > 0 && first !== undefined ? ` (${titleOf({ id: first.upload_id, name: first.upload_name }, 60)})` : '';
  const text = `${counted(rows.length, 'upload')}${nonZero.length > 0 ? `: ${nonZero.join(', ')}` : ''}${worst}`;
  const data = counts.map(([condition, number]) => `${condition}=${number}`).join(' ');
  const label = ['OK', 'WARNING', 'CRITICAL'][code] ?? 'UNKNOWN';
  return { code, line: `NOMAD ${label} - ${oneLine(text, 200).replaceAll('|', '/')} | uploads=${rows.length} ${data}` };
}
