// A processing that ended well can have left all its entries broken, and only the entries show it. Whatever ran last, failed entries are a
// fact about the upload: they are asked about when its content may have changed. A question that got no answer is asked again later and
// keeps nothing else waiting. Pure.
import { type Explanation, mainReason } from '../failure-reasons.ts';
import { workOf } from '../process/names.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../text/durations.ts';
import { movedAt, wantsEntries } from './stuck.ts';
import { type Passed, isOfFiles, passedBefore, passedBetween } from '../run.ts';
import {
  type Entries,
  type Inspection,
  type Listing,
  type Snapshot,
  type Upload,
  type TrackedUpload,
  isProcessing,
  phaseOf,
} from '../upload.ts';

/** gone: NOMAD does not give us that upload any more. unknown: no usable answer. */
export type EntriesAnswer = Entries | 'gone' | 'unknown';
export type EntriesAnswers = ReadonlyMap<string, EntriesAnswer>;

/** counts: only how many failed. few: what is wrong with some of them. many: whether they move. */
export type EntriesDetail = 'counts' | 'few' | 'many';
export interface EntriesQuestion {
  readonly id: string;
  readonly look: EntriesDetail;
}

/** Gentle with NOMAD: more are asked about in the next polls. */
export const MAX_QUESTIONS = 20;
/** Where good runs leave no time (NOMAD 1.4), one that came and went between two polls is looked for this often, for this long after the last event. */
const LOOK_AGAIN = 15 * MINUTE;
const LATELY = DAY;
/** How far apart older uploads of a deployment are asked about after the first poll, whoever asks. */
const APART = 3 * SECOND;
/** They come last. */
const OLD = 2;
/** While uploads wait for a worker, the entries of the others say whether anything moves at all. */
const FRESH = 5 * MINUTE;

export interface EntriesToAsk {
  /** Of this poll: those due longest first, those of older uploads last. */
  readonly questions: readonly EntriesQuestion[];
  /** Some that may be news are left for the next poll. */
  readonly isMore: boolean;
}

/** Which entries are to be asked about. `now`: our clock, ms. `isBack`: NOMAD failed until now. `sharers`: so many accounts ask this deployment. */
export function entriesToAsk(
  before: Snapshot,
  listing: Listing,
  now: number,
  stuckAfter: number,
  isBack = false,
  sharers = 1,
): EntriesToAsk {
  const due: (EntriesQuestion & { readonly order: number; readonly askAt: number; readonly since: number })[] = [];
  const clocks = { now, takenAt: listing.takenAt };
  const within = isSomeoneWaiting(before, listing) ? FRESH : stuckAfter / 4;
  for (const upload of listing.uploads) {
    const known = before.uploads.get(upload.id);
    const isSame = known?.upload === upload && isAtRest(known);
    const inspection = isSame
      ? known.inspection
      : inspectionOf(known ?? null, upload, occasionOf(known ?? null, upload, before), clocks);
    if (inspection !== null && isDue(inspection, now)) {
      const isOld = inspection.why === 'before';
      due.push({
        id: upload.id,
        look: isOld ? 'counts' : 'few',
        order: isOld ? OLD : 0,
        askAt: inspection.askAt ?? now,
        since: known?.statusSince ?? 0,
      });
    } else if (wantsEntries(known?.progress ?? null, upload, listing.takenAt, stuckAfter, within)) {
      due.push({ id: upload.id, look: 'many', order: 1, askAt: known?.progress?.counts?.askedAt ?? 0, since: 0 });
    }
  }
  // So many of them as time has passed since the poll before: what was left undone in an outage is no reason for a burst after it.
  const old = due.filter(({ order }) => order === OLD).sort((a, b) => a.askAt - b.askAt || b.since - a.since);
  const apart = APART * sharers;
  const slots = Math.floor(listing.takenAt / apart) - Math.floor(before.takenAt / apart);
  const limit = isBack ? 0 : Math.max(0, slots);
  const questions = [...due.filter(({ order }) => order !== OLD), ...old.slice(0, limit)]
    .sort((a, b) => a.order - b.order || a.askAt - b.askAt)
    .slice(0, MAX_QUESTIONS)
    .map(({ id, look }) => ({ id, look }));
  return { questions, isMore: due.filter(({ order }) => order === 0).length > MAX_QUESTIONS };
}

/**
 * Nothing is under way. When its next sight is the very same value (a page that came again byte by byte), nothing has happened to it: most
 * uploads of a large account, at each poll.
 */
export function isAtRest({ upload, progress, absence }: TrackedUpload): boolean {
  return progress === null && absence === null && !isProcessing(upload.status);
}

