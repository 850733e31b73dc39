// A poller beside a recording, made of the monitor's own pure parts; and the judge of what it told, who knows the truth and the
// recording and nothing of the monitor's memory.
import assert from 'node:assert/strict';
import { type MissingVerdict, missingToAsk } from '../../src/domain/diff/missing.ts';
import { type Diff, diff } from '../../src/domain/diff/diff.ts';
import type { EventKind, DetectedChange } from '../../src/domain/event.ts';
import { type EntriesAnswer, entriesToAsk } from '../../src/domain/diff/entry-check.ts';
import type { Stall } from '../../src/domain/diff/stall.ts';
import type { DiffInput } from '../../src/domain/diff/transition.ts';
import type { Listing, Snapshot, Upload } from '../../src/domain/upload.ts';
import { readEntries, readPage } from '../../src/nomad/wire.ts';
import { MINUTE, diffInput } from '../support/builders.ts';
import { type RecordedEntries, type Recording, type WireUpload, timeOf } from './recording.ts';
import type { Fact, Happening, Life } from './truth.ts';

export interface Told {
  readonly time: number;
  /** The good poll before. */
  readonly previous: number;
  readonly found: DetectedChange;
  /** Of its upload; empty: it is about none. */
  readonly id: string;
}

export interface Look {
  readonly from: number;
  readonly every: number;
  readonly stuckAfter: number;
  readonly diff?: (input: DiffInput) => Diff;
}

/** What is told by a monitor that asks at `from` and then every so many ms. */
export function watch(life: Life, recording: Recording, { from, every, stuckAfter, diff: compare = diff }: Look) {
  let snapshot: Snapshot | null = null;
  let stall: Stall | null = null;
  let previous = from;
  const gone: MissingVerdict = life.facts.some(({ what }) => what === 'gone') ? 'unshared' : 'deleted';
  const told: Told[] = [];
  const polls: number[] = [];
  let lastList: ReadonlyMap<string, WireUpload> | null = null;
  for (let now = from; now <= recording.to + Math.max(every, 16 * MINUTE) * 2; now += every) {
    const list = recording.listAt(now);
    if (list === null) continue;
    // Nothing can be found where nothing moved, but for what the clock brings.
    if (list === lastList && every < 5_000 && (now - from) % 5_000 >= every) continue;
    lastList = list;
    const listing: Listing = { takenAt: now, uploads: read(list), malformed: [] };
    const entries = new Map<string, EntriesAnswer>();
    const verdicts = new Map<string, MissingVerdict>();
    if (snapshot !== null) {
      for (const id of missingToAsk(snapshot, listing, now)) verdicts.set(id, gone);
      for (const { id } of entriesToAsk(snapshot, listing, now, stuckAfter).questions) {
        entries.set(id, entriesOf(life, recording, list.get(id), id, now));
      }
    }
    const made: Diff = compare(diffInput({ before: snapshot, listing, entries, verdicts, stall, stuckAfter, now }));
    for (const found of made.found) told.push({ time: now, previous, found, id: found.upload?.id ?? '' });
    snapshot = made.after;
    stall = made.stall;
    previous = now;
    polls.push(now);
  }
  return { told, polls };
}

const pages = new WeakMap<ReadonlyMap<string, WireUpload>, readonly Upload[]>();

/** Each list is read once, however many watch the recording. */
function read(list: ReadonlyMap<string, WireUpload>): readonly Upload[] {
  const known = pages.get(list);
  if (known !== undefined) return known;
  const page = readPage({ pagination: { total: list.size }, data: [...list.values()] });
  assert.ok(page !== null);
  const uploads = page.items.map((item) => {
    if (!('id' in item)) assert.fail(item.problem);
    return item;
  });
  pages.set(list, uploads);
  return uploads;
}

