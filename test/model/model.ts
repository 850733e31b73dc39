// A model of NOMAD with arbitrary lives of uploads, polled at arbitrary times by the monitor's own pure parts, with crashes and faults.
// Beside it an oracle that knows the truth says what a poller can know; what the monitor tells must be exactly that.
import assert from 'node:assert/strict';
import * as world from '../../src/demo/nomad-world.ts';
import { toWire, toWireEntries } from '../../src/demo/nomad-wire.ts';
import { questions, type Verdict } from '../../src/domain/absence.ts';
import { type Diff, diff } from '../../src/domain/diff.ts';
import type { Found } from '../../src/domain/events.ts';
import { type EntriesAnswer, CLOCK_MARGIN, entriesQuestions } from '../../src/domain/inspection.ts';
import { partQuestion } from '../../src/domain/part.ts';
import type { DiffInput } from '../../src/domain/step.ts';
import { type Listing, type Snapshot, type Upload, phaseOf } from '../../src/domain/upload.ts';
import { readEntries, readPage } from '../../src/nomad/wire.ts';
import { MINUTE, T0, diffInput } from '../support/builders.ts';
import { type Act, type Truth, act, showsResult } from '../support/life.ts';

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

/** What a poller has seen of an upload by its last good poll. */
interface Seen {
  readonly ends: number;
  readonly status: world.WireStatus;
  readonly published: boolean;
  readonly completeTime: number | null;
  readonly lastResult: 'failed' | 'succeeded' | null;
  /** What it was doing, and since which poll it is seen doing just that. */
  readonly doing: string;
  readonly since: number;
}

const STUCK_AFTER = 120 * MINUTE;
const EXACT = new Set([
  'monitor.baseline',
  'upload.created',
  'upload.succeeded',
  'upload.failed',
  'upload.recovered',
  'upload.empty',
  'upload.reset',
  'upload.published',
  'upload.deleted',
  'upload.unshared',
]);

