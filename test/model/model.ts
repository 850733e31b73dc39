// A model of NOMAD with arbitrary lives of uploads, polled at arbitrary times by the monitor's own pure parts, with crashes and faults.
// Beside it an oracle that knows the truth says what a poller can know; what the monitor tells must be exactly that.
import assert from 'node:assert/strict';
import * as world from '../../src/demo/nomad-state.ts';
import { toWireEntries } from '../../src/demo/nomad-entries.ts';
import { GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { toWire } from '../../src/demo/nomad-wire.ts';
import { missingToAsk, type MissingVerdict } from '../../src/domain/diff/missing.ts';
import { type Diff, diff } from '../../src/domain/diff/diff.ts';
import type { DetectedChange } from '../../src/domain/event.ts';
import { type EntriesAnswer, type EntriesDetail, entriesToAsk } from '../../src/domain/diff/entry-check.ts';
import { partialQuery } from '../../src/domain/diff/partial.ts';
import type { DiffInput } from '../../src/domain/diff/transition.ts';
import type { Stall } from '../../src/domain/diff/stall.ts';
import { type Listing, type Snapshot, type Upload, isProcessing } from '../../src/domain/upload.ts';
import { readEntries, readPage } from '../../src/nomad/wire.ts';
import { MINUTE, T0, diffInput } from '../support/builders.ts';
import { type Act, type End, type Truth, act } from '../support/life.ts';

/** As the simulated NOMAD of that generation. In 1.4 good runs leave no time. */
export const KINDS = GENERATIONS;

/** small: as of a large account, of what can move only. side questions: about single uploads and their entries. */
export const POLLS = [
  'good',
  'small',
  'down',
  'side questions down',
  'crash before commit',
  'crash after commit',
] as const;

export type Step =
  (Act & { readonly after: number }) | { readonly polls: (typeof POLLS)[number]; readonly after: number };

export interface Monitor {
  readonly diff: (input: DiffInput) => Diff;
  /** When what was found is told: with the commit, or (a known fault) before it. */
  readonly tells: 'with the commit' | 'before the commit';
}

export const OURS: Monitor = { diff, tells: 'with the commit' };

/** What NOMAD shows of an upload, as far as it tells of runs. */
type Sight = Pick<
  Upload,
  'status' | 'process' | 'message' | 'errors' | 'warnings' | 'entries' | 'completeTime' | 'published'
>;

/** What a poller has seen of an upload by its last good poll, and what it was told. */
interface Seen {
  readonly ends: number;
  readonly sight: Sight;
  /** Between the two halves of the end that is the next one. */
  readonly isEnding: boolean;
  readonly lastResult: 'failed' | 'succeeded' | 'stopped' | null;
  /** A failure that stands, by the process that failed. */
  readonly failure: { readonly process: string | null; readonly since: number } | null;
  /** A processing ended well since, and nothing but its entries can tell. */
  readonly owed: boolean;
  /** A run of something else than files ended well while the failure stood: only the entries tell whether it still does. */
  readonly isHidden: boolean;
  /** What it was doing, and since which poll it is seen doing just that. */
  readonly doing: string;
  readonly since: number;
}

const STUCK_AFTER = 120 * MINUTE;
const STALLED_AFTER = 10 * MINUTE;
/** What ended this much before the last listing may be news of an upload that is new. */
const MARGIN = 5 * MINUTE;

const EXACT = new Set([
  'monitor.baseline',
  'upload.created',
  'upload.succeeded',
  'upload.failed',
  'upload.recovered',
  'upload.empty',
  'upload.edited',
  'upload.stopped',
  'upload.reset',
  'upload.published',
  'upload.deleted',
  'upload.unshared',
]);

/** Throws when what the monitor told is not what the oracle says. */
export function play(kind: (typeof KINDS)[number], steps: readonly Step[], monitor: Monitor = OURS): void {
  const nomad = world.createWorld(kind);
  const truths = new Map<string, Truth>();
  let now = T0;
  let snapshot: Snapshot | null = null;
  /** When all uploads were last listed. */
  let wholeAt = 0;
  let stall: Stall | null = null;
  let seen = new Map<string, Seen>();
  /** Missing from a whole listing, and nobody could say why yet. */
  const missing = new Set<string>();
  const told: DetectedChange[] = [];

  for (const step of steps) {
    now += step.after * MINUTE;
    if ('does' in step) act(nomad, truths, step, now);
    else poll(step.polls);
  }
  // At last all is quiet and everything works: what is still owed is told, and then nothing more.
  for (let round = 0; round < 3; round += 1) {
    now += 121 * MINUTE;
    poll('good');
  }
  const before = told.length;
  now += MINUTE;
  poll('good');
  assert.equal(told.length, before, 'nothing happened, and something was told');
  checkWhole();

  function poll(how: (typeof POLLS)[number]): void {
    if (how === 'down') return;
    const whole = list();
    const listing = how === 'small' && snapshot !== null ? partOf(whole, snapshot, now) : whole;
    const works = how !== 'side questions down';
    const made = compare(listing, works);
    if (how === 'crash before commit') {
      // Found again a minute later with nothing else changed: the same things by the same names, and perhaps more of their entries.
      if (monitor.tells === 'before the commit') told.push(...made.diff.found);
      now += MINUTE;
      const again = keysOf(compare({ ...listing, takenAt: now }, true));
      assert.deepEqual(
        keysOf(made).filter((key) => !again.includes(key)),
        [],
      );
      return;
    }
    const { found } = made.diff;
    told.push(...found);
    const expected = expectations(listing, works, made.answered, new Set(exact(found)));
    assert.deepEqual(exact(found).toSorted(), expected.toSorted());
    for (const each of found) checkOne(each);
    snapshot = made.diff.after;
    if (listing.isPart !== true) wholeAt = listing.takenAt;
    stall = made.diff.stall;
  }

  function compare(listing: Listing, works: boolean) {
    const known = snapshot;
    const verdicts = new Map<string, MissingVerdict>();
    const entries = new Map<string, EntriesAnswer>();
    const answered = new Set<string>();
    if (known !== null) {
      for (const id of missingToAsk(known, listing, now)) verdicts.set(id, works ? verdictOf(nomad, id) : 'unknown');
      for (const { id, look } of entriesToAsk(known, listing, now, STUCK_AFTER).questions) {
        entries.set(id, works ? entriesOf(id, look) : 'unknown');
        if (works && look !== 'counts') answered.add(id);
      }
    }
    const input = diffInput({ before: known, listing, verdicts, entries, stall, now, stuckAfter: STUCK_AFTER });
    return { diff: monitor.diff(input), answered };
  }

  /** The oracle: from the truth and from what was seen, never from what NOMAD's fields say of the past. `heard`: what was told just now. */
  function expectations(
    listing: Listing,
    works: boolean,
    answered: ReadonlySet<string>,
    heard: ReadonlySet<string>,
  ): readonly string[] {
    const next = new Map<string, Seen>();
    const expected: string[] = snapshot === null ? [' monitor.baseline'] : [];
    for (const { id } of listing.uploads) {
      const last = seen.get(id);
      const isFirst = snapshot === null;
      const { kinds, after } = last === undefined ? arrived(id) : changed(id, last, answered.has(id), heard);
      if (!isFirst && last === undefined) expected.push(`${id} upload.created`);
      if (!isFirst) expected.push(...kinds.map((each) => `${id} upload.${each}`));
      missing.delete(id);
      next.set(id, after);
    }
    for (const [id, last] of seen) {
      if (next.has(id)) continue;
      const isLeft = listing.isPart === true && (!missing.has(id) || verdictOf(nomad, id) === 'present');
      if (!works && listing.isPart !== true) missing.add(id);
      if (!works || isLeft) next.set(id, last);
      else expected.push(`${id} upload.${nomad.uploads.has(id) ? 'unshared' : 'deleted'}`);
    }
    seen = next;
    return expected;
  }

  /** An upload that was not listed before. */
  function arrived(id: string): { readonly kinds: readonly string[]; readonly after: Seen } {
    const [upload, truth, sight] = [get(nomad.uploads, id), get(truths, id), sightOf(id)];
    const isSince = (time: number | null) => time !== null && time > (snapshot?.takenAt ?? 0) - MARGIN;
    const isNew = isSince(sight.completeTime) || isSince(upload.createTime);
    const showsFailure = sight.status === 'FAILURE' || (sight.status === 'PENDING' && upload.errors.length > 0);
    const known = { lastResult: null, failure: null, published: sight.published };
    const kinds: string[] = [];
    if (isOver(sight) && isNew) kinds.push(...toldOf(endIn(sight), known));
    if (sight.status === 'PENDING' && showsFailure && isSince(sight.completeTime)) kinds.push('failed');
    if (isStopped(sight) && isSince(upload.createTime)) kinds.push('stopped');
    // One that a whole listing did not show was hidden from us then; a small one may miss any.
    if (sight.published && upload.createTime >= wholeAt) kinds.push('published');
    const since = sight.completeTime ?? upload.createTime;
    const after: Seen = {
      ends: truth.ends.length,
      sight,
      isEnding: truth.halfAt !== null,
      lastResult: showsFailure ? 'failed' : sight.status === 'SUCCESS' ? 'succeeded' : null,
      failure: showsFailure ? { process: sight.process, since } : null,
      owed: false,
      isHidden: false,
      doing: doingOf(sight),
      since: now,
    };
    return { kinds, after };
  }

  function changed(
    id: string,
    last: Seen,
    isAnswered: boolean,
    heard: ReadonlySet<string>,
  ): { readonly kinds: readonly string[]; readonly after: Seen } {
    const [truth, sight] = [get(truths, id), sightOf(id)];
    const known = { ...last, published: sight.published };
    const kinds: string[] = [];
    let { lastResult, failure, owed } = last;
    const tellEnd = (end: ShownEnd) => {
      kinds.push(...toldOf(end, known));
      lastResult = end.result;
      if (end.result === 'failed') {
        const stands = failure !== null && isOfFiles(failure.process) && !isOfFiles(end.process);
        if (!stands) failure = { process: end.process, since: end.at ?? now };
      } else if (failure !== null && (isOfFiles(end.process) || alike(failure.process, end.process))) failure = null;
      owed = false;
    };
    const tellProcessing = () => {
      tellEnd({ result: 'succeeded', process: 'process_upload', entries: sight.entries, at: null });
      failure = null;
    };

    const end = endShown(last, sight, truth);
    if (end !== null) tellEnd(end);
    else if (isStopped(sight) && !isStopped(last.sight)) {
      kinds.push('stopped');
      lastResult = 'stopped';
    } else if (wasReset(last.sight, sight)) kinds.push('reset');
    if (sight.status !== 'SUCCESS') owed = false;

    // What only the entries tell: of a processing since the last sight, all that it left are newer than what was known.
    const entriesEnd = entriesEndOf(truth);
    const isSilent = end === null && sight.status === 'SUCCESS' && sight.entries > 0 && isOfFiles(sight.process);
    const news = truth.ends.slice(last.ends).some((each) => isOfFiles(each.process) && each.result === 'succeeded');
    if (isSilent && news) owed = true;
    const onlyMoved = isSilent && sight.completeTime !== null && sight.completeTime !== last.sight.completeTime;
    if (owed && onlyMoved && news && isAnswered && (entriesEnd ?? 0) > (last.sight.completeTime ?? Infinity))
      tellProcessing();
    // It may be told later, or now if its entries were heard before: what the model does not follow is left open, but not told twice.
    else if (isAnswered && owed && (heard.has(`${id} upload.succeeded`) || heard.has(`${id} upload.recovered`)))
      tellProcessing();
    const endsHidden = end === null ? last.isHidden : end.result === 'succeeded' && !isOfFiles(end.process);
    const hidden = endsHidden && sight.status === 'SUCCESS' ? last.failure : null;
    if (hidden !== null && isAnswered && isOfFiles(hidden.process) && (entriesEnd ?? 0) > hidden.since) {
      kinds.push('recovered');
      failure = null;
    }

    if (sight.published && !last.sight.published) kinds.push('published');
    const doing = doingOf(sight);
    const after: Seen = {
      ends: truth.ends.length,
      sight,
      isEnding: truth.halfAt !== null,
      lastResult,
      failure,
      owed,
      isHidden: hidden !== null && !isAnswered,
      doing,
      since: last.doing === doing ? last.since : now,
    };
    return { kinds, after };
  }

  function checkOne({ kind: what, upload, details }: DetectedChange): void {
    if (what === 'nomad.processing_stalled') {
      const processing = [...seen.values()].filter(({ sight }) => isProcessing(sight.status));
      assert.ok(
        processing.some(({ sight, since }) => sight.status === 'PENDING' && now - since >= STALLED_AFTER),
        'nothing waited',
      );
      assert.ok(
        processing.every(({ sight, since }) => sight.status === 'PENDING' || now - since >= STALLED_AFTER),
        'something moved',
      );
    }
    if (upload === null) return;
    const [truth, real] = [get(truths, upload.id), nomad.uploads.get(upload.id)];
    if (what === 'upload.failed') {
      const isSo = truth.ends.some(({ result }) => result === 'failed');
      assert.ok(isSo, 'a failure that was none');
    }
    if (what === 'upload.entries_failed') {
      assert.equal(details['failed'], real?.failing.length, 'entries that did not fail');
      assert.equal(details['complete_time'], get(nomad.uploads, upload.id).completeTime);
    }
    if (what === 'upload.stuck') {
      assert.ok(now - get(seen, upload.id).since >= STUCK_AFTER, 'stuck, and it had moved');
    }
  }

  function checkWhole(): void {
    const keys = told.map(({ key }) => key);
    assert.deepEqual(keys, [...new Set(keys)], 'told twice');
    let isStalled = false;
    for (const { kind: what } of told) {
      if (what === 'nomad.processing_stalled' || what === 'nomad.processing_resumed') {
        assert.equal(what === 'nomad.processing_resumed', isStalled, 'stalled and resumed take turns');
        isStalled = !isStalled;
      }
      assert.ok(what !== 'upload.stuck' || !isStalled, 'stuck, while NOMAD processes nothing');
    }
    for (const { id } of list().uploads) {
      const of = told.filter((each) => each.upload?.id === id);
      const times = of
        .filter(({ kind: what }) => what === 'upload.failed')
        .map(({ details }) => Number(details['complete_time'] ?? 0));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        'failures out of order',
      );
      const [last, real] = [get(seen, id), get(nomad.uploads, id)];
      if (kind !== '1.4') assert.equal(last.owed, false, 'a processing that ended well was never told');
      const at = of.findLastIndex(({ kind: what }) => what === 'upload.succeeded' || what === 'upload.recovered');
      const isLast = of[at]?.details['complete_time'] === last.sight.completeTime;
      if (
        at >= 0 &&
        isLast &&
        last.sight.status === 'SUCCESS' &&
        isOfFiles(last.sight.process) &&
        real.failing.length > 0
      ) {
        const owed = of.slice(at).some(({ kind: what }) => what === 'upload.entries_failed');
        assert.ok(owed, 'failed entries were never told');
      }
    }
  }

  function list(): Listing {
    const mine = [...nomad.uploads.values()].filter((upload) => world.isListedFor(nomad, upload, world.ADA.id, []));
    const page = readPage({ pagination: { total: mine.length }, data: mine.map((upload) => toWire(upload, nomad)) });
    assert.ok(page !== null);
    return { takenAt: now, uploads: page.items.filter((item): item is Upload => 'id' in item), malformed: [] };
  }

  function sightOf(id: string): Sight {
    const { status, process, message, errors, warnings, entries, published, completeTime } = get(nomad.uploads, id);
    return { status, process, message, errors, warnings, entries, published, completeTime };
  }

  function entriesOf(id: string, look: EntriesDetail): EntriesAnswer {
    const upload = get(nomad.uploads, id);
    const end = entriesEndOf(get(truths, id));
    const counts = {
      processing_successful: upload.entries - upload.failing.length,
      processing_failed: upload.failing.length,
    };
    const complete_time = end === null ? undefined : new Date(end).toISOString();
    const data = toWireEntries(upload, nomad).map((each) => ({ ...each, complete_time }));
    const wire = { pagination: { total: upload.entries }, ...counts, upload: toWire(upload, nomad) };
    return readEntries({ ...wire, data: look === 'counts' ? [] : data }) ?? 'unknown';
  }
}

