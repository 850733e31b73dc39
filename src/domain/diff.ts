// The comparison of the stored snapshot with a complete new listing: what changed, as events, and what to remember.
// Pure. Knows how NOMAD's statuses move (docs/nomad.md), asks nobody and stores nothing.
import { judgeAbsence, type Verdicts } from './absence.ts';
import { type EventKind, type Details, type Found, factsOf } from './events.ts';
import { uploadLink } from './links.ts';
import { sameWatched } from './same.ts';
import { type Listing, type Snapshot, type Upload, type Watched, phaseOf } from './upload.ts';

export interface DiffInput {
  readonly before: Snapshot | null;
  readonly listing: Listing;
  /** What NOMAD said of uploads that the listing lacks. */
  readonly verdicts: Verdicts;
  /** Base of NOMAD's GUI, for links. */
  readonly gui: string;
  /** ms since the epoch, our clock. */
  readonly now: number;
}

export interface Diff {
  readonly found: readonly Found[];
  readonly after: Snapshot;
  /** The difference to the snapshot before, for the store: what to write and what to remove. */
  readonly changed: readonly Watched[];
  readonly removed: readonly string[];
  /** Lengths of finished runs whose work was seen to begin, ms. */
  readonly durations: readonly RunDuration[];
}

export interface RunDuration {
  readonly process: string | null;
  readonly result: 'succeeded' | 'failed';
  readonly milliseconds: number;
}

/** A run that ended this much before the last listing may still be news: NOMAD's workers and its API keep their own clocks. */
const CLOCK_MARGIN = 5 * 60_000;

export function diff(input: DiffInput): Diff {
  return input.before === null ? baseline(input) : compare(input, input.before);
}

function baseline({ listing, now }: DiffInput): Diff {
  const changed = listing.uploads.map((upload) => firstSight(upload, listing.takenAt));
  const uploads = new Map(changed.map((watched) => [watched.upload.id, watched]));
  const count = (test: (upload: Upload) => boolean) => listing.uploads.filter(test).length;
  const details = {
    uploads: listing.uploads.length,
    failed: count((upload) => upload.status === 'FAILURE'),
    succeeded: count((upload) => upload.status === 'SUCCESS'),
    processing: count((upload) => phaseOf(upload.status) !== 'idle'),
    published: count((upload) => upload.published),
  };
  const found: Found = {
    key: 'baseline',
    kind: 'monitor.baseline',
    time: now,
    upload: null,
    before: null,
    after: null,
    details,
  };
  return {
    found: [found],
    after: { sequence: 1, takenAt: listing.takenAt, uploads },
    changed,
    removed: [],
    durations: [],
  };
}

function compare(input: DiffInput, before: Snapshot): Diff {
  const { listing, now } = input;
  const uploads = new Map<string, Watched>();
  const found: Found[] = [];
  const durations: RunDuration[] = [];

  for (const upload of listing.uploads) {
    const known = before.uploads.get(upload.id);
    const step =
      known === undefined ? arrival(upload, before, listing.takenAt) : change(known, upload, listing.takenAt);
    found.push(...step.changes.map((each) => toFound(each, known?.upload ?? null, upload, input, before.sequence)));
    if (step.duration !== null) durations.push(step.duration);
    uploads.set(upload.id, step.changes.length > 0 ? { ...step.watched, changedAt: now } : step.watched);
  }

  const missing = [...before.uploads.values()].filter((watched) => !uploads.has(watched.upload.id));
  for (const known of missing) {
    const judged = judgeAbsence(known, listing, input.verdicts, now);
    if (judged.watched !== null) uploads.set(known.upload.id, judged.watched);
    if (judged.kind !== null) found.push(toFound({ kind: judged.kind }, known.upload, null, input, before.sequence));
  }

  return {
    found,
    after: { sequence: before.sequence + 1, takenAt: listing.takenAt, uploads },
    changed: [...uploads.values()].filter((watched) => !sameWatched(before.uploads.get(watched.upload.id), watched)),
    removed: missing.map((watched) => watched.upload.id).filter((id) => !uploads.has(id)),
    durations,
  };
}

interface Change {
  readonly kind: EventKind;
  /** Names the change by what it is where that is unique (the end of a run); else the snapshot compared with names it. */
  readonly mark?: string;
  readonly details?: Details;
}

interface Step {
  readonly changes: readonly Change[];
  readonly watched: Watched;
  readonly duration: RunDuration | null;
}

/** An upload that was not there. Its past is not news: a run that ended before the last listing is not told (an old upload newly shared). */
function arrival(upload: Upload, before: Snapshot, takenAt: number): Step {
  const watched = firstSight(upload, takenAt);
  const changes: Change[] = [{ kind: 'upload.created' }];
  const isNews = upload.completeTime !== null && upload.completeTime > before.takenAt - CLOCK_MARGIN;
  if (isNews && watched.lastResult !== null) changes.push(runEnded(watched.lastResult, null, upload));
  if (phaseOf(upload.status) === 'active') changes.push({ kind: 'upload.started' });
  return { changes, watched, duration: null };
}

function change(known: Watched, after: Upload, takenAt: number): Step {
  const before = known.upload;
  const ended = after.completeTime !== null && after.completeTime !== before.completeTime;
  const result = ended ? resultOf(after) : null;
  const changes: Change[] = [];
  if (result !== null) changes.push(runEnded(result, known.lastResult, after));

  const isActive = phaseOf(after.status) === 'active';
  const began = isActive && (ended || phaseOf(before.status) !== 'active' || before.process !== after.process);
  if (began) changes.push({ kind: 'upload.started' });

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
  };
  const seen = result !== null && known.activeSince !== null && after.completeTime !== null;
  const duration = seen
    ? { process: after.process, result, milliseconds: Math.max(0, after.completeTime - known.activeSince) }
    : null;
  return { changes, watched, duration };
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

function runEnded(result: 'succeeded' | 'failed', last: Watched['lastResult'], upload: Upload): Change {
  const mark = `run ${String(upload.completeTime)}`;
  const details = { complete_time: upload.completeTime };
  if (result === 'failed') return { kind: 'upload.failed', mark, details: { ...details, again: last === 'failed' } };
  return { kind: last === 'failed' ? 'upload.recovered' : 'upload.succeeded', mark, details };
}

function firstSight(upload: Upload, takenAt: number): Watched {
  const wasIdleBefore = upload.completeTime === null && upload.createTime > takenAt - CLOCK_MARGIN;
  return {
    upload,
    lastResult: resultOf(upload),
    statusSince: phaseOf(upload.status) === 'idle' ? (upload.completeTime ?? upload.createTime) : takenAt,
    activeSince: phaseOf(upload.status) === 'active' && wasIdleBefore ? takenAt : null,
    changedAt: null,
    absence: null,
  };
}

/** RUNNING and WAITING_FOR_RESULT alternate within one run; every other status stands for itself. */
function lasting(upload: Upload): string {
  return phaseOf(upload.status) === 'active' ? 'active' : upload.status;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');
}

function toFound(
  change: Change,
  before: Upload | null,
  after: Upload | null,
  input: DiffInput,
  sequence: number,
): Found {
  const upload = after ?? before;
  if (upload === null) throw new Error('a change of an upload has an upload');
  return {
    key: `${upload.id} ${change.kind} ${change.mark ?? `snapshot ${sequence}`}`,
    kind: change.kind,
    time: input.now,
    upload: { id: upload.id, name: upload.name, link: uploadLink(input.gui, upload.id) },
    before: before === null ? null : factsOf(before),
    after: after === null ? null : factsOf(after),
    details: change.details ?? {},
  };
}