/** A time further ahead than we ever put it was written by a clock since set back. */
function isDue({ askAt, why }: Inspection, now: number): boolean {
  if (askAt === null) return false;
  return askAt <= now || askAt > now + (why === 'before' ? LATELY : HOUR);
}

function isSomeoneWaiting(before: Snapshot, { uploads, takenAt }: Listing): boolean {
  return uploads.some((upload) => {
    const known = before.uploads.get(upload.id);
    const progress = known?.progress ?? null;
    if (known === undefined || progress === null || phaseOf(upload, known.oldMessage) !== 'queued') return false;
    return takenAt - movedAt(progress) >= FRESH;
  });
}

/** At the first poll: what is older than our watching is asked about step by step, newest first. `rank`: its place among them. */
export function firstInspection(upload: Upload, rank: number, { now, takenAt }: Clocks): Inspection | null {
  // What is being edited or published goes on having the entries of before.
  const isSettled =
    upload.status === 'SUCCESS' || (isProcessing(upload.status) && workOf(upload.process) !== 'processing');
  if (!isSettled || upload.entries === 0) return null;
  const askAt = now + rank * APART;
  return { run: 'before', why: 'before', askAt, tries: 0, failed: null, newestEnd: takenAt, told: '' };
}

/** The uploads whose entries are asked about in the first poll itself: those whose runs ended last. `sharers`: so many accounts ask this deployment. */
export function firstToAsk({ uploads, takenAt }: Listing, now: number, sharers = 1): readonly string[] {
  return uploads
    .filter((upload) => firstInspection(upload, 0, { now, takenAt }) !== null)
    .toSorted((a, b) => (b.completeTime ?? b.createTime) - (a.completeTime ?? a.createTime))
    .slice(0, Math.ceil(MAX_QUESTIONS / sharers))
    .map(({ id }) => id);
}

/** What passed since the last sight of an upload, and the name of it. */
export interface Occasion {
  readonly passed: Passed;
  readonly mark: string;
}

export function occasionOf(known: TrackedUpload | null, upload: Upload, before: Snapshot): Occasion {
  const passed = known === null ? passedBefore(upload, before) : passedBetween(known, upload);
  const bySnapshot = `snapshot ${before.sequence}`;
  if (passed.what === 'moved') return { passed, mark: `run ${String(upload.completeTime)}` };
  return { passed, mark: passed.what === 'end' ? (passed.end.mark ?? bySnapshot) : bySnapshot };
}

/** Ours, and the server's when the listing began; ms. */
interface Clocks {
  readonly now: number;
  readonly takenAt: number;
}

/** What is to be asked of its entries, before this poll's answer is known. */
export function inspectionOf(
  known: TrackedUpload | null,
  upload: Upload,
  { passed, mark }: Occasion,
  { now, takenAt }: Clocks,
): Inspection | null {
  const last = known?.inspection ?? null;
  const end = passed.what === 'end' ? passed.end : null;
  if (upload.status !== 'SUCCESS') {
    // What is known stays known until the files are processed anew; a question can be answered only about what stands still.
    if (upload.status === 'READY' || (end !== null && isOfFiles(end))) return null;
    const isKept = last !== null && (last.failed !== null || last.why === 'before');
    return isKept ? { ...last, askAt: null } : null;
  }
  // Until its entries are heard: what was done before the sight of an end was done by no later run.
  const newestEnd = end === null ? (last?.newestEnd ?? null) : takenAt;
  const fresh = { run: mark, tries: 0, failed: null, newestEnd, told: '' };
  if (end !== null) {
    if (upload.entries === 0) return { ...fresh, why: 'end', askAt: null, failed: 0 };
    // Its files were not processed by this one: what was known of them is likely to be so still.
    const kept = isOfFiles(end) || last === null ? {} : { failed: last.failed, told: last.told, ...reasonOf(last) };
    // Nor is anything reported of what failed before the first poll, only because it is published before it could be asked about.
    const isOld = !isOfFiles(end) && last?.why === 'before' && last.failed === null;
    return { ...fresh, ...kept, why: isOld ? 'before' : 'end', askAt: now };
  }
  if (upload.entries === 0) return last;
  if (passed.what === 'moved' && workOf(upload.process) === 'processing') {
    const since = newestEnd ?? known?.upload.completeTime ?? null;
    return {
      ...fresh,
      failed: last?.failed ?? null,
      told: last?.told ?? '',
      ...reasonOf(last),
      newestEnd: since,
      why: 'moved',
      askAt: now,
    };
  }
  if (last === null) return null;
  // A file saved in NOMAD's editor (1.4.1 and later) changes neither status nor process nor time, only the message.
  const isChanged = last.askAt === null && known !== null && known.upload.message !== upload.message;
  return isChanged ? { ...last, run: mark, tries: 0, why: 'again', askAt: now } : last;
}

