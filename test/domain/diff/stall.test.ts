// Whether NOMAD processes anything at all: by the state of one poll after another, and with what is told of stuck uploads meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff } from '../../../src/domain/diff/diff.ts';
import type { EntriesAnswer } from '../../../src/domain/diff/entry-check.ts';
import { type Stall, STALLED_AFTER, judgeStall } from '../../../src/domain/diff/stall.ts';
import type { Entries, Snapshot, Upload, TrackedUpload } from '../../../src/domain/upload.ts';
import {
  MINUTE,
  T0,
  diffInput,
  entries,
  listing,
  progressed,
  snapshot,
  upload,
  watched,
} from '../../support/builders.ts';

const minutes = (count: number) => T0 + count * MINUTE;
const QUEUED: Partial<Upload> = { status: 'PENDING', message: 'Pending: process_upload', entries: 0 };
const BUSY: Partial<Upload> = { status: 'RUNNING', message: 'Parsing level 0', entries: 0 };
const queued = (since: number, id = 'q') =>
  watched({ ...QUEUED, id }, { progress: progressed({ since: minutes(since) }) });
const busy = (since: number, more: Partial<Upload> = {}, counts: TrackedUpload['progress'] = null) =>
  watched({ ...BUSY, id: 'b', ...more }, { progress: counts ?? progressed({ since: minutes(since) }) });
const parsed = (movedAt: number, askedAt: number) =>
  busy(
    0,
    { entries: 100 },
    progressed({ since: minutes(-60), counts: { text: '', since: minutes(movedAt), askedAt: minutes(askedAt) } }),
  );
const still: Stall = { movedAt: minutes(-30), told: null };
const told: Stall = { movedAt: minutes(-30), told: { since: minutes(-20), waiting: 1 } };
const all = (...uploads: readonly TrackedUpload[]) => snapshot(uploads).uploads;

/** What was known, the uploads of this poll (at T0), whether something moved, and what is told. */
const rows: readonly (readonly [string, Stall | null, ReturnType<typeof all>, boolean, string | null])[] = [
  ['a quiet night: nothing is queued', still, all(watched()), false, null],
  ['one is queued for 9 min', still, all(queued(-9)), false, null],
  ['one is queued for 10 min', still, all(queued(-10)), false, 'stalled'],
  ['the longest wait counts', still, all(queued(-1, 'p'), queued(-10)), false, 'stalled'],
  ['something moved just now', still, all(queued(-10)), true, null],
  ['something moved 9 min ago', { ...still, movedAt: minutes(-9) }, all(queued(-30)), false, null],
  ['another one is at a new step since 9 min', still, all(queued(-10), busy(-9)), false, null],
  ['another one is at the same step for 10 min', still, all(queued(-10), busy(-10)), false, 'stalled'],
  ['one is at work for long, and none is queued', still, all(busy(-300)), false, null],
  ['the entries of another one moved', still, all(queued(-30), parsed(-3, -1)), false, null],
  ['the entries of another one stand still', still, all(queued(-30), parsed(-12, -1)), false, 'stalled'],
  ['the entries of another one were not heard of lately', still, all(queued(-30), parsed(-40, -10)), false, null],
  ['nothing is known of before', null, all(queued(-30)), false, null],
  ['it is told already', told, all(queued(-30)), false, null],
  ['told, and something moves', told, all(queued(-30)), true, 'resumed'],
  ['told, and another one is at a new step', told, all(queued(-30), busy(-1)), false, 'resumed'],
  ['told, and nothing is queued any more', told, all(watched()), false, 'resumed'],
  ['told, and the one that waited longest is gone', told, all(queued(-3)), false, null],
];
for (const [what, known, uploads, moved, expected] of rows) {
  test(`NOMAD ${expected === null ? 'is not told of' : `has ${expected}`}: ${what}`, () => {
    const { change, stall, waiting } = judgeStall(known, uploads, moved, T0);
    assert.equal(change, expected);
    assert.equal(waiting, [...uploads.values()].filter(({ upload: { status } }) => status === 'PENDING').length);
    assert.equal(
      stall.told !== null,
      expected === 'stalled' || ((known?.told ?? null) !== null && expected !== 'resumed'),
    );
  });
}

test('it stands still since the last one was taken, or since the first one waits', () => {
  const since = (movedAt: number, wait: number) =>
    (judgeStall({ movedAt: minutes(movedAt), told: null }, all(queued(wait)), false, T0).stall.told?.since ?? 0) - T0;
  assert.equal(since(-30, -12), -12 * MINUTE);
  assert.equal(since(-12, -30), -12 * MINUTE, 'so that a second time is another one');
});

test('a queued upload that has the step of the run before was taken by nobody; one at a first step (Temporal) was', () => {
  const parsing: Partial<Upload> = { status: 'PENDING', message: 'Parsing level 0', entries: 0 };
  const since = progressed({ since: minutes(-10) });
  const fresh = watched({ ...parsing, id: 'f' }, { progress: since });
  const old = watched({ ...parsing, id: 'o' }, { progress: since, oldMessage: 'Parsing level 0' });
  assert.equal(judgeStall(still, all(fresh), false, T0).change, null);
  assert.equal(judgeStall(still, all(old), false, T0).change, 'stalled');
});

