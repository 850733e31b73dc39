// What became of one upload between two listings: its changes, and what to remember of it. Pure; knows how NOMAD's statuses move
// (docs/nomad.md), and nothing of other uploads.
import type { Verdicts } from './absence.ts';
import type { Details, EventKind } from './events.ts';
import { CLOCK_MARGIN, type EntriesAnswers, inspectionOf, isNews, settleInspection } from './inspection.ts';
import { entryLink } from './links.ts';
import { advance } from './progress.ts';
import {
  type Entries,
  type Listing,
  type Snapshot,
  type Upload,
  type Watched,
  hasEnded,
  isLateEnd,
  phaseOf,
} from './upload.ts';

export interface DiffInput {
  readonly before: Snapshot | null;
  readonly listing: Listing;
  /** What NOMAD said of uploads that the listing lacks. */
  readonly verdicts: Verdicts;
  /** What NOMAD said of the entries of uploads that were asked about. */
  readonly entries: EntriesAnswers;
  /** Names of users by their ids, as far as known. */
  readonly names: ReadonlyMap<string, string>;
  /** The account's; null: not known. */
  readonly userId: string | null;
  /** No movement for this long while processing is stuck, ms. */
  readonly stuckAfter: number;
  /** Base of NOMAD's GUI, for links. */
  readonly gui: string;
  /** ms since the epoch, our clock. */
  readonly now: number;
}

export interface RunDuration {
  readonly process: string | null;
  readonly result: 'succeeded' | 'failed';
  readonly milliseconds: number;
}

export interface Change {
  readonly kind: EventKind;
  /** Names the change by what it is where that is unique (the end of a run); else the snapshot compared with names it. */
  readonly mark?: string;
  readonly details?: Details;
}

export interface Step {
  readonly changes: readonly Change[];
  readonly watched: Watched;
  readonly duration: RunDuration | null;
}

/** An upload that was not there. Its past is not news: a run that ended before the last listing is not told (an old upload newly shared). */
export function arrival(upload: Upload, before: Snapshot, input: DiffInput): Step {
  const seen = firstSight(upload, input);
  const isNew = isNews(upload, before);
  const inspected = inspect(null, upload, before, input);
  const changes: Change[] = [{ kind: 'upload.created' }];
  if (isNew && seen.lastResult !== null) changes.push(...runEnded(seen.lastResult, null, upload, null));
  changes.push(...inspected.changes);
  if (phaseOf(upload.status) === 'active') changes.push({ kind: 'upload.started' });
  return { changes, watched: { ...seen, inspection: inspected.inspection }, duration: null };
}

export function change(known: Watched, after: Upload, snapshot: Snapshot, input: DiffInput): Step {
  const { takenAt } = input.listing;
  const before = known.upload;
  const ended = hasEnded(before, after);
  const result = ended ? resultOf(after) : null;
  const took = result === null ? null : tookOf(known, after);
  const changes: Change[] = [];
  if (result !== null) changes.push(...runEnded(result, known.lastResult, after, took));
  const inspected = inspect(known, after, snapshot, input);
  changes.push(...inspected.changes);
  if (!ended && isReset(before, after)) changes.push({ kind: 'upload.reset' });

  const isActive = phaseOf(after.status) === 'active';
  const began = isActive && (ended || phaseOf(before.status) !== 'active' || before.process !== after.process);
  if (began) changes.push({ kind: 'upload.started' });

  const { progress, change: moved } = advance(
    known.progress,
    after,
    answered(input, after.id),
    takenAt,
    input.stuckAfter,
  );
  if (moved !== null) {
    const since = known.progress?.since ?? takenAt;
    changes.push({ kind: `upload.${moved}`, mark: `since ${since}`, details: { since, still_ms: takenAt - since } });
  }

  // Lists that a run empties or fills are told with that run; here only what changed with no run between.
  const sameRun = !ended && !began && lasting(before) === lasting(after) && after.status !== 'PENDING';
  if (sameRun && !sameSet(before.errors, after.errors)) changes.push({ kind: 'upload.errors_changed' });
  if (sameRun && !sameSet(before.warnings, after.warnings)) changes.push({ kind: 'upload.warnings_changed' });
  if (after.published && !before.published) changes.push({ kind: 'upload.published' });

  const watched: Watched = {
    upload: after,
    lastResult: result ?? known.lastResult,
    statusSince: after.status === before.status && !ended ? known.statusSince : takenAt,
    activeSince: isActive ? (began ? takenAt : known.activeSince) : null,
    changedAt: known.changedAt,
    absence: null,
    progress,
    inspection: inspected.inspection,
  };
  const duration = result === null || took === null ? null : { process: after.process, result, milliseconds: took };
  return { changes, watched, duration };
}