const EDITS = ['edit_upload_metadata', 'edit_metadata'];

type ShownEnd = Pick<End, 'result' | 'entries'> & { readonly process: string | null; readonly at: number | null };

/** The end of a run that two sights of an upload show. */
function endShown({ sight: before, ends, isEnding }: Seen, sight: Sight, truth: Truth): ShownEnd | null {
  const hasMoved = sight.completeTime !== null && sight.completeTime !== before.completeTime;
  if (isProcessing(sight.status)) {
    // Its message said how the run was ending, and now it says something else.
    const ending = truth.ends[ends];
    if (isEnding && ending !== undefined) return { ...ending, at: before.completeTime };
    // Queued again: 1.3 keeps the errors until the next run begins, later ones the message.
    const named = sight.message === before.message ? null : /^Process _?(\w+) failed/.exec(sight.message ?? '');
    const keepsErrors = hasMoved && sight.errors.length > 0;
    if (sight.status !== 'PENDING' || (named === null && !keepsErrors)) return null;
    const process = named?.[1] ?? (isProcessing(before.status) ? before.process : sight.process);
    return { result: 'failed', process, entries: sight.entries, at: sight.completeTime };
  }
  if (!isOver(sight)) return null;
  // With none left and all else the same it may be being deleted, or somebody took its files out.
  const hasOthers =
    before.entries !== sight.entries && (sight.entries > 0 || sight.completeTime !== before.completeTime);
  const differs = before.status !== sight.status || before.process !== sight.process || hasOthers;
  // A folder made in a failed upload cannot be told from a failure; but it leaves what the run before said.
  const hasOtherLists = !same(before.errors, sight.errors) || !same(before.warnings, sight.warnings);
  const isAgain = hasMoved && (sight.status === 'FAILURE' || hasOtherLists);
  return isProcessing(before.status) || differs || isAgain ? endIn(sight) : null;
}

