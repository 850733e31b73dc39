// When something that is so again and again is worth another line: the first time, when it has come twice as often as when it was last said, and
// each hour. Pure; times in ms.
import { HOUR } from './text/durations.ts';

export interface Repeat {
  readonly since: number;
  readonly count: number;
  readonly lastAt: number;
  readonly saidAt: number;
  readonly saidCount: number;
}

/** It came once more. What has not come for an hour, or comes before it began (the clock was set), begins anew. */
export function repeated(before: Repeat | null, now: number): { readonly repeat: Repeat; readonly isSaid: boolean } {
  if (before === null || now < before.since || now - before.lastAt > HOUR)
    return { repeat: { since: now, count: 1, lastAt: now, saidAt: now, saidCount: 1 }, isSaid: true };
  const repeat = { ...before, count: before.count + 1, lastAt: now };
  const isSaid = repeat.count >= 2 * before.saidCount || now - before.saidAt >= HOUR;
  return { repeat: isSaid ? { ...repeat, saidAt: now, saidCount: repeat.count } : repeat, isSaid };
}

/** What makes two problems the same: all but the times in them. */
export function sameness(problem: string): string {
  return problem.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'T');
}
