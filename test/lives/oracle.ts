// A poller beside a recording, made of the monitor's own pure parts; and the judge of what it told, who knows the truth and the
// recording and nothing of the monitor's memory.
import assert from 'node:assert/strict';
import { type Verdict, questions } from '../../src/domain/absence.ts';
import { type Diff, diff } from '../../src/domain/diff.ts';
import type { EventKind, Found } from '../../src/domain/events.ts';
import { type EntriesAnswer, entriesQuestions } from '../../src/domain/inspection.ts';
import type { Stall } from '../../src/domain/stall.ts';
import type { DiffInput } from '../../src/domain/step.ts';
import type { Listing, Snapshot, Upload } from '../../src/domain/upload.ts';
import { readEntries, readPage } from '../../src/nomad/wire.ts';
import { MINUTE, diffInput } from '../support/builders.ts';
import { type Recording, type WireUpload, timeOf } from './recording.ts';
import type { Fact, Happening, Life } from './truth.ts';

export interface Told {
  readonly time: number;
  /** The good poll before. */
  readonly previous: number;
  readonly found: Found;
  readonly name: string;
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
  const told: Told[] = [];
  const polls: number[] = [];
  const pages = new Map<ReadonlyMap<string, WireUpload>, readonly Upload[]>();
  let lastList: ReadonlyMap<string, WireUpload> | null = null;
  for (let now = from; now <= recording.to + Math.max(every, 16 * MINUTE) * 2; now += every) {
    const list = recording.listAt(now);
    if (list === null) continue;
    // Nothing can be found where nothing moved, but for what the clock brings.
    if (list === lastList && every < 5_000 && (now - from) % 5_000 >= every) continue;
    lastList = list;
    const uploads: readonly Upload[] = pages.get(list) ?? read(list);
    pages.set(list, uploads);
    const listing: Listing = { takenAt: now, uploads, malformed: [] };
    const entries = new Map<string, EntriesAnswer>();
    const verdicts = new Map<string, Verdict>();
    if (snapshot !== null) {
      for (const id of questions(snapshot, listing, now)) verdicts.set(id, 'deleted');
      for (const { id } of entriesQuestions(snapshot, listing, now, stuckAfter)) {
        entries.set(id, entriesOf(life, recording, list.get(id), id, now));
      }
    }
    const made: Diff = compare(diffInput({ before: snapshot, listing, entries, verdicts, stall, stuckAfter, now }));
    for (const found of made.found) told.push({ time: now, previous, found, name: found.upload?.name ?? '' });
    snapshot = made.after;
    stall = made.stall;
    previous = now;
    polls.push(now);
  }
  return { told, polls };
}

function read(list: ReadonlyMap<string, WireUpload>): readonly Upload[] {
  const page = readPage({ pagination: { total: list.size }, data: [...list.values()] });
  assert.ok(page !== null);
  return page.items.map((item) => {
    if (!('id' in item)) assert.fail(item.problem);
    return item;
  });
}