function endIn(sight: Sight): ShownEnd {
  const result = sight.status === 'FAILURE' ? 'failed' : 'succeeded';
  return { result, process: sight.process, entries: sight.entries, at: sight.completeTime };
}

/** What is told of an end, without `upload.`. */
function toldOf(
  end: ShownEnd,
  { failure, lastResult, published }: Pick<Seen, 'failure' | 'lastResult'> & { readonly published: boolean },
): readonly string[] {
  if (end.result === 'failed') return ['failed'];
  if (EDITS.includes(end.process ?? '')) return ['edited'];
  if (end.process === 'publish_upload') return published ? [] : ['succeeded'];
  if (end.entries > 0) return [failure === null ? 'succeeded' : 'recovered'];
  return failure === null && lastResult !== 'stopped' ? ['succeeded', 'empty'] : ['empty'];
}

/** When the entries were made that it has. */
function entriesEndOf({ ends }: Truth): number | null {
  return ends.findLast(({ process, result }) => isOfFiles(process) && result === 'succeeded')?.at ?? null;
}

function isOfFiles(process: string | null): boolean {
  return ![...EDITS, 'publish_upload'].includes(process ?? '');
}

function alike(a: string | null, b: string | null): boolean {
  return a === b || (isOfFiles(a) && isOfFiles(b)) || (EDITS.includes(a ?? '') && EDITS.includes(b ?? ''));
}

