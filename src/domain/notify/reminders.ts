// What is still failed or stuck, apart from what has changed: who is reminded of what, and when. Pure.
import type { Standing } from './delivery-content.ts';
import type { EventKind } from '../event.ts';
import type { Target } from './routing.ts';
import { type PollView, standingOf, worstFirst } from './standing.ts';

export interface ReminderInput extends PollView {
  /** By upload: when somebody said that they know; when it was last reminded of. ms. */
  readonly acks: ReadonlyMap<string, number>;
  readonly reminded: ReadonlyMap<string, number>;
  /** When this account was first polled: what failed before was in its summary. ms. */
  readonly watchedSince: number;
  /** ms. */
  readonly remindAfter: number;
  readonly now: number;
}

const MAX_LISTED = 50;

/**
 * What is failed or stuck, was reported, and has not been repeated for `remindAfter`. When one is due, those that are half due come with
 * it: one message rather than many. What failed before the first poll was in its summary.
 */
export function dueReminders({
  acks,
  reminded,
  watchedSince,
  remindAfter,
  now,
  ...view
}: ReminderInput): readonly Standing[] {
  const open = [...view.snapshot.uploads.values()].flatMap((watched) => {
    const { upload } = watched;
    const changedAt = watched.changedAt ?? watchedSince;
    const standing = standingOf(watched, view);
    if (standing?.condition !== 'failed' && standing?.condition !== 'stuck') return [];
    if ((acks.get(upload.id) ?? 0) >= changedAt) return [];
    // A time further ahead than a reminder can be was written by a clock since set back: it holds up nothing.
    const known = [changedAt, reminded.get(upload.id) ?? 0].filter((time) => time <= now + remindAfter);
    return [{ standing, age: now - Math.max(0, ...known) }];
  });
  if (!open.some(({ age }) => age >= remindAfter)) return [];
  return open
    .filter(({ age }) => age >= remindAfter / 2)
    .map(({ standing }) => standing)
    .sort(worstFirst);
}

/** Who is reminded of what: one message for each recipient. */
export function byRecipient(
  due: readonly Standing[],
  targetsOf: (standing: Standing) => readonly Target[],
): readonly { readonly target: Target; readonly uploads: readonly Standing[] }[] {
  const lanes = new Map<string, { readonly target: Target; readonly uploads: Standing[] }>();
  for (const standing of due) {
    for (const target of targetsOf(standing)) {
      // A webhook takes events: a reminder is none.
      if (target.channel === 'webhook') continue;
      const key = `${target.channel} ${target.recipient}`;
      const lane = lanes.get(key) ?? { target, uploads: [] };
      lane.uploads.push(standing);
      lanes.set(key, lane);
    }
  }
  return [...lanes.values()];
}

/** The event kind whose rules say who is reminded. */
export function kindOf({ condition }: Standing): EventKind {
  return condition === 'stuck' ? 'upload.stuck' : 'upload.failed';
}

/** What a message has room for. */
export function bounded(uploads: readonly Standing[]): {
  readonly uploads: readonly Standing[];
  readonly more: number;
} {
  return { uploads: uploads.slice(0, MAX_LISTED), more: Math.max(0, uploads.length - MAX_LISTED) };
}