/** How long the run that ended took, ms; null: its beginning was not seen. Of a late end it never is: what began when it was seen was none. */
function tookOf({ upload: before, activeSince }: Watched, after: Upload): number | null {
  if (activeSince === null || after.completeTime === null || isLateEnd(before, after)) return null;
  return Math.max(0, after.completeTime - activeSince);
}

/** Only an operator ends processing, or a failure, without a run's end: `complete_time` stays as it was. */
function isReset(before: Upload, after: Upload): boolean {
  if (phaseOf(after.status) !== 'idle' || after.status === 'other') return false;
  return phaseOf(before.status) !== 'idle' || (before.status === 'FAILURE' && after.status !== 'FAILURE');
}

function inspect(known: Watched | null, upload: Upload, before: Snapshot, input: DiffInput) {
  const asked = inspectionOf(known, upload, before, input.now);
  const inspection = settleInspection(asked, input.entries.get(upload.id), input.now);
  const entries = answered(input, upload.id);
  const isFresh = inspection !== null && inspection.failed !== null && inspection !== asked && entries !== null;
  const changes = isFresh && entries.failed > 0 ? [entriesFailed(upload, entries, input.gui)] : [];
  return { inspection, changes };
}

function answered({ entries }: DiffInput, uploadId: string): Entries | null {
  const answer = entries.get(uploadId);
  return typeof answer === 'object' ? answer : null;
}

function entriesFailed(upload: Upload, { total, failed, failing }: Entries, gui: string): Change {
  const named = failing.map((entry) => ({
    entry_id: entry.id,
    mainfile: entry.mainfile,
    parser: entry.parser,
    error: entry.error,
    link: entryLink(gui, upload.id, entry.id),
  }));
  const details = { complete_time: upload.completeTime, entries: total, failed, failing: named };
  return { kind: 'upload.entries_failed', mark: `run ${String(upload.completeTime)}`, details };
}

/**
 * How the run that ended last ended; null when the answer does not say (a new run already empties the lists).
 * On 1.x a queued upload keeps the errors of the run before, and only a failed run has errors: it failed.
 */
function resultOf(upload: Upload): 'succeeded' | 'failed' | null {
  if (upload.completeTime === null) return null;
  if (upload.status === 'FAILURE') return 'failed';
  if (upload.status === 'SUCCESS') return 'succeeded';
  return upload.status === 'PENDING' && upload.errors.length > 0 ? 'failed' : null;
}

function runEnded(
  result: 'succeeded' | 'failed',
  last: Watched['lastResult'],
  upload: Upload,
  took: number | null,
): readonly Change[] {
  const mark = `run ${String(upload.completeTime)}`;
  const details = { complete_time: upload.completeTime, ...(took !== null && { took_ms: took }) };
  if (result === 'failed') return [{ kind: 'upload.failed', mark, details: { ...details, again: last === 'failed' } }];
  const isEmpty = upload.process === 'process_upload' && upload.entries === 0;
  return [
    { kind: last === 'failed' ? 'upload.recovered' : 'upload.succeeded', mark, details },
    ...(isEmpty ? [{ kind: 'upload.empty', mark, details } as const] : []),
  ];
}

export function firstSight(upload: Upload, input: DiffInput): Watched {
  const { takenAt } = input.listing;
  const wasIdleBefore = upload.completeTime === null && upload.createTime > takenAt - CLOCK_MARGIN;
  return {
    upload,
    lastResult: resultOf(upload),
    statusSince: phaseOf(upload.status) === 'idle' ? (upload.completeTime ?? upload.createTime) : takenAt,
    activeSince: phaseOf(upload.status) === 'active' && wasIdleBefore ? takenAt : null,
    changedAt: null,
    absence: null,
    progress: advance(null, upload, answered(input, upload.id), takenAt, input.stuckAfter).progress,
    inspection: null,
  };
}

/** RUNNING and WAITING_FOR_RESULT alternate within one run; every other status stands for itself. */
function lasting(upload: Upload): string {
  return phaseOf(upload.status) === 'active' ? 'active' : upload.status;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');
}