/** Where the recorder did not ask for entries they are as the truth has them, done when the run came to its last step. */
function entriesOf(
  life: Life,
  recording: Recording,
  wire: WireUpload | undefined,
  id: string,
  now: number,
): EntriesAnswer {
  if (wire === undefined) return 'gone';
  // The recorder asked for them a moment after the list, and they were done before the upload was. What comes after its next change is of that.
  const later = now + 3000;
  const isStill = isIdle(wire) && recording.listAt(later)?.get(id) === wire;
  const seen = recording.entriesAt(id, isStill ? later : now);
  if (seen !== null) return recorded(seen, wire, id);
  const total = Number(wire['entries']);
  const last = life.facts.findLast(
    (each) => recording.idOf(each.name) === id && each.what === 'good' && timeOf(each.at) <= now,
  );
  const failed = last?.failed ?? 0;
  const doneAt = recording.parsedAt(id, now);
  const complete_time = doneAt === null ? undefined : new Date(doneAt - 50).toISOString();
  const data = Array.from({ length: Math.min(total, 5) }, (_, index) => ({
    entry_id: `${id}-${index}`,
    mainfile: `${index}.archive.yaml`,
    parser_name: 'parsers/archive',
    process_status: index < failed ? 'FAILURE' : 'SUCCESS',
    errors: index < failed ? ['parser failed with exception'] : [],
    complete_time,
  }));
  const counts = { processing_successful: total - failed, processing_failed: failed };
  return readEntries({ pagination: { total }, ...counts, upload: wire, data }) ?? 'unknown';
}

function recorded(seen: RecordedEntries, wire: WireUpload, id: string): EntriesAnswer {
  const messages = Object.entries(seen.messages).flatMap(([message, count]) =>
    Array.from({ length: count }, () => message),
  );
  const data = messages.map((last_status_message, index) => ({
    entry_id: `${id}-${index}`,
    mainfile: `${index}.live0`,
    process_status: index < seen.failed ? 'FAILURE' : 'SUCCESS',
    errors: [],
    last_status_message,
    complete_time: seen.newest,
  }));
  const counts = { processing_successful: seen.successful, processing_failed: seen.failed };
  return readEntries({ pagination: { total: seen.total }, ...counts, upload: wire, data }) ?? 'unknown';
}

/** Which happenings an event may tell of. */
const TELLS: Partial<Record<EventKind, readonly Happening[]>> = {
  'upload.succeeded': ['good', 'empty', 'imported', 'handed over'],
  'upload.recovered': ['good'],
  'upload.entries_failed': ['good'],
  'upload.empty': ['empty'],
  // A folder made in a failed upload cannot be told from a run that failed again: docs/events.md.
  'upload.failed': ['failed', 'folder made'],
  // 1.4.3 writes the failure of an import twice, with two reasons.
  'upload.errors_changed': ['failed'],
  'upload.edited': ['edited'],
  'upload.published': ['published'],
  'upload.stopped': ['stopped'],
  'upload.reset': ['reset'],
  'upload.deleted': ['deleted'],
  'upload.unshared': ['gone'],
  'nomad.processing_stalled': ['stalled'],
  'nomad.processing_resumed': ['resumed'],
  'upload.stuck': ['dead'],
};
/** Nothing is to be told of these, or only by the clock. */
const UNTOLD: readonly Happening[] = ['folder made', 'files added', 'dead', 'stalled', 'resumed'];
/** Known from the start or told beside it: judged below, or without a truth of its own. */
const FREE: readonly EventKind[] = ['monitor.baseline', 'upload.created', 'upload.started'];

