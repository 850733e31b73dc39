// What became of an upload's runs between two sights of it. Pure. docs/events.md says what can be seen and what cannot.
//
// A run's end is seen from status, process and message, and from `complete_time` where that moved. `complete_time` alone would be wrong
// twice: a good run of NOMAD 1.4 leaves it as it was, and a folder made in an upload moves it (1.3.17 to 2.0.0).
import { endInMessage, isStep, isStopped, workOf } from './process/names.ts';
import { MINUTE } from './text/durations.ts';
import { type Snapshot, type Upload, type TrackedUpload, isProcessing, phaseOf } from './upload.ts';

/** end: a run ended. moved: only `complete_time` moved. stopped: by an author. reset: by an administrator. */
export type Passed =
  { readonly what: 'end'; readonly end: RunEnd } | { readonly what: 'moved' | 'stopped' | 'reset' | 'nothing' };

export interface RunEnd {
  readonly result: 'succeeded' | 'failed';
  readonly process: string | null;
  /** Names it where that is unique, for the ids of events; null: the snapshot compared with names it. */
  readonly mark: string | null;
  /** By NOMAD's clock, ms; null: it does not say. */
  readonly at: number | null;
  /** NOMAD's last error, or what its message says; null: it gives no reason, or none is needed. */
  readonly reason: string | null;
  /** NOMAD shows only another time: a folder made in a failed upload looks the same. */
  readonly unclear?: true;
}

const NOTHING: Passed = { what: 'nothing' };

export function passedBetween(known: TrackedUpload, after: Upload): Passed {
  const before = known.upload;
  if (isProcessing(after.status)) {
    const end = endBeforeNext(before, after);
    return end === null ? NOTHING : { what: 'end', end };
  }
  if (after.status === 'other') return NOTHING;
  if (isReset(before, after)) return { what: 'reset' };
  if (after.process === null && !isProcessing(before.status) && !isReportedAnew(before, after)) return NOTHING;
  if (after.status === 'READY') {
    return isStopped(after) && !isStopped(before) ? { what: 'stopped' } : NOTHING;
  }
  // A single file put into it is processed while it goes on being SUCCESS (1.4, 2.0); the message says when that is done.
  if (after.status === 'SUCCESS' && isStep(after.message) && !isProcessing(before.status)) return NOTHING;
  if (isSameFailure(known, after)) return NOTHING;
  if (isNewEnd(before, after)) {
    const end = runEndOf(after, nameOf(before, after));
    return { what: 'end', end: isOnlyTime(before, after) ? { ...end, unclear: true } : end };
  }
  return after.completeTime !== null && after.completeTime !== before.completeTime ? { what: 'moved' } : NOTHING;
}

/** A run that ended this much before the last listing may still be news: NOMAD's workers and its API keep their own clocks. */
export const CLOCK_MARGIN = 5 * MINUTE;

/** Of an upload that was not listed before: what happened to it since, and is news. The past of one newly shared is none. */
export function passedBefore(upload: Upload, before: Snapshot): Passed {
  const isSince = (time: number | null) => time !== null && time > before.takenAt - CLOCK_MARGIN;
  if (isStopped(upload)) return isSince(upload.createTime) ? { what: 'stopped' } : NOTHING;
  const isOwn = upload.process !== null || endInMessage(upload.message) !== null;
  const isOver = isOwn && (upload.status === 'SUCCESS' || upload.status === 'FAILURE');
  if (isOver && (isSince(upload.completeTime) || isSince(upload.createTime))) {
    return { what: 'end', end: runEndOf(upload, isSince(upload.completeTime) ? markOf(upload) : null) };
  }
  if (phaseOf(upload) !== 'queued' || !isSince(upload.completeTime) || upload.errors.length === 0) return NOTHING;
  return { what: 'end', end: runEndOf({ ...upload, status: 'FAILURE' }, markOf(upload)) };
}

/**
 * Only an administrator takes the process away, and leaves message and time as they were. An upload made from an example has none from
 * its first to its last second (2.0.0): its end is seen in its message.
 */
function isReset(before: Upload, after: Upload): boolean {
  if (after.process !== null || (after.status !== 'READY' && isReportedAnew(before, after))) return false;
  if (isProcessing(before.status)) return before.process !== null || after.status === 'READY';
  return before.status === 'FAILURE' && after.status !== 'FAILURE';
}

/** The message names an end that it did not name before, or it names one and the time moved. */
function isReportedAnew(before: Upload, after: Upload): boolean {
  if (endInMessage(after.message) === null) return false;
  return after.message !== before.message || after.completeTime !== before.completeTime;
}

/** ms. Recorded: 123, on a busy machine. Nobody orders a run and has it fail within that. */
const BETWEEN_WRITES = 500;

/** NOMAD 1.4 can write one failure twice (an import): FAILURE, then RUNNING with another reason and another time, then FAILURE again. */
function isSameFailure({ upload: before, failure }: TrackedUpload, after: Upload): boolean {
  if (failure === null || workOf(after.process) !== 'import') return false;
  if (after.status !== 'FAILURE' || after.completeTime === null) return false;
  if (failure.since === after.completeTime || failure.process !== after.process) return false;
  const isOfNow = after.completeTime !== before.completeTime || phaseOf(before) === 'ending';
  const hasNotRun = !isProcessing(before.status) || phaseOf(before) === 'ending';
  return isOfNow && hasNotRun && after.completeTime <= failure.since + BETWEEN_WRITES;
}

