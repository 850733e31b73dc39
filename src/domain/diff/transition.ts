// What became of one upload between two listings: its changes, and what to remember of it. Pure; knows how NOMAD's statuses move
// (docs/nomad.md, docs/events.md), and nothing of other uploads.
import type { MissingVerdicts } from './missing.ts';
import { type Change, changesOfEnd, entriesFailed, failureAfter } from './run-end.ts';
import type { Details, EventKind } from '../event.ts';
import { uploadFailureOf } from '../failure.ts';
import {
  type EntriesAnswers,
  type Occasion,
  firstInspection,
  inspectionOf,
  occasionOf,
  settleInspection,
} from './entry-check.ts';
import { isStep, workOf } from '../process/names.ts';
import { advance } from './stuck.ts';
import { CLOCK_MARGIN, type RunEnd, runEndOf, isOtherRun } from '../run.ts';
import type { Stall } from './stall.ts';
import {
  type Entries,
  type Listing,
  type Snapshot,
  type StandingFailure,
  type Upload,
  type TrackedUpload,
  isProcessing,
  phaseOf,
} from '../upload.ts';

export interface DiffInput {
  readonly before: Snapshot | null;
  readonly listing: Listing;
  /** What NOMAD said of uploads that the listing lacks. */
  readonly verdicts: MissingVerdicts;
  /** What NOMAD said of the entries of uploads that were asked about. */
  readonly entries: EntriesAnswers;
  /** Whether processing moves at all, as of the poll before; null: nothing is known. */
  readonly stall: Stall | null;
  /** Names of users by their ids, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  /** The account's; null: not known. */
  readonly userId: string | null;
  /** No movement for this long while processing is stuck, ms. */
  readonly stuckAfter: number;
  /** Base of NOMAD's GUI, for links. */
  readonly gui: string;
  /** The kinds of events that somebody is notified of; null: rules decide it. */
  readonly notifyOn?: readonly EventKind[] | null;
  /** ms since the epoch, our clock. */
  readonly now: number;
}

export interface RunDuration {
  readonly process: string | null;
  readonly result: 'succeeded' | 'failed';
  readonly milliseconds: number;
}

export interface Transition {
  readonly changes: readonly Change[];
  readonly watched: TrackedUpload;
  readonly duration: RunDuration | null;
  /** A worker did something with it since the last sight. */
  readonly moved: boolean;
}

/** How far the clocks of a NOMAD's API servers may be apart, ms. */
const API_CLOCKS = 5000;

/** An upload that was not there. Its past is not news: a run that ended before the last listing is not told (an old upload newly shared). */
export function arrival(upload: Upload, before: Snapshot, input: DiffInput): Transition {
  const first = firstSight(upload, input);
  const occasion = occasionOf(null, upload, before);
  const { passed, mark } = occasion;
  const isOurs = input.userId !== null && upload.mainAuthor === input.userId;
  const isOld = upload.createTime < before.takenAt - CLOCK_MARGIN;
  const isHandedOver = isOurs && isOld && (workOf(upload.process) === 'transfer' || workOf(upload.process) === 'edit');
  const changes: Change[] = [
    isHandedOver ? { kind: 'upload.created', details: { handed_over: 'to you' } } : { kind: 'upload.created' },
  ];
  const end = passed.what === 'end' ? passed.end : null;
  // Whoever is given a failed upload was not there when it failed.
  const past = end === null && isOurs && isOld && upload.status === 'FAILURE' ? runEndOf(upload, null) : null;
  const nothing = { lastResult: null, failure: null } as const;
  if (end !== null) changes.push(...changesOfEnd(end, mark, null, { known: nothing, after: upload }));
  if (past !== null) changes.push(...changesOfEnd(past, mark, null, { known: nothing, after: upload }));
  if (passed.what === 'stopped') changes.push({ kind: 'upload.stopped' });
  const inspected = inspect({ known: null, upload, occasion, sequence: before.sequence }, input);
  changes.push(...inspected.changes);
  const isActive = phaseOf(upload) === 'active';
  if (isActive) changes.push({ kind: 'upload.started' });
  // One that existed at the last listing was not shown to us then: that it is published is no news, or was reported when it was shown before.
  // A small listing does not count: it misses one that took the place of another that was deleted.
  const isNew = upload.createTime >= (before.wholeAt ?? before.takenAt) - API_CLOCKS;
  if (upload.published && isNew) changes.push({ kind: 'upload.published' });
  // Of what is older than our watching only its entries can say what is wrong with it, as at the first poll.
  const clocks = { now: input.now, takenAt: input.listing.takenAt };
  const watched = { ...first, inspection: inspected.inspection ?? (isOld ? firstInspection(upload, 0, clocks) : null) };
  return { changes, watched, duration: null, moved: end !== null || isActive };
}