/** The recorder did not ask for entries: they are as the truth has them, done when the run came to its last step. */
function entriesOf(life: Life, recording: Recording, wire: WireUpload | undefined, id: string, now: number): EntriesAnswer {
  if (wire === undefined) return 'gone';
  const total = Number(wire['entries']);
  const name = String(wire['upload_name']);
  const last = life.facts.findLast((each) => sameUpload(each.name, name) && each.what === 'good' && timeOf(each.at) <= now);
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

/** Which happenings an event may tell of. */
const TELLS: Partial<Record<EventKind, readonly Happening[]>> = {
  'upload.succeeded': ['good', 'empty'],
  'upload.recovered': ['good'],
  'upload.entries_failed': ['good'],
  'upload.empty': ['empty'],
  'upload.failed': ['failed'],
  'upload.edited': ['edited'],
  'upload.published': ['published'],
  'upload.stopped': ['stopped'],
  'upload.reset': ['reset'],
  'upload.deleted': ['deleted'],
  'upload.stuck': ['dead'],
};
/** Known from the start or told beside it: judged below, or without a truth of its own. */
const FREE: readonly EventKind[] = ['monitor.baseline', 'upload.created', 'upload.started'];

/** Throws where anything told is not so, is told twice, or is not told though it could be seen. */
export function judge(life: Life, recording: Recording, look: Look): void {
  const { told, polls } = watch(life, recording, look);
  const start = polls[0] ?? look.from;
  const used = new Set<string>();
  for (const each of told) {
    const { kind } = each.found;
    if (FREE.includes(kind)) continue;
    const happenings = TELLS[kind];
    assert.ok(happenings !== undefined, `${kind} of ${each.name} at ${iso(each.time)}: nothing of the kind happened`);
    const fact = life.facts.findLast(
      (one) => sameUpload(one.name, each.name) && happenings.includes(one.what) && timeOf(one.at) <= each.time && (timeOf(one.at) >= start || one.what === 'dead'),
    );
    assert.ok(fact !== undefined, `${kind} of ${each.name} at ${iso(each.time)}: not so`);
    const use = `${kind} ${fact.name} ${fact.at}`;
    assert.ok(!used.has(use), `${use}: told twice`);
    used.add(use);
    checkWords(each, fact);
    checkHistory(life, each, told, start);
  }
  for (const fact of life.facts) mustBeTold(fact, life, recording, polls, told, start);
  checkStarts(recording, told, look);
}

function checkWords({ found, name }: Told, fact: Fact): void {
  if (found.kind === 'upload.failed') {
    assert.ok(String(found.details['reason']).endsWith(fact.reason ?? ''), `${name}: ${String(found.details['reason'])}`);
  }
  if (found.kind === 'upload.entries_failed') assert.equal(found.details['failed'], fact.failed, name);
  assert.doesNotMatch(JSON.stringify(found), /Traceback|\/app\/|\.volumes/);
}

/** Recovered is only what was told as failed and no more than once; empty without a success where it failed or was stopped before. */
function checkHistory(life: Life, each: Told, told: readonly Told[], start: number): void {
  const before = told.filter((one) => sameUpload(one.name, each.name) && one.time <= each.time && one !== each);
  const ends = before.filter(({ found }) => /failed$|succeeded|recovered|empty/.test(found.kind) && found.kind !== 'upload.entries_failed');
  const failedBefore = life.facts.some((one) => sameUpload(one.name, each.name) && one.what === 'failed' && timeOf(one.at) <= start);
  if (each.found.kind === 'upload.recovered') {
    const last = ends.findLast(({ found }) => found.kind !== 'upload.empty' || found.details['after_failure'] === true);
    assert.ok(last?.found.kind === 'upload.failed' || (last === undefined && failedBefore), `${each.name}: recovered from nothing`);
  }
}

/** The last thing of its kind that happened between two polls, where the list shows another picture than before, is told. */
function mustBeTold(
  fact: Fact,
  life: Life,
  recording: Recording,
  polls: readonly number[],
  told: readonly Told[],
  start: number,
): void {
  const at = timeOf(fact.at);
  const seenAt = polls.find((poll) => poll >= at);
  if (at <= start || seenAt === undefined) return;
  const previous = polls.findLast((poll) => poll < at) ?? start;
  const next = life.facts.find((one) => sameUpload(one.name, fact.name) && timeOf(one.at) > at && timeOf(one.at) <= seenAt);
  if (next !== undefined) return;
  const [before, after] = [find(recording, previous, fact.name), find(recording, seenAt, fact.name)];
  if (fact.what === 'deleted' ? before === undefined : !isIdle(after)) return;
  // Another time alone says little: a folder moves it as well.
  const isTimeEnough = fact.what === 'good' || fact.what === 'failed';
  const isSame = JSON.stringify(pictureOf(before, isTimeEnough)) === JSON.stringify(pictureOf(after, isTimeEnough));
  if (isSame || fact.what === 'folder made' || fact.what === 'dead' || (fact.what === 'reset' && !isBusyOrFailed(before)) ) return;
  const kinds = Object.entries(TELLS).flatMap(([kind, happenings]) => (happenings.includes(fact.what) ? [kind] : []));
  const found = told.filter((one) => one.time === seenAt && sameUpload(one.name, fact.name) && kinds.includes(one.found.kind));
  assert.ok(found.length > 0, `${fact.what} of ${fact.name} at ${fact.at} was never told (polls ${iso(previous)}, ${iso(seenAt)})`);
  if ((fact.failed ?? 0) > 0) {
    const known = told.filter((one) => one.time <= seenAt && sameUpload(one.name, fact.name) && one.found.kind === 'upload.entries_failed');
    assert.ok(known.length > 0, `failed entries of ${fact.name} at ${fact.at}`);
  }
  if (fact.what === 'empty') assert.ok(found.some((one) => one.found.kind === 'upload.empty'), `${fact.name} is empty`);
}

/** Started only while a worker has it, and once a run. */
function checkStarts(recording: Recording, told: readonly Told[], { from }: Look): void {
  for (const { found, time, name } of told) {
    if (found.kind !== 'upload.started' || time === from) continue;
    const wire = find(recording, time, name);
    const message = String(wire?.['last_status_message'] ?? '');
    const isStep = /^(Started|Adding files|Matching|Parsing level|Waiting for results|Cleanup)/.test(message);
    assert.ok(isStep, `${name} at ${iso(time)}: started with "${message}"`);
  }
}

/** An upload may be renamed. */
function sameUpload(a: string, b: string): boolean {
  return a === b || a === `${b} renamed` || b === `${a} renamed`;
}

function find(recording: Recording, time: number, name: string): WireUpload | undefined {
  const list = recording.listAt(time);
  return [...(list?.values() ?? [])].find((wire) => sameUpload(String(wire['upload_name']), name));
}

function isIdle(wire: WireUpload | undefined): boolean {
  return wire !== undefined && ['READY', 'SUCCESS', 'FAILURE'].includes(String(wire['process_status']));
}

function isBusyOrFailed(wire: WireUpload | undefined): boolean {
  return wire !== undefined && !['READY', 'SUCCESS'].includes(String(wire['process_status']));
}

function pictureOf(wire: WireUpload | undefined, withTime: boolean): unknown {
  if (wire === undefined) return null;
  const { process_status, current_process, entries, complete_time, published, last_status_message } = wire;
  return { process_status, current_process, entries, published, last_status_message, ...(withTime && { complete_time }) };
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(11, 23);
}