/** What is movement when it changes. */
function doingOf({ status, process, message, entries, completeTime }: Sight): string {
  return JSON.stringify([status, process, message, entries, completeTime]);
}

function isOver({ status, process }: Sight): boolean {
  return process !== null && (status === 'SUCCESS' || status === 'FAILURE');
}

/** An administrator's reset leaves the message of before, but no process. */
function isStopped({ status, process, message }: Sight): boolean {
  return status === 'READY' && process !== null && message === 'Processing stopped';
}

/** Only an administrator takes the process away. */
function wasReset(before: Sight, after: Sight): boolean {
  if (after.process !== null || isProcessing(after.status)) return false;
  return isProcessing(before.status) || (before.status === 'FAILURE' && after.status !== 'FAILURE');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join('\n') === b.join('\n');
}

function exact(found: readonly DetectedChange[]): readonly string[] {
  return found.filter(({ kind }) => EXACT.has(kind)).map(({ kind, upload }) => `${upload?.id ?? ''} ${kind}`);
}

/** `started`, `stuck` and lists of errors can be named by the time or by the snapshot; what ends a run, or an upload, has one name for ever. */
function keysOf({ diff: { found } }: { readonly diff: Diff }): readonly string[] {
  return found.map(({ key }) => key).filter((key) => !key.includes('stuck') && !key.includes('processing_'));
}

/** What the small polls of a large account ask for: see src/nomad/partial-listing.ts. */
function partOf(whole: Listing, before: Snapshot, now: number): Listing {
  const { known, wanted } = partialQuery(before, now);
  const tells = whole.uploads.length !== known.size;
  const uploads = whole.uploads.filter(
    ({ id, status }) => isProcessing(status) || wanted.includes(id) || (tells && !known.has(id)),
  );
  return { ...whole, uploads, isPart: true };
}

function verdictOf(nomad: world.World, id: string): MissingVerdict {
  const upload = nomad.uploads.get(id);
  if (upload === undefined) return 'deleted';
  return world.isListedFor(nomad, upload, world.ADA.id, []) ? 'present' : 'unshared';
}

function get<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  assert.ok(found !== undefined);
  return found;
}