export function change(known: TrackedUpload, after: Upload, snapshot: Snapshot, input: DiffInput): Transition {
  const { takenAt } = input.listing;
  const before = known.upload;
  const occasion = occasionOf(known, after, snapshot);
  const { passed, mark } = occasion;
  const end = passed.what === 'end' ? passed.end : null;
  const took = end === null ? null : tookOf(known, end, takenAt);
  const oldMessage = oldMessageOf(known, after);
  const [phase, phaseBefore] = [phaseOf(after, oldMessage), phaseOf(before, known.oldMessage)];

  const changes: Change[] = [];
  if (end !== null) {
    const handedOver = handedOverIn(before, after, input.userId);
    const told = changesOfEnd(end, mark, took, { known, after });
    changes.push(...told.map((each) => ({ ...each, details: { ...each.details, ...handedOver } })));
  }
  if (passed.what === 'stopped') changes.push({ kind: 'upload.stopped' });
  if (passed.what === 'reset') changes.push({ kind: 'upload.reset' });
  const inspected = inspect({ known, upload: after, occasion, sequence: snapshot.sequence }, input);
  changes.push(...inspected.changes);

  const wasActive = phaseBefore === 'active' || phaseBefore === 'ending';
  const began = phase === 'active' && (end !== null || !wasActive || isOtherRun(before, after));
  if (began) changes.push({ kind: 'upload.started' });

  // Lists that a run empties or fills are told with that run; here only what changed with no run between.
  const isStill =
    end === null && !inspected.hasRun && !began && phase === phaseBefore && phase !== 'queued' && phase !== 'ending';
  const sameRun = isStill && (phase === 'active' || before.status === after.status);
  if (sameRun && !sameSet(before.errors, after.errors)) changes.push({ kind: 'upload.errors_changed' });
  if (sameRun && !sameSet(before.warnings, after.warnings)) changes.push({ kind: 'upload.warnings_changed' });
  if (after.published && !before.published) changes.push({ kind: 'upload.published' });

  const progress = advance(known.progress, after, answered(input, after.id), takenAt, input.stuckAfter);
  if (known.progress?.told === true && progress?.told !== true) {
    const { since } = known.progress;
    changes.push({ kind: 'upload.unstuck', mark: `since ${since}`, details: { since, still_ms: takenAt - since } });
  }

  const watched: TrackedUpload = {
    upload: after,
    lastResult: inspected.hasRun
      ? 'succeeded'
      : passed.what === 'stopped'
        ? 'stopped'
        : (end?.result ?? known.lastResult),
    failure: inspected.hasRun ? null : failureAfter(known.failure, end, takenAt),
    statusSince: after.status === before.status && end === null ? known.statusSince : takenAt,
    activeSince: phase === 'active' || phase === 'ending' ? (began ? takenAt : known.activeSince) : null,
    oldMessage,
    changedAt: known.changedAt,
    absence: null,
    progress,
    inspection: inspected.inspection,
  };
  const duration =
    end === null || took === null ? null : { process: end.process, result: end.result, milliseconds: took };
  const moved = end !== null || (phase === 'active' && progress?.since === takenAt) || hasMovedOn(progress, takenAt);
  return { changes, watched, duration, moved };
}

function hasMovedOn(progress: TrackedUpload['progress'], takenAt: number): boolean {
  return progress?.counts?.since === takenAt && progress.counts.since !== progress.since;
}

