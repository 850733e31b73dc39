// Uploads that a complete listing lacks: whom to ask about, and what the answers mean.
// Being absent proves nothing (a moved page, a changed filter, an empty index): only NOMAD's word for that one upload does.
import type { EventKind } from '../event.ts';
import { HOUR } from '../text/durations.ts';
import type { Listing, Snapshot, TrackedUpload } from '../upload.ts';

/** deleted, unshared: NOMAD said so. present: it still answers for it. unknown: no usable answer. */
export type MissingVerdict = 'deleted' | 'unshared' | 'present' | 'unknown';
export type MissingVerdicts = ReadonlyMap<string, MissingVerdict>;

/** Gentle with NOMAD: a thousand uploads gone at once are asked about over many polls. */
export const MAX_MISSING_QUESTIONS = 20;
/** An upload that answers but is not listed for us is asked about again after this. */
const ASK_AGAIN = HOUR;

/** Ids to ask NOMAD about, those due longest first; more than 20 are for several polls. `now` in ms, our clock. */
export function missingToAsk(before: Snapshot, listing: Listing, now: number): readonly string[] {
  const listed = listedIds(listing);
  return (
    [...before.uploads.values()]
      .filter((watched) => !listed.has(watched.upload.id) && isDue(watched, now))
      // What a part does not hold is not missing; what was missing before is still asked about.
      .filter((watched) => listing.isPart !== true || watched.absence !== null)
      .sort((a, b) => askAt(a) - askAt(b))
      .map((watched) => watched.upload.id)
  );
}

function askAt({ absence }: TrackedUpload): number {
  return absence?.askAt ?? 0;
}

/** A time to ask that lies further ahead than we ever put it was written by a clock since set back. */
function isDue(watched: TrackedUpload, now: number): boolean {
  return askAt(watched) <= now || askAt(watched) > now + ASK_AGAIN;
}

export interface Judged {
  /** null: forget it. */
  readonly watched: TrackedUpload | null;
  readonly kind: Extract<EventKind, 'upload.deleted' | 'upload.unshared'> | null;
}

/** What becomes of a known upload that the listing lacks. */
export function judgeAbsence(known: TrackedUpload, listing: Listing, verdicts: MissingVerdicts, now: number): Judged {
  const id = known.upload.id;
  if (listing.malformed.some((each) => each.uploadId === id))
    return { watched: { ...known, absence: null }, kind: null };
  switch (verdicts.get(id)) {
    case 'deleted':
      return { watched: null, kind: 'upload.deleted' };
    case 'unshared':
      return { watched: null, kind: 'upload.unshared' };
    case 'present':
      return { watched: { ...known, absence: { askAt: now + ASK_AGAIN } }, kind: null };
    case 'unknown': // to the end of the queue, so that one that cannot be answered does not keep the others waiting
      return { watched: { ...known, absence: { askAt: now } }, kind: null };
    case undefined:
      return { watched: { ...known, absence: { askAt: known.absence?.askAt ?? 0 } }, kind: null };
  }
}

function listedIds(listing: Listing): ReadonlySet<string | null> {
  return new Set([...listing.uploads.map((upload) => upload.id), ...listing.malformed.map((each) => each.uploadId)]);
}