/** A failure of which nothing but the time is new: the same failure once more, or a folder that was made in the upload. */
function isOnlyTime(before: Upload, after: Upload): boolean {
  const isSame = before.status === 'FAILURE' && before.status === after.status && before.process === after.process;
  const texts = ({ message, errors, warnings }: Upload) => [message, ...errors, '', ...warnings].join('\n');
  return isSame && before.entries === after.entries && texts(before) === texts(after);
}

/** Of an upload that is idle with SUCCESS or FAILURE and a process: whether that is another end than the one seen before. */
function isNewEnd(before: Upload, after: Upload): boolean {
  if (isProcessing(before.status)) return true;
  if (before.status === 'other') return after.completeTime !== before.completeTime;
  if (before.status !== after.status || before.process !== after.process) return true;
  // With none left and all else the same it is being deleted, or somebody took its files out: no processing says so.
  if (before.entries !== after.entries && (after.entries > 0 || after.completeTime !== before.completeTime))
    return true;
  if (isStep(before.message) && endInMessage(after.message) === 'succeeded') return true;
  if (after.completeTime === before.completeTime) return false;
  // A folder made in a failed upload looks the same: a failure reported once too often is the smaller fault.
  if (after.status === 'FAILURE') return true;
  // Nor does a folder change what the run before left.
  return (
    before.errors.join('\n') !== after.errors.join('\n') || before.warnings.join('\n') !== after.warnings.join('\n')
  );
}

/** The next run is queued or at work already: how the one before ended, as far as that can still be seen. */
function endBeforeNext(before: Upload, after: Upload): RunEnd | null {
  const isSameSight = after.status === before.status && after.message === before.message;
  if (phaseOf(before) === 'ending' && !(isSameSight && after.completeTime === before.completeTime)) {
    const result = endInMessage(before.message) ?? 'failed';
    return runEndOf({ ...before, status: result === 'failed' ? 'FAILURE' : 'SUCCESS' }, markOf(before));
  }
  if (phaseOf(after) !== 'queued') return null;
  // Of a good end the message does not say whose it was (1.4, 2.0), or it is gone (1.3): one more process may have come and gone.
  const hasNewFailureMessage = after.message !== before.message && endInMessage(after.message) === 'failed';
  const isNewTime = after.completeTime !== null && after.completeTime !== before.completeTime;
  // NOMAD 1.3 keeps the errors of a failed run until the next one begins, and only a failed run has errors.
  if (!hasNewFailureMessage && !(isNewTime && after.errors.length > 0)) return null;
  const process = processIn(after.message) ?? (isProcessing(before.status) ? before.process : after.process);
  return runEndOf({ ...after, process, status: 'FAILURE' }, isNewTime ? markOf(after) : null);
}

const STEPS = ['Adding files', 'Matching', 'Parsing level', 'Cleanup'];

/** At work at both sights: whether that is not the same run. */
export function isOtherRun(before: Upload, after: Upload): boolean {
  const hasEnded = after.completeTime !== null && after.completeTime !== before.completeTime;
  const isOtherProcess = before.process !== null && before.process !== after.process;
  return isOtherProcess || hasEnded || isEarlierStep(before, after);
}

/** With Temporal a new run can be at its first steps while the one before was last seen at its last: its end was never visible. */
function isEarlierStep(before: Upload, after: Upload): boolean {
  if (before.status !== 'PENDING' || after.status !== 'PENDING') return false;
  const [from, to] = [before, after].map(({ message }) =>
    STEPS.findIndex((step) => message?.startsWith(step) === true),
  );
  return from !== undefined && to !== undefined && to >= 0 && to < from;
}

/** The end that an upload shows. `mark`: its name, null when the time that it shows is not of this end. */
export function runEndOf(upload: Upload, mark: string | null): RunEnd {
  const isFailed = upload.status === 'FAILURE';
  return {
    result: isFailed ? 'failed' : 'succeeded',
    process: upload.process,
    mark,
    at: mark === null ? null : upload.completeTime,
    reason: isFailed ? runReason(upload) : null,
  };
}

/** NOMAD's last error is the one that ended the run; without errors the message may name it. */
export function runReason({ errors, message }: Pick<Upload, 'errors' | 'message'>): string | null {
  return errors.at(-1) ?? /^Process (?:\S+ )?failed:\s*(.+)$/s.exec(message ?? '')?.[1] ?? null;
}

function processIn(message: string | null): string | null {
  return /^Process _*(\w+) (?:completed|failed)\b/.exec(message ?? '')?.[1] ?? null;
}

/** By its time where that is its own: moved since, or written in the first of the two steps of this very end. */
function nameOf(before: Upload, after: Upload): string | null {
  const isOwn = after.completeTime !== before.completeTime || phaseOf(before) === 'ending';
  return isOwn && after.completeTime !== null ? markOf(after) : null;
}

function markOf({ completeTime }: Upload): string | null {
  return completeTime === null ? null : `run ${completeTime}`;
}

/** Whether the process that ended had to do with the files. */
export function isOfFiles({ process }: Pick<RunEnd, 'process'>): boolean {
  return workOf(process) === 'processing';
}
