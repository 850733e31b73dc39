// What is still so, apart from what has changed: reminders of what is failed or stuck, and the summary of all uploads. Pure.
import type { Digest, Standing } from './delivery-content.ts';
import type { EventKind } from '../event.ts';
import { failedText, uploadFailureOf } from '../failure.ts';
import { uploadLink } from '../text/links.ts';
import type { Target } from './routing.ts';
import { CONDITIONS, type Condition, conditionsOf } from '../report/conditions.ts';
import { type Snapshot, type TrackedUpload, roleIn } from '../upload.ts';

/** Who and what the uploads are to those who read of them. */
export interface PollView {
  readonly snapshot: Snapshot;
  /** Names of users by id, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
  readonly userId: string | null;
}

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
    if (standing === null || standing.condition === 'processing') return [];
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

export function digestOf(view: PollView, events: Digest['events'], from: number, to: number): Digest {
  const all = [...view.snapshot.uploads.values()];
  const standing = all.flatMap((watched) => standingOf(watched, view) ?? []).sort(worstFirst);
  const has = new Map(CONDITIONS.map((condition) => [condition, 0]));
  for (const condition of all.flatMap(conditionsOf)) has.set(condition, (has.get(condition) ?? 0) + 1);
  return {
    kind: 'digest',
    from,
    to,
    uploads: all.length,
    counts: Object.fromEntries(has) as Record<Condition, number>,
    standing: standing.slice(0, MAX_LISTED),
    more: Math.max(0, standing.length - MAX_LISTED),
    events,
  };
}

/** What a message has room for. */
export function bounded(uploads: readonly Standing[]): {
  readonly uploads: readonly Standing[];
  readonly more: number;
} {
  return { uploads: uploads.slice(0, MAX_LISTED), more: Math.max(0, uploads.length - MAX_LISTED) };
}

/** By the server's clock. */
const SINCE = {
  failed: ({ failure, statusSince }: TrackedUpload) => failure?.since ?? statusSince,
  stuck: ({ progress, statusSince }: TrackedUpload) => progress?.since ?? statusSince,
  processing: ({ statusSince }: TrackedUpload) => statusSince,
} as const;

function standingOf(watched: TrackedUpload, { names, gui, userId }: PollView): Standing | null {
  const { upload, failure } = watched;
  const conditions = conditionsOf(watched);
  const condition = (['failed', 'stuck', 'processing'] as const).find((each) => conditions.includes(each));
  if (condition === undefined) return null;
  return {
    upload: {
      id: upload.id,
      name: upload.name,
      link: uploadLink(gui, upload.id),
      author: names.get(upload.mainAuthor) ?? upload.mainAuthor,
      role: roleIn(upload, userId),
    },
    condition,
    since: SINCE[condition](watched),
    reason: condition === 'failed' ? failedText(failure ?? uploadFailureOf(upload)) : upload.message,
  };
}

const RANK = ['failed', 'stuck', 'processing'];

function worstFirst(a: Standing, b: Standing): number {
  return (
    RANK.indexOf(a.condition) - RANK.indexOf(b.condition) || b.since - a.since || (a.upload.id < b.upload.id ? -1 : 1)
  );
}