/** Throws when what the monitor told is not what the oracle says. */
export function play(generation: 1 | 2, steps: readonly Step[], monitor: Monitor = OURS): void {
  const nomad = world.createWorld(generation);
  const truths = new Map<string, Truth>();
  let now = T0;
  let snapshot: Snapshot | null = null;
  let seen = new Map<string, Seen>();
  /** Missing from a whole listing, and nobody could say why yet. */
  const missing = new Set<string>();
  const told: Found[] = [];

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
    const whole = list(nomad, now);
    const listing = how === 'small' && snapshot !== null ? partOf(whole, snapshot, now) : whole;
    const made = compare(listing, how !== 'side questions down');
    if (how === 'crash before commit') {
      // Found again a minute later with nothing else changed: the same things by the same names.
      const keys = (each: Diff) => each.found.map(({ key }) => key);
      if (monitor.tells === 'before the commit') told.push(...made.found);
      now += MINUTE;
      const again = compare({ ...listing, takenAt: now }, true);
      assert.deepEqual(keys(again).filter(isStable), keys(made).filter(isStable));
      return;
    }
    told.push(...made.found);
    const expected = expectations(listing, how !== 'side questions down');
    const exact = made.found
      .filter(({ kind }) => EXACT.has(kind))
      .map(({ kind, upload }) => `${upload?.id ?? ''} ${kind}`);
    assert.deepEqual(exact.toSorted(), expected.toSorted());
    for (const each of made.found) checkOne(each);
    snapshot = made.after;
  }

  function compare(listing: Listing, works: boolean): Diff {
    const known = snapshot;
    const verdicts = new Map<string, Verdict>();
    const entries = new Map<string, EntriesAnswer>();
    if (known !== null) {
      for (const id of questions(known, listing, now)) verdicts.set(id, works ? verdictOf(nomad, id) : 'unknown');
      for (const id of entriesQuestions(known, listing, now, STUCK_AFTER))
        entries.set(id, works ? entriesOf(nomad, id) : 'unknown');
    }
    return monitor.diff(diffInput({ before: known, listing, verdicts, entries, now, stuckAfter: STUCK_AFTER }));
  }

  /** The oracle: from the truth and from what was seen, never from what NOMAD's fields say of the past. */
  function expectations(listing: Listing, works: boolean): readonly string[] {
    const next = new Map<string, Seen>();
    const expected: string[] = snapshot === null ? [' monitor.baseline'] : [];
    for (const { id } of listing.uploads) {
      const [upload, truth, last] = [get(nomad.uploads, id), get(truths, id), seen.get(id)];
      const end = truth.ends.at(-1);
      const isNew = truth.ends.length > (last?.ends ?? 0) && end !== undefined;
      const visible = end !== undefined && showsResult(upload, end.result) ? end.result : null;
      const doing = [upload.status, upload.process, upload.message, upload.completeTime].join(' ');
      const isNews = last !== undefined ? isNew : isNew && end.at > (snapshot?.takenAt ?? 0) - CLOCK_MARGIN;
      if (snapshot !== null && last === undefined) expected.push(`${id} upload.created`);
      if (snapshot !== null && isNews && visible === 'failed') expected.push(`${id} upload.failed`);
      if (snapshot !== null && isNews && visible === 'succeeded') {
        expected.push(`${id} upload.${last?.lastResult === 'failed' ? 'recovered' : 'succeeded'}`);
        if (upload.entries === 0 && upload.process === 'process_upload') expected.push(`${id} upload.empty`);
      }
      const isSameEnd = upload.completeTime === last?.completeTime;
      if (last !== undefined && isSameEnd && wasReset(last.status, upload.status)) expected.push(`${id} upload.reset`);
      if (last !== undefined && upload.published && !last.published) expected.push(`${id} upload.published`);
      missing.delete(id);
      next.set(id, {
        ends: truth.ends.length,
        status: upload.status,
        published: upload.published,
        completeTime: upload.completeTime,
        lastResult: (isNew ? visible : null) ?? last?.lastResult ?? null,
        doing,
        since: last?.doing === doing ? last.since : now,
      });
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

  function checkOne({ kind, upload, details }: Found): void {
    if (upload === null) return;
    const [truth, real] = [get(truths, upload.id), nomad.uploads.get(upload.id)];
    if (kind === 'upload.failed') {
      const end = truth.ends.find(({ at }) => at === details['complete_time']);
      assert.equal(end?.result, 'failed', 'a failure that was none');
    }
    if (kind === 'upload.entries_failed') {
      assert.equal(details['failed'], real?.failing.length, 'entries that did not fail');
      assert.equal(details['complete_time'], truth.ends.at(-1)?.at);
    }
    if (kind === 'upload.stuck') assert.ok(now - get(seen, upload.id).since >= STUCK_AFTER, 'stuck, and it had moved');
  }

  function checkWhole(): void {
    const keys = told.map(({ key }) => key);
    assert.deepEqual(keys, [...new Set(keys)], 'told twice');
    for (const upload of list(nomad, now).uploads) {
      const of = told.filter((each) => each.upload?.id === upload.id);
      const ends = of.map(({ details }) => Number(details['complete_time'] ?? 0)).filter((at) => at > 0);
      assert.deepEqual(
        ends,
        ends.toSorted((a, b) => a - b),
        'runs out of order',
      );
      const last = of.findLast(({ kind }) => kind === 'upload.succeeded' || kind === 'upload.recovered');
      const real = get(nomad.uploads, upload.id);
      const isCurrent = last?.details['complete_time'] === upload.completeTime;
      if (isCurrent && upload.status === 'SUCCESS' && upload.process === 'process_upload' && real.failing.length > 0) {
        const owed = of.some(
          ({ kind, details }) => kind === 'upload.entries_failed' && details['complete_time'] === upload.completeTime,
        );
        assert.ok(owed, 'failed entries were never told');
      }
    }
  }
}

/** `started`, `stuck` and lists of errors can be named by the time or by the snapshot; what ends a run, or an upload, has one name for ever. */
function isStable(key: string): boolean {
  return !key.includes('stuck');
}

function wasReset(before: world.WireStatus, after: world.WireStatus): boolean {
  return after === 'READY' && before !== 'READY' && before !== 'SUCCESS';
}

function list(nomad: world.World, now: number): Listing {
  const mine = [...nomad.uploads.values()].filter((upload) => world.isListedFor(nomad, upload, world.ADA.id, []));
  const page = readPage({ pagination: { total: mine.length }, data: mine.map((upload) => toWire(upload, nomad)) });
  assert.ok(page !== null);
  return { takenAt: now, uploads: page.items.filter((item): item is Upload => 'id' in item), malformed: [] };
}

/** What the small polls of a large account ask for: see src/nomad/quick.ts. */
function partOf(whole: Listing, before: Snapshot, now: number): Listing {
  const { known, wanted } = partQuestion(before, now);
  const tells = whole.uploads.length !== known.size;
  const uploads = whole.uploads.filter(
    ({ id, status }) => phaseOf(status) !== 'idle' || wanted.includes(id) || (tells && !known.has(id)),
  );
  return { ...whole, uploads, isPart: true };
}

function verdictOf(nomad: world.World, id: string): Verdict {
  const upload = nomad.uploads.get(id);
  if (upload === undefined) return 'deleted';
  return world.isListedFor(nomad, upload, world.ADA.id, []) ? 'present' : 'unshared';
}

function entriesOf(nomad: world.World, id: string): EntriesAnswer {
  const upload = get(nomad.uploads, id);
  const counts = {
    processing_successful: upload.entries - upload.failing.length,
    processing_failed: upload.failing.length,
  };
  const wire = { pagination: { total: upload.entries }, ...counts, upload: toWire(upload, nomad) };
  return readEntries({ ...wire, data: toWireEntries(upload, nomad) }) ?? 'unknown';
}

function get<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  assert.ok(found !== undefined);
  return found;
}
