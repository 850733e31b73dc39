// What a change is told with, and what is remembered of an upload from poll to poll.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff } from '../../src/domain/diff/diff.ts';
import type { DiffInput } from '../../src/domain/diff/transition.ts';
import { type Upload, type TrackedUpload, phaseOf } from '../../src/domain/upload.ts';
import {
  MINUTE,
  T0,
  diffInput,
  inspected,
  listing,
  progressed,
  snapshot,
  upload,
  watched,
} from '../support/builders.ts';

const T1 = T0 + 30_000;
/** When the listing began, by the server's clock; ours is a second ahead. */
const TAKEN = T0 + MINUTE;
const NOW = TAKEN + 1000;
const compare = (before: readonly TrackedUpload[], after: readonly Upload[], more: Partial<DiffInput> = {}) =>
  diff(diffInput({ before: snapshot(before), listing: listing(after), now: NOW, ...more }));
const upload1 = { id: 'u1', name: 'batch-42', link: 'https://n/gui/user/uploads/upload/id/u1' };

test('a change is told with the upload and its state before and after', () => {
  const after = upload({ status: 'FAILURE', errors: ['E'], completeTime: T1, coauthors: ['bob'] });
  const { found } = compare([watched({ message: 'm' })], [after], {
    names: new Map([['ada', 'Ada Lovelace']]),
    userId: 'bob',
  });
  const facts = { process: 'process_upload', warnings: [], entries: 3 };
  assert.deepEqual(found, [
    {
      key: `u1 upload.failed run ${T1}`,
      kind: 'upload.failed',
      time: NOW,
      upload: { ...upload1, author: 'Ada Lovelace', role: 'coauthor' },
      before: { ...facts, status: 'SUCCESS', message: 'm', errors: [] },
      after: { ...facts, status: 'FAILURE', message: null, errors: ['E'] },
      details: { run: `run ${T1}`, process: 'process_upload', complete_time: T1, again: false, reason: 'E' },
    },
  ]);
});

test('what has no run that names it is named by the snapshot compared with', () => {
  const { found } = compare([watched()], [upload(), upload({ id: 'u2', mainAuthor: 'x' })]);
  assert.deepEqual(
    found.map(({ key, before, details, upload: about }) => [key, before, details, about?.author, about?.role]),
    [['u2 upload.created snapshot 7', null, {}, 'x', null]],
  );
});

test('what is gone is told with its last state', () => {
  const { found, removed, changed } = compare([watched({ message: 'm' })], [], {
    verdicts: new Map([['u1', 'deleted']]),
  });
  assert.deepEqual(found, [
    {
      key: 'u1 upload.deleted snapshot 7',
      kind: 'upload.deleted',
      time: NOW,
      upload: { ...upload1, author: 'ada', role: 'main_author' },
      before: { status: 'SUCCESS', process: 'process_upload', message: 'm', errors: [], warnings: [], entries: 3 },
      after: null,
      details: {},
    },
  ]);
  assert.deepEqual([removed, changed], [['u1'], []]);
});

test('the first poll is one event, about no upload', () => {
  const input = diffInput({ listing: listing([upload({ published: true })]), now: NOW });
  const { found, after, changed, removed, durations } = diff(input);
  assert.deepEqual(found, [
    {
      key: 'baseline',
      kind: 'monitor.baseline',
      time: NOW,
      upload: null,
      before: null,
      after: null,
      details: {
        uploads: 1,
        failed: 0,
        entries_failed: 0,
        empty: 0,
        succeeded: 1,
        processing: 0,
        published: 1,
        entries_pending: 1,
        broken: [],
      },
    },
  ]);
  assert.deepEqual([after.sequence, after.takenAt, [...after.uploads.values()]], [1, TAKEN, changed]);
  assert.deepEqual([removed, durations], [[], []]);
});

test('each poll is the next snapshot, as of when its listing began', () => {
  const { after, changed, found } = compare([watched()], [upload()]);
  assert.deepEqual([after.sequence, after.takenAt], [8, TAKEN]);
  assert.deepEqual([changed, found], [[], []]);
});