test('a server clock that was set back makes it wait no longer', () => {
  const ahead: Stall = { movedAt: minutes(500), told: null };
  const first = judgeStall(ahead, all(queued(500)), false, T0);
  assert.equal(first.change, null);
  assert.equal(judgeStall(first.stall, all(queued(500)), false, T0).change, null);
  assert.equal(judgeStall(first.stall, all(queued(0)), false, T0 + STALLED_AFTER).change, 'stalled');
});

/** Polls one after another; what is told at which minute. */
function polls() {
  let before: Snapshot = snapshot([watched(), watched({ id: 'b' })]);
  let stall: Stall | null = null;
  return (
    minute: number,
    uploads: readonly Partial<Upload>[],
    answers: Readonly<Record<string, EntriesAnswer>> = {},
  ) => {
    const now = minutes(minute);
    const made = diff(
      diffInput({
        before,
        listing: listing(uploads.map(upload), { takenAt: now }),
        entries: new Map(Object.entries(answers)),
        stall,
        stuckAfter: 30 * MINUTE,
        now,
      }),
    );
    before = made.after;
    ({ stall } = made);
    return made.found.map(({ kind, upload: about }) => `${about === null ? '' : `${about.id} `}${kind}`);
  };
}

test('a dead worker: told once for all, no upload as stuck meanwhile; what moves again is told, and what does not is stuck then', () => {
  const poll = polls();
  const waits = { ...QUEUED, id: 'u1' };
  const works = { ...BUSY, id: 'b' };
  assert.deepEqual(poll(1, [waits, works]), ['b upload.started']);
  assert.deepEqual(poll(10, [waits, works]), []);
  assert.deepEqual(poll(11, [waits, works]), ['nomad.processing_stalled']);
  assert.deepEqual(poll(40, [waits, works]), [], 'stuck, and not told');
  assert.deepEqual(poll(50, [{ ...BUSY, id: 'u1' }, works]), [
    'u1 upload.started',
    'nomad.processing_resumed',
    'b upload.stuck',
  ]);
  assert.deepEqual(poll(51, [{ ...BUSY, id: 'u1' }, works]), []);
});

test('what it tells: since when, how many wait, and how long it lasted', () => {
  const input = (takenAt: number, stall: Stall | null) => {
    const uploads = [queued(-15), queued(-3, 'p')];
    return diff(
      diffInput({
        before: snapshot(
          uploads.map((each) => ({
            ...each,
            progress: each.progress && { ...each.progress, signature: signatureOf(each.upload) },
          })),
        ),
        listing: listing(
          uploads.map((each) => each.upload),
          { takenAt },
        ),
        stall,
        now: takenAt,
      }),
    );
  };
  const [stalled] = input(T0, still).found;
  assert.deepEqual(
    [stalled?.kind, stalled?.key, stalled?.upload, stalled?.details],
    [
      'nomad.processing_stalled',
      `nomad.processing_stalled ${minutes(-15)}`,
      null,
      { since: minutes(-15), waiting: 2, still_ms: 15 * MINUTE },
    ],
  );
  const over = diff(
    diffInput({
      before: snapshot([queued(-15)]),
      listing: listing([upload({ id: 'q', entries: 1 })], { takenAt: T0 }),
      stall: told,
      now: T0,
    }),
  );
  const resumed = over.found.find(({ kind }) => kind === 'nomad.processing_resumed');
  assert.deepEqual(
    [resumed?.key, resumed?.details],
    [`nomad.processing_resumed ${minutes(-20)}`, { since: minutes(-20), waiting: 0, still_ms: 20 * MINUTE }],
  );
});

test('entries that get done keep it from being told', () => {
  const poll = polls();
  const parsing = { ...BUSY, id: 'b', entries: 100 };
  const uploads = [{ ...QUEUED, id: 'u1' }, parsing];
  const done = (count: number): Record<string, Entries> => ({
    b: entries({ total: 100, successful: count, status: 'RUNNING' }),
  });
  poll(1, uploads);
  for (let minute = 5; minute < 20; minute += 5) {
    const events = poll(minute, uploads, done(minute));
    assert.deepEqual(events, [], `at ${minute}`);
  }
  assert.deepEqual(poll(24, uploads, done(15)), []);
  assert.deepEqual(poll(25, uploads, done(15)), ['nomad.processing_stalled']);
});

test('another stall has another name', () => {
  const poll = polls();
  const waits = { ...QUEUED, id: 'u1' };
  poll(1, [waits, { ...BUSY, id: 'b' }]);
  assert.deepEqual(poll(11, [waits, { ...BUSY, id: 'b' }]), ['nomad.processing_stalled']);
  assert.deepEqual(poll(12, [waits, { ...BUSY, id: 'b', message: 'Cleanup' }]), ['nomad.processing_resumed']);
  assert.deepEqual(poll(22, [waits, { ...BUSY, id: 'b', message: 'Cleanup' }]), ['nomad.processing_stalled']);
});

function signatureOf({ status, process, message, completeTime, entries: count }: Upload): string {
  return JSON.stringify([status, process, message, completeTime, count]);
}