export interface Settled {
  readonly inspection: Inspection | null;
  /** A processing took place that nothing else showed. */
  readonly ran: boolean;
  /** Its failed entries are to be reported; null: not. */
  readonly failing: Entries | null;
  /** The answer, where it is about what was asked; null: there is none. */
  readonly entries: Entries | null;
}

/** The inspection after this poll's answer. `processed`: the run that it is about processed the files. `changedAt`: our clock, ms. */
export function settleInspection(
  asked: Inspection | null,
  answer: EntriesAnswer | undefined,
  upload: Upload,
  { processed, changedAt, now }: { readonly processed: boolean; readonly changedAt: number; readonly now: number },
): Settled {
  const nothing = { ran: false, failing: null, entries: null };
  const isAsked = (asked?.askAt ?? null) !== null;
  if (asked === null || !isAsked || answer === undefined) return { inspection: asked, ...nothing };
  if (answer === 'gone') return { inspection: { ...asked, askAt: null }, ...nothing };
  if (answer === 'unknown' || !isAbout(answer, upload)) {
    const tries = asked.tries + 1;
    return { inspection: { ...asked, tries, askAt: now + Math.min(MINUTE * 2 ** (tries - 1), HOUR) }, ...nothing };
  }
  const { newestEnd } = answer;
  const isNewer = newestEnd !== null && asked.newestEnd !== null && newestEnd > asked.newestEnd;
  const ran = isNewer && (asked.why === 'moved' || asked.why === 'again');
  const which = fingerprint(answer);
  const isOther = answer.failed > 0 && !isSameSet(which, asked.told);
  const isReported =
    asked.why !== 'before' && (isOther || (answer.failed > 0 && (ran || (processed && asked.why === 'end'))));
  const inspection: Inspection = {
    run: asked.run,
    why: 'again',
    askAt: leavesNoTime(upload, answer) && now - changedAt < LATELY && asked.why !== 'before' ? now + LOOK_AGAIN : null,
    tries: 0,
    failed: answer.failed,
    // Only some of the entries are shown, and not always the same.
    newestEnd: newestEnd === null ? asked.newestEnd : Math.max(newestEnd, asked.newestEnd ?? 0),
    told: which,
    ...(answer.explanation === undefined
      ? isOther || answer.failed === 0
        ? {}
        : reasonOf(asked)
      : reasonIn(answer.explanation, answer.failed)),
  };
  return { inspection, ran, failing: isReported ? answer : null, entries: answer };
}

/** Whether the failed entries of an answer are to be reported; why they failed is asked only then. `now`: our clock, ms. */
export function isToReport(
  answer: EntriesAnswer,
  upload: Upload,
  before: Snapshot,
  clocks: { readonly now: number; readonly takenAt: number },
): boolean {
  const known = before.uploads.get(upload.id) ?? null;
  const asked = inspectionOf(known, upload, occasionOf(known, upload, before), clocks);
  const about = { processed: workOf(upload.process) === 'processing', changedAt: 0, now: clocks.now };
  return settleInspection(asked, answer, upload, about).failing !== null;
}

/** It may have been processed again between the listing and the question. */
export function isAbout(answer: Entries, upload: Upload): boolean {
  return answer.status === upload.status && answer.completeTime === upload.completeTime && !isProcessing(upload.status);
}

function reasonOf(inspection: Inspection | null): Pick<Inspection, 'reason'> {
  return inspection?.reason === undefined ? {} : { reason: inspection.reason };
}

function reasonIn(explanation: Explanation, failed: number): Pick<Inspection, 'reason'> {
  const reason = mainReason(explanation, failed);
  return reason === null ? {} : { reason };
}

/** Where the end of a good run is not written down, a later one cannot be seen in the list. */
function leavesNoTime({ completeTime }: Upload, { newestEnd }: Entries): boolean {
  return completeTime === null || (newestEnd !== null && completeTime < newestEnd);
}

/** Of older uploads only the number was asked. */
function isSameSet(which: string, told: string): boolean {
  return told.includes(' ') ? which === told : which.split(' ')[0] === told;
}

/** Distinguishes one set of failed entries from another, as far as they were shown. */
function fingerprint({ failed, failing }: Entries): string {
  return failed === 0 ? '' : [failed, ...failing.map(({ id }) => id).sort()].join(' ');
}