/** Throws where anything told is not so, is told twice, or is not told though it could be seen. */
export function judge(life: Life, recording: Recording, look: Look): void {
  const { told, polls } = watch(life, recording, look);
  const start = polls[0] ?? look.from;
  const facts = life.facts.map((fact) => ({ ...fact, time: timeOf(fact.at), id: recording.idOf(fact.name) ?? '' }));
  const used = new Set<string>();
  for (const each of told) {
    const { kind } = each.found;
    if (FREE.includes(kind)) continue;
    const happenings = TELLS[kind];
    assert.ok(happenings !== undefined, `${kind} of ${each.id} at ${iso(each.time)}: nothing of the kind happened`);
    const fact = facts.findLast(
      (one) =>
        one.id === each.id &&
        happenings.includes(one.what) &&
        one.time <= each.time &&
        (one.time >= start || one.what === 'dead' || one.what === 'stalled'),
    );
    assert.ok(fact !== undefined, `${kind} of ${each.id} at ${iso(each.time)}: not so`);
    const use = `${kind} ${fact.name} ${fact.at}`;
    assert.ok(!used.has(use), `${use}: told twice`);
    used.add(use);
    checkWords(each, fact);
    checkRecovery(facts, each, told, start);
  }
  for (const fact of facts) mustBeTold(fact, { facts, recording, polls, told, start });
  checkStarts(recording, told, look);
  mustStall(facts, told, look, start);
  for (const fact of facts) mustHaveStarted(fact, { facts, recording, polls, told, start });
}

/** When nothing moves for 10 minutes that is told, once, and its end; by the next poll but one. */
function mustStall(facts: readonly Timed[], told: readonly Told[], { every }: Look, start: number): void {
  const [from, to] = [facts.find(({ what }) => what === 'stalled'), facts.find(({ what }) => what === 'resumed')];
  if (from === undefined || to === undefined) return;
  const due = Math.max(from.time, start) + 10 * MINUTE;
  if (due + 3 * every > to.time) return;
  const times = told.filter(({ found }) => found.kind.startsWith('nomad.processing_')).map(({ time }) => time);
  assert.equal(times.length, 2, 'it stood still, and that was not told');
  assert.ok((times[0] ?? 0) >= due && (times[0] ?? 0) < to.time && (times[1] ?? 0) >= to.time);
}

type Timed = Fact & { readonly time: number; readonly id: string };

function checkWords({ found, id }: Told, fact: Fact): void {
  if (found.kind === 'upload.failed') {
    const reason = JSON.stringify(found.details['reason'] ?? '').slice(1, -1);
    assert.ok(reason.endsWith(fact.reason ?? ''), `${id}: ${reason}`);
  }
  if (found.kind === 'upload.entries_failed') assert.equal(found.details['failed'], fact.failed, id);
  assert.doesNotMatch(JSON.stringify(found), /Traceback|\/app\/|\.volumes/);
}

const ENDS: readonly EventKind[] = ['upload.failed', 'upload.succeeded', 'upload.recovered', 'upload.empty'];

/** Recovered is only what was told as failed, or had failed before the first poll, and was processed well for the first time since. */
function checkRecovery(facts: readonly Timed[], each: Told, told: readonly Told[], start: number): void {
  if (each.found.kind !== 'upload.recovered') return;
  const before = told
    .slice(0, told.indexOf(each))
    .filter(({ id, found }) => id === each.id && ENDS.includes(found.kind));
  const hadFailed = facts.findLast(({ id, time }) => id === each.id && time <= start)?.what === 'failed';
  const last = before.at(-1)?.found.kind ?? (hadFailed ? 'upload.failed' : null);
  assert.equal(last, 'upload.failed', `${each.id}: recovered from nothing`);
}

interface Seen {
  readonly facts: readonly Timed[];
  readonly recording: Recording;
  readonly polls: readonly number[];
  readonly told: readonly Told[];
  readonly start: number;
}

