// A processing that ended well can have left all its entries broken, and only the entries tell. Each such run is asked about once;
// a question that got no answer is asked again later and keeps nothing else waiting. Pure.
import { wantsCounts } from './progress.ts';
import {
  type Entries,
  type Inspection,
  type Listing,
  type Snapshot,
  type Upload,
  type Watched,
  hasEnded,
} from './upload.ts';

/** gone: NOMAD will not tell us about that upload. unknown: no usable answer. */
export type EntriesAnswer = Entries | 'gone' | 'unknown';
export type EntriesAnswers = ReadonlyMap<string, EntriesAnswer>;

/** Gentle with NOMAD: more are asked about in the next polls. */
const MOST_QUESTIONS = 20;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Ids of listed uploads whose entries are to be asked about in this poll, those due longest first. `now`: our clock, ms. */
export function entriesQuestions(
  before: Snapshot,
  listing: Listing,
  now: number,
  stuckAfter: number,
): readonly string[] {
  const due: { readonly id: string; readonly askAt: number }[] = [];
  for (const upload of listing.uploads) {
    const askAt = questionTime(before, upload, listing.takenAt, now, stuckAfter);
    if (askAt !== null) due.push({ id: upload.id, askAt });
  }
  return due
    .sort((a, b) => a.askAt - b.askAt)
    .slice(0, MOST_QUESTIONS)
    .map(({ id }) => id);
}

/** null: nothing is to be asked now. */
function questionTime(
  before: Snapshot,
  upload: Upload,
  takenAt: number,
  now: number,
  stuckAfter: number,
): number | null {
  const known = before.uploads.get(upload.id) ?? null;
  const askAt = inspectionOf(known, upload, before, now)?.askAt ?? null;
  // A time further ahead than we ever put it was written by a clock since set back.
  if (askAt !== null && (askAt <= now || askAt > now + HOUR)) return Math.min(askAt, now);
  return wantsCounts(known?.progress ?? null, upload, takenAt, stuckAfter) ? now : null;
}

/** What is known of its entries before this poll's answer: a run that ended just now is still to be asked about. */
export function inspectionOf(known: Watched | null, upload: Upload, before: Snapshot, now: number): Inspection | null {
  const last = known?.inspection ?? null;
  if (upload.status !== 'SUCCESS' || upload.completeTime === null) {
    // Once the next run is at work the question can no longer be answered; an answer that we have stays known until then.
    return last?.askAt === null && last.completeTime === upload.completeTime ? last : null;
  }
  if (last?.completeTime === upload.completeTime) return last;
  const isNew = known === null ? isNews(upload, before) : hasEnded(known.upload, upload);
  if (!isNew || upload.process !== 'process_upload') return null;
  if (upload.entries === 0) return { completeTime: upload.completeTime, askAt: null, tries: 0, failed: 0 };
  return { completeTime: upload.completeTime, askAt: now, tries: 0, failed: null };
}

/** The inspection after this poll's answer. */
export function settleInspection(
  inspection: Inspection | null,
  answer: EntriesAnswer | undefined,
  now: number,
): Inspection | null {
  if (inspection === null || answer === undefined || inspection.askAt === null) return inspection;
  if (answer === 'gone') return { ...inspection, askAt: null };
  if (answer === 'unknown' || !isAbout(answer, inspection)) {
    const tries = inspection.tries + 1;
    return { ...inspection, tries, askAt: now + Math.min(MINUTE * 2 ** (tries - 1), HOUR) };
  }
  return { ...inspection, askAt: null, failed: answer.failed };
}

/** It may have been processed again between the listing and the question. */
function isAbout(answer: Entries, inspection: Inspection): boolean {
  return answer.status === 'SUCCESS' && answer.completeTime === inspection.completeTime;
}

/** A run that ended this much before the last listing may still be news: NOMAD's workers and its API keep their own clocks. */
export const CLOCK_MARGIN = 5 * MINUTE;

/** Of an upload that was not there before: whether its last run ended since, so that its end is news. */
export function isNews(upload: Upload, before: Snapshot): boolean {
  return upload.completeTime !== null && upload.completeTime > before.takenAt - CLOCK_MARGIN;
}