/** Another main author: the process that ended (a transfer; on 1.3 an edit) handed it over. */
function handedOverIn(before: Upload, after: Upload, userId: string | null): Details {
  if (userId === null || before.mainAuthor === after.mainAuthor) return {};
  if (after.mainAuthor === userId) return { handed_over: 'to you' };
  return before.mainAuthor === userId ? { handed_over: 'by you' } : {};
}

/** How long the run that ended took, ms; null: its start was not seen. Without a time of NOMAD's it ended at the latest by now. */
function tookOf({ activeSince }: TrackedUpload, { at }: RunEnd, takenAt: number): number | null {
  if (activeSince === null) return null;
  return Math.max(0, (at !== null && at >= activeSince ? at : takenAt) - activeSince);
}

/** A step's message that was there before it was queued tells nothing of this run, until it changes. */
function oldMessageOf(known: TrackedUpload, after: Upload): string | null {
  if (!isProcessing(after.status)) return isStep(after.message) ? after.message : null;
  return after.message === known.oldMessage ? known.oldMessage : null;
}

interface Sight {
  readonly known: TrackedUpload | null;
  readonly upload: Upload;
  readonly occasion: Occasion;
  /** Of the snapshot compared with. */
  readonly sequence: number;
}

function inspect({ known, upload, occasion, sequence }: Sight, input: DiffInput) {
  const asked = inspectionOf(known, upload, occasion, { now: input.now, takenAt: input.listing.takenAt });
  const { inspection, ran, failing, entries } = settleInspection(asked, input.entries.get(upload.id), upload, {
    processed: workOf(upload.process) === 'processing',
    changedAt: occasion.passed.what === 'end' ? input.now : (known?.changedAt ?? 0),
    now: input.now,
  });
  const changes: Change[] = [];
  // What a later look finds is not what was told of the run that it looked after.
  const mark = asked?.why === 'again' ? `snapshot ${sequence}` : (asked?.run ?? '');
  const failure = known?.failure ?? null;
  const hidden = asked?.why === 'end' && workOf(upload.process) !== 'processing' && wasMendedBefore(failure, entries);
  if (ran || hidden) {
    const run: RunEnd = {
      result: 'succeeded',
      process: 'process_upload',
      mark,
      at: entries?.newestEnd ?? null,
      reason: null,
    };
    const process = hidden ? run.process : upload.process;
    changes.push(...changesOfEnd({ ...run, process }, mark, null, { known: known ?? NOTHING_KNOWN, after: upload }));
  }
  if (failing !== null) changes.push(entriesFailed(upload, failing, mark, input.gui));
  return { inspection, changes, hasRun: ran || hidden };
}

const NOTHING_KNOWN = { lastResult: null, failure: null } as const;

/** A processing that ended well between a failure and an edit: all entries shown were done after the failure. */
function wasMendedBefore(failure: StandingFailure | null, entries: Entries | null): boolean {
  if (failure === null || workOf(failure.process) !== 'processing' || entries === null) return false;
  return entries.oldestEnd !== null && entries.oldestEnd > failure.since;
}

function answered({ entries }: DiffInput, uploadId: string): Entries | null {
  const answer = entries.get(uploadId);
  return typeof answer === 'object' ? answer : null;
}

export function firstSight(upload: Upload, input: DiffInput): TrackedUpload {
  const { takenAt } = input.listing;
  const phase = phaseOf(upload);
  const wasIdleBefore = upload.completeTime === null && upload.createTime > takenAt - CLOCK_MARGIN;
  const hasFailed = upload.status === 'FAILURE' || (phase === 'queued' && upload.errors.length > 0);
  return {
    upload,
    lastResult: hasFailed ? 'failed' : upload.status === 'SUCCESS' ? 'succeeded' : null,
    failure: hasFailed ? uploadFailureOf(upload, takenAt) : null,
    statusSince: phase === 'idle' ? (upload.completeTime ?? upload.createTime) : takenAt,
    activeSince: phase === 'active' && wasIdleBefore ? takenAt : null,
    oldMessage: phase === 'idle' && isStep(upload.message) ? upload.message : null,
    changedAt: null,
    absence: null,
    progress: advance(null, upload, answered(input, upload.id), takenAt, input.stuckAfter),
    inspection: null,
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');
}
