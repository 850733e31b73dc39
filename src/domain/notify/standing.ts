// What is wrong with uploads now, whether or not it is news: what reminders repeat and summaries list. Pure.
import { failedText, uploadFailureOf } from '../failure.ts';
import { WRONG, type Wrong, conditionsOf } from '../report/conditions.ts';
import { uploadLink } from '../text/links.ts';
import { type Snapshot, type TrackedUpload, roleIn } from '../upload.ts';
import type { Standing } from './delivery-content.ts';

/** Who and what the uploads are to those who read of them. */
export interface PollView {
  readonly snapshot: Snapshot;
  /** Names of users by id, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  /** Base of NOMAD's GUI. */
  readonly gui: string;
  readonly userId: string | null;
}

/** null: nothing is wrong with it. */
export function standingOf(watched: TrackedUpload, { names, gui, userId }: PollView): Standing | null {
  const { upload } = watched;
  const conditions = conditionsOf(watched);
  const condition = WRONG.find((each) => conditions.includes(each));
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
    ...ABOUT[condition](watched),
  };
}

/** Since when, by the server's clock, and why. */
const ABOUT: Readonly<Record<Wrong, (watched: TrackedUpload) => Pick<Standing, 'since' | 'reason'>>> = {
  failed: ({ upload, failure, statusSince }) => ({
    since: failure?.since ?? statusSince,
    reason: failedText(failure ?? uploadFailureOf(upload)),
  }),
  stuck: ({ upload, progress, statusSince }) => ({ since: progress?.since ?? statusSince, reason: upload.message }),
  entries_failed: ({ upload, inspection, statusSince }) => {
    const failed = inspection?.failed ?? 0;
    // Of an upload from before the first poll only the time of that poll was noted, not when its entries ended.
    const end = inspection?.run === 'before' ? null : inspection?.newestEnd;
    return {
      since: end ?? statusSince,
      reason: `${failed} of ${Math.max(failed, upload.entries)} entries failed`,
    };
  },
  empty: ({ statusSince }) => ({ since: statusSince, reason: 'NOMAD found no entries in it' }),
};

/** For sorting: worst first, then newest first. */
export function worstFirst(a: Standing, b: Standing): number {
  return (
    WRONG.indexOf(a.condition) - WRONG.indexOf(b.condition) || b.since - a.since || (a.upload.id < b.upload.id ? -1 : 1)
  );
}
