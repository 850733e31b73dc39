// The comparison of the stored snapshot with a complete new listing: what changed, as events, and what to remember.
// Pure. Knows how NOMAD's statuses move (docs/nomad.md), asks nobody and stores nothing.
import { type Baseline, baseline } from './baseline.ts';
import { judgeAbsence } from './missing.ts';
import type { Change } from './run-end.ts';
import { type DetectedChange, factsOf } from '../event.ts';
import { uploadLink } from '../text/links.ts';
import { isAtRest } from './entry-check.ts';
import { engineOf } from '../process/names.ts';
import { movedAt } from './stuck.ts';
import { sameWatched } from './same.ts';
import { type Stall, type StallStep, judgeStall } from './stall.ts';
import { type DiffInput, type RunDuration, arrival, change } from './transition.ts';
import { type Snapshot, type Upload, type TrackedUpload, roleIn } from '../upload.ts';

export interface Diff extends Baseline {
  /** Uploads of the snapshot before that are gone. */
  readonly removed: readonly string[];
  /** Lengths of finished runs whose work was seen to begin, ms. */
  readonly durations: readonly RunDuration[];
  /** Whether processing moves at all; for the next poll. */
  readonly stall: Stall;
}
export function diff(input: DiffInput): Diff {
  if (input.before !== null) return compare(input, input.before);
  return { ...baseline(input), removed: [], durations: [], stall: { movedAt: input.listing.takenAt, told: null } };
}

function compare(input: DiffInput, before: Snapshot): Diff {
  const { listing, now } = input;
  const uploads = new Map<string, TrackedUpload>();
  const found: DetectedChange[] = [];
  const durations: RunDuration[] = [];
  let moved = false;

  for (const upload of listing.uploads) {
    const known = before.uploads.get(upload.id);
    if (known?.upload === upload && isAtRest(known) && !input.entries.has(upload.id)) {
      uploads.set(upload.id, known);
      continue;
    }
    const step = known === undefined ? arrival(upload, before, input) : change(known, upload, before, input);
    found.push(...step.changes.map((each) => toFound(each, known?.upload ?? null, upload, input, before.sequence)));
    if (step.duration !== null) durations.push(step.duration);
    moved ||= step.moved;
    const watched = step.changes.length > 0 ? { ...step.watched, changedAt: now } : step.watched;
    // What is as it was goes on being the very same value, so that an account is not held twice.
    uploads.set(upload.id, known?.upload === upload && sameWatched(known, watched) ? known : watched);
  }

  const missing = [...before.uploads.values()].filter((watched) => !uploads.has(watched.upload.id));
  for (const known of missing) {
    if (listing.isPart === true && !input.verdicts.has(known.upload.id)) {
      uploads.set(known.upload.id, known);
      continue;
    }
    const judged = judgeAbsence(known, listing, input.verdicts, now);
    if (judged.watched !== null) uploads.set(known.upload.id, judged.watched);
    if (judged.kind !== null)
      found.push(toFound(goneAs(judged.kind, known.upload, input), known.upload, null, input, before.sequence));
  }

  const stalled = judgeStall(input.stall, uploads, moved, listing.takenAt);
  found.push(...stallChanges(stalled, input));
  if (stalled.stall.told === null) found.push(...tellStuck(uploads, input, before.sequence));

  return {
    found,
    after: { sequence: before.sequence + 1, takenAt: listing.takenAt, uploads, ...wholeBefore(listing, before) },
    changed: [...uploads.values()].filter((watched) => !sameWatched(before.uploads.get(watched.upload.id), watched)),
    removed: missing.map((watched) => watched.upload.id).filter((id) => !uploads.has(id)),
    durations,
    stall: stalled.stall,
  };
}

function wholeBefore({ isPart }: DiffInput['listing'], before: Snapshot): Pick<Snapshot, 'wholeAt'> {
  return isPart === true ? { wholeAt: before.wholeAt ?? before.takenAt } : {};
}

/** A main author cannot be shut out of an upload: it was handed over. */
function goneAs(kind: Change['kind'], upload: Upload, { userId }: DiffInput): Change {
  const wasOurs = userId !== null && upload.mainAuthor === userId;
  return kind === 'upload.unshared' && wasOurs ? { kind, details: { handed_over: 'by you' } } : { kind };
}

function stallChanges({ change: what, stall, waiting }: StallStep, input: DiffInput): readonly DetectedChange[] {
  if (what === null) return [];
  const since = (what === 'stalled' ? stall.told : input.stall?.told)?.since ?? input.listing.takenAt;
  const kind = what === 'stalled' ? 'nomad.processing_stalled' : 'nomad.processing_resumed';
  const details = { since, waiting, still_ms: Math.max(0, input.listing.takenAt - since) };
  return [{ key: `${kind} ${since}`, kind, time: input.now, upload: null, before: null, after: null, details }];
}

/** Reported here and not for each upload: while all of NOMAD's processing stands still, one event takes their place. */
function tellStuck(uploads: Map<string, TrackedUpload>, input: DiffInput, sequence: number): readonly DetectedChange[] {
  const { takenAt } = input.listing;
  const found: DetectedChange[] = [];
  for (const [id, watched] of uploads) {
    const { progress, upload } = watched;
    if (progress === null || !progress.stuck || progress.told) continue;
    const since = movedAt(progress);
    const details = { since, still_ms: takenAt - since, engine: engineOf(upload) };
    found.push(toFound({ kind: 'upload.stuck', mark: `since ${since}`, details }, upload, upload, input, sequence));
    uploads.set(id, { ...watched, progress: { ...progress, told: true }, changedAt: input.now });
  }
  return found;
}

function toFound(
  change: Change,
  before: Upload | null,
  after: Upload | null,
  input: DiffInput,
  sequence: number,
): DetectedChange {
  const upload = after ?? before;
  if (upload === null) throw new Error('a change of an upload has an upload');
  return {
    key: `${upload.id} ${change.kind} ${change.mark ?? `snapshot ${sequence}`}`,
    kind: change.kind,
    time: input.now,
    upload: {
      id: upload.id,
      name: upload.name,
      link: uploadLink(input.gui, upload.id),
      author: input.names.get(upload.mainAuthor) ?? upload.mainAuthor,
      role: roleIn(upload, input.userId),
    },
    before: before === null ? null : factsOf(before),
    after: after === null ? null : factsOf(after),
    details: change.details ?? {},
  };
}