/** The last thing that happened to an upload between two polls, where the list shows another picture than before, is told. */
function mustBeTold(fact: Timed, { facts, recording, polls, told, start }: Seen): void {
  const { id, time, what, name, at } = fact;
  const seenAt = polls.find((poll) => poll >= time);
  // At load the recorder had its answers some seconds late.
  if (time <= start + 5000 || seenAt === undefined || UNTOLD.includes(what)) return;
  const previous = polls.findLast((poll) => poll < time) ?? start;
  if (facts.some((one) => one.id === id && one.time > time && one.time <= seenAt)) return;
  const [before, after] = [recording.listAt(previous)?.get(id), recording.listAt(seenAt)?.get(id)];
  const isGone = what === 'deleted' || what === 'gone';
  if (isGone ? before === undefined || after !== undefined : !isIdle(after)) return;
  if (what === 'reset' && !isBusyOrFailed(before)) return;
  // Another time alone says little: a folder moves it as well.
  const isTimeEnough = what === 'good' || what === 'failed';
  const isSame = JSON.stringify(pictureOf(before, isTimeEnough)) === JSON.stringify(pictureOf(after, isTimeEnough));
  if (isSame) return;
  const kinds = Object.entries(TELLS).flatMap(([kind, happenings]) => (happenings.includes(what) ? [kind] : []));
  const ofIt = told.filter((one) => one.id === id && one.time <= seenAt);
  const found = ofIt.filter((one) => one.time === seenAt && kinds.includes(one.found.kind));
  assert.ok(found.length > 0, `${what} of ${name} at ${at} was never told (polls ${iso(previous)}, ${iso(seenAt)})`);
  if (what === 'empty')
    assert.ok(
      found.some((one) => one.found.kind === 'upload.empty'),
      `${name} is empty`,
    );
  const processed =
    what === 'good' ? fact : facts.findLast((one) => one.id === id && one.what === 'good' && one.time <= time);
  // Of more than 20 that end within one poll the entries are asked about later.
  if ((fact.failed ?? 0) > 0 && (processed?.time ?? 0) > start) {
    assert.ok(
      told.some((one) => one.id === id && one.found.kind === 'upload.entries_failed'),
      `failed entries of ${name} at ${at}`,
    );
  }
}

/** Started only while a worker has it. */
function checkStarts(recording: Recording, told: readonly Told[], { from }: Look): void {
  for (const { found, time, id } of told) {
    if (found.kind !== 'upload.started' || time === from) continue;
    const message = String(recording.listAt(time)?.get(id)?.['last_status_message']);
    assert.match(message, STEP, `${id} at ${iso(time)}`);
  }
}

/** Where a worker was seen to take it up between the end before and this one. */
function mustHaveStarted({ id, time, what, name }: Timed, { facts, recording, polls, told, start }: Seen): void {
  if (what !== 'good' || time <= start) return;
  const from = facts.findLast((one) => one.id === id && one.time < time)?.time ?? 0;
  const isAtWork = (poll: number) => {
    const wire = recording.listAt(poll)?.get(id);
    return wire?.['process_running'] === true && STEP.test(String(wire['last_status_message']));
  };
  const taken = polls.find((poll, index) => {
    const before = polls[index - 1];
    return before !== undefined && before > from && poll < time && isAtWork(poll) && !isAtWork(before);
  });
  if (taken === undefined) return;
  const started = told.some(
    (one) => one.id === id && one.found.kind === 'upload.started' && one.time > from && one.time <= taken,
  );
  assert.ok(started, `${name} at ${iso(taken)}: a worker has it, and nobody was told`);
}

const STEP =
  /^(Started|Adding files|Creating staging files|Importing|Loading example upload data|Matching|Parsing level|Waiting for results|Cleanup)/;

function isIdle(wire: WireUpload | undefined): boolean {
  return wire !== undefined && ['READY', 'SUCCESS', 'FAILURE'].includes(String(wire['process_status']));
}

function isBusyOrFailed(wire: WireUpload | undefined): boolean {
  return wire !== undefined && !['READY', 'SUCCESS'].includes(String(wire['process_status']));
}

function pictureOf(wire: WireUpload | undefined, withTime: boolean): unknown {
  if (wire === undefined) return null;
  const { process_status, current_process, entries, complete_time, published, last_status_message } = wire;
  return {
    process_status,
    current_process,
    entries,
    published,
    last_status_message,
    ...(withTime && { complete_time }),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(11, 23);
}
