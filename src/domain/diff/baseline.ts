// The first snapshot of an account: there is nothing to compare it with. One event says what there is, and names what is broken. Pure.
import type { DetectedChange, Details } from '../event.ts';
import { type CheckRow, checkRows } from '../report/report.ts';
import { conditionsOf } from '../report/conditions.ts';
import { uploadLink } from '../text/links.ts';
import { type Inspection, type Snapshot, type TrackedUpload, isProcessing, roleIn } from '../upload.ts';
import { MAX_QUESTIONS, firstInspection, settleInspection } from './entry-check.ts';
import { type DiffInput, firstSight } from './transition.ts';

export interface Baseline {
  readonly found: readonly DetectedChange[];
  readonly after: Snapshot;
  /** What is to be written: the difference to the snapshot before. */
  readonly changed: readonly TrackedUpload[];
}

/** What can be broken before anybody watched; that one is stuck shows only later. */
const BROKEN = ['failed', 'entries_failed', 'empty'] as const;
const MAX_NAMED = 20;

export function baseline(input: DiffInput): Baseline {
  const { listing } = input;
  const changed = inspected(input);
  const uploads = new Map(changed.map((watched) => [watched.upload.id, watched]));
  const found: DetectedChange = {
    key: 'baseline',
    kind: 'monitor.baseline',
    time: input.now,
    upload: null,
    before: null,
    after: null,
    details: detailsOf(changed, input),
  };
  return { found: [found], after: { sequence: 1, takenAt: listing.takenAt, uploads }, changed };
}

/** Newest first, each with what is known of its entries or when that is to be asked. */
function inspected(input: DiffInput): readonly TrackedUpload[] {
  const { listing, now } = input;
  const clocks = { now, takenAt: listing.takenAt };
  const newestFirst = listing.uploads
    .map((upload) => firstSight(upload, input))
    .sort((a, b) => b.statusSince - a.statusSince);
  // What is to be asked of a hundred thousand uploads would be as many objects: those of one poll are the same one.
  const shared = new Map<number, Inspection>();
  return newestFirst.map((watched, rank) => {
    const { upload } = watched;
    const first = firstInspection(upload, rank - (rank % MAX_QUESTIONS), clocks);
    const answer = input.entries.get(upload.id);
    if (first !== null && typeof answer === 'object') {
      const { inspection } = settleInspection(first, answer, upload, { processed: true, changedAt: 0, now });
      return { ...watched, inspection };
    }
    const inspection = first === null ? null : (shared.get(first.askAt ?? 0) ?? first);
    if (inspection !== null) shared.set(inspection.askAt ?? 0, inspection);
    return { ...watched, inspection };
  });
}

function detailsOf(all: readonly TrackedUpload[], input: DiffInput): Details {
  const conditions = all.map(conditionsOf);
  const count = (condition: (typeof BROKEN)[number]) => conditions.filter((each) => each.includes(condition)).length;
  const some = (test: (watched: TrackedUpload) => boolean) => all.filter(test).length;
  return {
    uploads: all.length,
    failed: count('failed'),
    entries_failed: count('entries_failed'),
    empty: count('empty'),
    succeeded: some(({ upload }) => upload.status === 'SUCCESS'),
    processing: some(({ upload }) => isProcessing(upload.status)),
    published: some(({ upload }) => upload.published),
    entries_pending: some(({ inspection }) => inspection !== null && inspection.askAt !== null),
    broken: brokenOf(all, input),
    ...(input.notifyOn && { notify_on: input.notifyOn.join(' ') }),
  };
}

/** Worst first. */
function brokenOf(all: readonly TrackedUpload[], { names, gui, userId }: DiffInput) {
  const broken = all.filter((watched) => conditionsOf(watched).some((each) => BROKEN.some((bad) => bad === each)));
  const uploads = new Map(broken.map((watched) => [watched.upload.id, watched]));
  const rows = checkRows({
    snapshot: { sequence: 0, takenAt: 0, uploads },
    names,
    filter: [],
    linkOf: (id) => uploadLink(gui, id),
  });
  return rows.slice(0, MAX_NAMED).map((row) => namedOf(row, uploads.get(row.upload_id), userId));
}

function namedOf(row: CheckRow, watched: TrackedUpload | undefined, userId: string | null) {
  return {
    upload_id: row.upload_id,
    upload_name: row.upload_name,
    condition: row.conditions[0] ?? '',
    reason: row.reason,
    author: row.main_author,
    role: watched === undefined ? null : roleIn(watched.upload, userId),
    link: row.link,
  };
}
