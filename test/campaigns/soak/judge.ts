// What grows in a series of samples, in sentences. Pure.
import type { Sample } from './sample.ts';
import { settled, slope } from './slope.ts';

export interface Bounds {
  /** Bytes of heap a simulated day. */
  readonly heapPerDay: number;
  /** Old things go after so many days: from twice that on the state must have found its size. */
  readonly retentionDays: number;
}

/** How much more the state may be at the end than before, for its size follows chance. */
const SPREAD = 1.15;

export function heapSlope(samples: readonly Sample[]): number {
  return slope(settled(samples).map(({ days, heap }) => ({ x: days, y: heap })));
}

/** Empty: nothing grows. */
export function whatGrows(samples: readonly Sample[], { heapPerDay, retentionDays }: Bounds): readonly string[] {
  const problems: string[] = [];
  const perDay = heapSlope(samples);
  if (perDay > heapPerDay)
    problems.push(`the heap grows by ${megabytes(perDay)} a day, more than ${megabytes(heapPerDay)}`);
  for (const name of ['fds', 'timers', 'listeners'] as const) {
    const { before, after } = halves(settled(samples).map((sample) => sample[name]));
    if (after.length > 0 && Math.min(...after) > Math.max(...before))
      problems.push(`${name} grow: at most ${Math.max(...before)}, then at least ${Math.min(...after)}`);
  }
  const kept = samples.filter(({ days }) => days > 2 * retentionDays);
  for (const [what, of] of STATE) {
    const { before, after } = halves(kept.map(of));
    if (after.length > 0 && Math.max(...after) > SPREAD * Math.max(...before))
      problems.push(`${what} grow: at most ${Math.max(...before)}, then ${Math.max(...after)}`);
  }
  return problems;
}

const STATE: readonly (readonly [string, (sample: Sample) => number])[] = [
  ['bytes of the database', ({ database }) => database],
  ['bytes of its write-ahead log', ({ wal }) => wal],
  ...['event', 'notification', 'delivery', 'reminder', 'summary', 'mute', 'refusal'].map(
    (table) => [`rows of ${table}`, ({ rows }: Sample) => rows[table] ?? 0] as const,
  ),
];

function halves(values: readonly number[]): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const middle = Math.ceil(values.length / 2);
  return { before: values.slice(0, middle), after: values.slice(middle) };
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