test('what a part of the list does not hold stays as it was, unless it was asked about', () => {
  const before = [watched({ id: 'a' }), watched({ id: 'b' }, { absence: { askAt: 0 } })];
  const part = listing([], { isPart: true });
  const unasked = compare(before, [], { listing: part });
  assert.deepEqual([[...unasked.after.uploads.values()], unasked.changed, unasked.removed], [before, [], []]);
  const asked = compare(before, [], { listing: part, verdicts: new Map([['b', 'deleted']]) });
  assert.deepEqual([[...asked.after.uploads.keys()], asked.removed], [['a'], ['b']]);
});

const at = (status: Upload['status'], more: Partial<Upload> = {}): Partial<Upload> => ({ status, ...more });
const STILL = { lastResult: 'succeeded', statusSince: T0, activeSince: null, changedAt: null } as const;
const remembered: readonly (readonly [string, TrackedUpload, Partial<Upload>, Partial<TrackedUpload>])[] = [
  ['nothing new of what stays as it is', watched(), {}, {}],
  ['since when it has its status', watched(), at('PENDING'), { statusSince: TAKEN }],
  [
    'since when the run is seen at work',
    watched(at('PENDING')),
    at('RUNNING'),
    { statusSince: TAKEN, activeSince: TAKEN },
  ],
  [
    'that, while it is at work',
    watched(at('RUNNING'), { activeSince: T0 }),
    at('WAITING_FOR_RESULT'),
    { statusSince: TAKEN, activeSince: T0 },
  ],
  ['not of a run whose beginning was not seen', watched(at('RUNNING')), at('RUNNING'), {}],
  [
    'how the last run ended, anew for each though the status is the same',
    watched(at('FAILURE'), { lastResult: 'succeeded' }),
    at('FAILURE', { completeTime: T1 }),
    { lastResult: 'failed', statusSince: TAKEN },
  ],
  [
    'the run before, where it does not say how this one ended',
    watched(at('FAILURE'), { lastResult: 'failed' }),
    at('other', { completeTime: T1 }),
    { lastResult: 'failed', statusSince: TAKEN },
  ],
  ['when something of it was told last', watched({}, { changedAt: 5 }), {}, { changedAt: 5 }],
];
for (const [what, before, after, expected] of remembered) {
  test(`remembered: ${what}`, () => {
    const { found, after: stored } = compare([before], [upload(after)]);
    const { lastResult, statusSince, activeSince, changedAt } = stored.uploads.get('u1') ?? before;
    const told = found.length > 0 ? { changedAt: NOW } : {};
    assert.deepEqual({ lastResult, statusSince, activeSince, changedAt }, { ...STILL, ...expected, ...told });
  });
}

const failure = (reason: string | null, since: number) => ({ process: 'process_upload', reason, since });
const firstSights: readonly (readonly [string, Partial<Upload>, Partial<TrackedUpload>])[] = [
  [
    'idle since its last run: its entries are asked about in their turn',
    {},
    {
      statusSince: T0 - 30 * MINUTE,
      inspection: inspected({ run: 'before', why: 'before', askAt: NOW, tries: 0, failed: null, newestEnd: TAKEN }),
    },
  ],
  ['idle without entries', { entries: 0 }, { statusSince: T0 - 30 * MINUTE }],
  [
    'idle since it was made',
    { completeTime: null, status: 'READY' },
    { lastResult: null, statusSince: T0 - 60 * MINUTE },
  ],
  [
    'failed',
    at('FAILURE', { errors: ['E', 'F'] }),
    { lastResult: 'failed', failure: failure('F', T0 - 30 * MINUTE), statusSince: T0 - 30 * MINUTE },
  ],
  [
    'failed without a finished run',
    at('FAILURE', { completeTime: null }),
    { lastResult: 'failed', failure: failure(null, T0 + MINUTE), statusSince: T0 - 60 * MINUTE },
  ],
  [
    'queued after a failure (1.x keeps the errors)',
    at('PENDING', { errors: ['E'] }),
    { lastResult: 'failed', failure: failure('E', T0 - 30 * MINUTE) },
  ],
  [
    'queued, with the end of the run before',
    at('PENDING', { message: 'Process completed successfully' }),
    { lastResult: null },
  ],
  [
    'new and at its first step (Temporal)',
    at('PENDING', { message: 'Adding files', completeTime: null, createTime: TAKEN - MINUTE }),
    { lastResult: null, activeSince: TAKEN },
  ],
  [
    'reset, with the step that it was at',
    at('READY', { message: 'Parsing level 0', process: null }),
    { lastResult: null, oldMessage: 'Parsing level 0', statusSince: T0 - 30 * MINUTE },
  ],
  ['queued', at('PENDING'), { lastResult: null }],
  ['at work, with old errors', at('RUNNING', { errors: ['E'] }), { lastResult: null }],
  [
    'new and at work',
    at('RUNNING', { completeTime: null, createTime: TAKEN - MINUTE }),
    { lastResult: null, activeSince: TAKEN },
  ],
  [
    'made 5 min before and at work',
    at('RUNNING', { completeTime: null, createTime: TAKEN - 5 * MINUTE }),
    { lastResult: null },
  ],
  ['old and at work: since when is not known', at('RUNNING', { completeTime: null }), { lastResult: null }],
  ['at work again', at('RUNNING', { createTime: TAKEN - MINUTE }), { lastResult: null }],
  ['new and queued', at('PENDING', { completeTime: null, createTime: TAKEN - MINUTE }), { lastResult: null }],
];
for (const [what, seen, expected] of firstSights) {
  test(`first seen ${what}`, () => {
    const { after } = diff(diffInput({ listing: listing([upload(seen)]), now: NOW }));
    const first = after.uploads.get('u1');
    assert.deepEqual(
      { ...first, progress: null },
      {
        ...watched(seen, { failure: null, statusSince: TAKEN }),
        ...expected,
      },
    );
    assert.equal(first?.progress === null, phaseOf(upload(seen)) === 'idle');
  });
}

const stuck = progressed({ since: T0 - 200 * MINUTE, stuck: true });
test('stuck and its end are told with how long nothing moved, and named by when that began', () => {
  const running = upload({ status: 'RUNNING', completeTime: null, message: 'Matching', entries: 0 });
  const first = compare([], [running], { listing: listing([running], { takenAt: T0 }) });
  const later = T0 + 120 * MINUTE;
  const input = diffInput({ before: first.after, listing: listing([running], { takenAt: later }), now: later });
  const [told] = diff(input).found;
  assert.deepEqual(
    [told?.kind, told?.key, told?.details],
    ['upload.stuck', `u1 upload.stuck since ${T0}`, { since: T0, still_ms: 120 * MINUTE, engine: 'celery' }],
  );
  const [over] = compare([watched({ status: 'RUNNING', completeTime: null }, { progress: stuck })], [running]).found;
  assert.deepEqual(
    [over?.kind, over?.key, over?.details],
    ['upload.unstuck', `u1 upload.unstuck since ${stuck.since}`, { since: stuck.since, still_ms: 201 * MINUTE }],
  );
});

const timed: readonly (readonly [string, TrackedUpload, Partial<Upload>, number | null])[] = [
  ['from when it was seen to begin', watched(at('RUNNING'), { activeSince: T0 }), { completeTime: T1 }, 30_000],
  ['not below zero, though clocks differ', watched(at('RUNNING'), { activeSince: TAKEN + 1 }), {}, 0],
  [
    'up to now, where the time that NOMAD gives is older than the run',
    watched(at('RUNNING'), { activeSince: T1 }),
    { completeTime: T1 - 1 },
    30_000,
  ],
  ['up to now, where NOMAD gives it no time', watched(at('RUNNING'), { activeSince: T1 }), {}, 30_000],
  ['not where its beginning was not seen', watched(at('RUNNING')), { completeTime: T1 }, null],
  [
    'not where it does not say how it ended',
    watched(at('RUNNING'), { activeSince: T0 }),
    at('other', { completeTime: T1 }),
    null,
  ],
  [
    'up to its end, where its status came late',
    watched(at('RUNNING', { completeTime: T1, message: 'Process process_upload completed' }), { activeSince: T0 }),
    { completeTime: T1 },
    30_000,
  ],
  ['not before its end', watched(at('RUNNING'), { activeSince: T0 }), at('RUNNING'), null],
];
for (const [what, before, after, milliseconds] of timed) {
  test(`a run is timed ${what}`, () => {
    const expected = milliseconds === null ? [] : [{ process: 'process_upload', result: 'succeeded', milliseconds }];
    assert.deepEqual(compare([before], [upload(after)]).durations, expected);
  });
}
