import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MissingVerdict } from '../../../src/domain/diff/missing.ts';
import { diff } from '../../../src/domain/diff/diff.ts';
import { firstToAsk } from '../../../src/domain/diff/entry-check.ts';
import { PROCESS_STATUSES, type Malformed, type Upload, type TrackedUpload } from '../../../src/domain/upload.ts';
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

const T1 = T0 + 30_000;

function compare(
  before: readonly TrackedUpload[],
  after: readonly Upload[],
  verdicts: Record<string, MissingVerdict> = {},
  malformed: readonly Malformed[] = [],
) {
  return diff(
    diffInput({
      before: snapshot(before),
      listing: listing(after, { malformed }),
      verdicts: new Map(Object.entries(verdicts)),
    }),
  );
}
const kinds = (found: readonly { readonly kind: string }[]) => found.map(({ kind }) => kind);

interface Row {
  readonly what: string;
  readonly before: TrackedUpload | null;
  readonly after: Partial<Upload> | null;
  readonly verdict?: MissingVerdict;
  readonly expect: readonly string[];
}

const failed = { status: 'FAILURE', errors: ['E: one'] } as const;
const rows: readonly Row[] = [
  { what: 'nothing changed', before: watched(), after: {}, expect: [] },
  {
    what: 'processed, and nothing in it was recognised',
    before: watched(),
    after: { completeTime: T1, entries: 0 },
    expect: ['upload.succeeded', 'upload.empty'],
  },
  {
    what: 'published with no entries: not news',
    before: watched(),
    after: { completeTime: T1, entries: 0, process: 'publish_upload' },
    expect: [],
  },
  {
    what: 'reset while it was at work',
    before: watched({ status: 'RUNNING', completeTime: null }),
    after: { status: 'READY', completeTime: null, process: null },
    expect: ['upload.reset'],
  },
  {
    what: 'reset after a failure',
    before: watched(failed),
    after: { status: 'READY', process: null },
    expect: ['upload.reset'],
  },
  {
    what: 'READY with a process (trigger_processing=false)',
    before: watched(),
    after: { status: 'READY', process: 'edit_upload_metadata' },
    expect: [],
  },
  {
    what: 'stopped by an author',
    before: watched({ status: 'PENDING', message: 'Matching' }),
    after: { status: 'READY', message: 'Processing stopped' },
    expect: ['upload.stopped'],
  },
  {
    what: 'reset to SUCCESS while it was queued',
    before: watched({ status: 'PENDING' }),
    after: { status: 'SUCCESS', process: null },
    expect: ['upload.reset'],
  },
  {
    what: 'a status nobody knows is no reset',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'other' },
    expect: [],
  },
  {
    what: 'stuck for hours before it was seen to end',
    before: watched({ status: 'RUNNING', completeTime: null }, { progress: progressed({ stuck: true }) }),
    after: { ...failed, completeTime: T1 },
    expect: ['upload.failed', 'upload.unstuck'],
  },
  { what: 'new and idle', before: null, after: { status: 'READY', completeTime: null }, expect: ['upload.created'] },
  {
    what: 'new and queued: nothing has begun',
    before: null,
    after: { status: 'PENDING', completeTime: null },
    expect: ['upload.created'],
  },
  {
    what: 'new and running',
    before: null,
    after: { status: 'RUNNING', completeTime: null },
    expect: ['upload.created', 'upload.started'],
  },
  {
    what: 'created and failed between two polls',
    before: null,
    after: { ...failed, completeTime: T1 },
    expect: ['upload.created', 'upload.failed'],
  },
  {
    what: 'newly shared, failed long ago: its past is not news',
    before: null,
    after: { ...failed, completeTime: T0 - 60 * MINUTE, mainAuthor: 'bob', coauthors: ['ada'] },
    expect: ['upload.created'],
  },
  {
    what: 'handed over to us, failed long ago: nobody told us',
    before: null,
    after: { ...failed, completeTime: T0 - 60 * MINUTE },
    expect: ['upload.created', 'upload.failed'],
  },
  {
    what: 'created and published between two polls',
    before: null,
    after: { createTime: T0 + 1000, completeTime: T1, published: true },
    expect: ['upload.created', 'upload.succeeded', 'upload.published'],
  },
  {
    what: 'created a minute ago, published, and hidden from us at the last poll: that was told when it was shown',
    before: null,
    after: { createTime: T0 - MINUTE, completeTime: T0 - 60 * MINUTE, status: 'READY', published: true },
    expect: ['upload.created'],
  },
  { what: 'queued', before: watched(), after: { status: 'PENDING' }, expect: [] },
  { what: 'started', before: watched({ status: 'PENDING' }), after: { status: 'RUNNING' }, expect: ['upload.started'] },
  {
    what: 'waits for its entries within the run',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'WAITING_FOR_RESULT' },
    expect: [],
  },
  {
    what: 'back to running within the run',
    before: watched({ status: 'WAITING_FOR_RESULT' }),
    after: { status: 'RUNNING' },
    expect: [],
  },
  {
    what: 'another process while running',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'RUNNING', process: 'publish_upload' },
    expect: ['upload.started'],
  },
  {
    what: 'succeeded',
    before: watched({ status: 'RUNNING' }),
    after: { completeTime: T1 },
    expect: ['upload.succeeded'],
  },
  {
    what: 'only its complete_time moved: a folder was made, or a run took place, and its entries were not heard',
    before: watched(),
    after: { completeTime: T1 },
    expect: [],
  },
  {
    what: 'succeeded, the whole run between two polls, with other entries',
    before: watched(),
    after: { completeTime: T1, entries: 4 },
    expect: ['upload.succeeded'],
  },
  {
    what: 'succeeded, the whole run between two polls, without a time of its own',
    before: watched(),
    after: { entries: 4 },
    expect: ['upload.succeeded'],
  },
  {
    what: 'edited between two polls',
    before: watched(),
    after: { process: 'edit_upload_metadata' },
    expect: ['upload.edited'],
  },
  {
    what: 'edited after a failure: no recovery',
    before: watched(failed),
    after: { process: 'edit_upload_metadata' },
    expect: ['upload.edited'],
  },
  {
    what: 'imported',
    before: watched({ status: 'RUNNING', process: 'import_bundle' }),
    after: { process: 'import_bundle' },
    expect: ['upload.succeeded'],
  },
  {
    what: 'recovered after an edit',
    before: watched({ process: 'edit_metadata' }, { failure: { process: 'process_upload', reason: 'E', since: T0 } }),
    after: { completeTime: T1 },
    expect: ['upload.recovered'],
  },
  {
    what: 'failed',
    before: watched({ status: 'RUNNING' }),
    after: { ...failed, completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'failed again, the whole run between two polls, with the same error',
    before: watched(failed, { lastResult: 'failed' }),
    after: { ...failed, completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'recovered',
    before: watched({ status: 'RUNNING' }, { failure: { process: 'process_upload', reason: 'E', since: T0 } }),
    after: { completeTime: T1 },
    expect: ['upload.recovered'],
  },
  {
    what: 'processed again after a failure, and its files are gone',
    before: watched(failed),
    after: { completeTime: T1, entries: 0 },
    expect: ['upload.empty'],
  },
  {
    what: 'empty still: told of each processing that is seen to end so',
    before: watched({ status: 'RUNNING', entries: 0 }),
    after: { completeTime: T1, entries: 0 },
    expect: ['upload.succeeded', 'upload.empty'],
  },
  {
    what: 'empty still, and only its complete_time moved: a folder is none',
    before: watched({ entries: 0 }),
    after: { completeTime: T1, entries: 0 },
    expect: [],
  },
  {
    what: 'ended unseen and runs again: how it ended is not known',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'RUNNING', completeTime: T1 },
    expect: ['upload.started'],
  },
  {
    what: 'failed; the poll before saw its end but not yet its status',
    before: watched({ status: 'RUNNING', completeTime: T1, errors: ['E'] }),
    after: { ...failed, completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'its end is written and its status is not',
    before: watched({ status: 'RUNNING', message: 'Cleanup' }),
    after: { status: 'RUNNING', completeTime: T1, message: 'Process process_upload failed', errors: ['E'] },
    expect: [],
  },
  {
    what: 'first seen at work while its end is written',
    before: watched({ status: 'PENDING' }),
    after: { status: 'RUNNING', completeTime: T1, message: 'Process process_upload completed successfully' },
    expect: [],
  },
  {
    what: 'Temporal: a run ended well and one is queued: whose end that was is not told',
    before: watched({ status: 'PENDING', message: 'Cleanup' }),
    after: { status: 'PENDING', message: 'Process completed successfully' },
    expect: [],
  },
  {
    what: 'Temporal: failed and queued again between two polls',
    before: watched({ status: 'PENDING', message: 'Cleanup' }),
    after: { status: 'PENDING', message: 'Process failed: KeyError', completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'Temporal: a worker has it',
    before: watched({ status: 'PENDING', message: 'Process completed successfully' }),
    after: { status: 'PENDING', message: 'Adding files' },
    expect: ['upload.started'],
  },
  {
    what: 'Temporal: the next step of the run',
    before: watched({ status: 'PENDING', message: 'Adding files' }),
    after: { status: 'PENDING', message: 'Matching' },
    expect: [],
  },
  {
    what: 'Temporal: the first steps of another run',
    before: watched({ status: 'PENDING', message: 'Cleanup' }),
    after: { status: 'PENDING', message: 'Adding files' },
    expect: ['upload.started'],
  },
  {
    what: 'failed and queued again (1.x); the poll before saw its end but not yet its status',
    before: watched({ status: 'RUNNING', completeTime: T1, message: 'Process process_upload failed' }),
    after: { status: 'PENDING', process: 'publish_upload', errors: ['E'], completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'succeeded; the poll before saw its end but not yet its status',
    before: watched({ status: 'RUNNING', completeTime: T1 }),
    after: { completeTime: T1 },
    expect: ['upload.succeeded'],
  },
  {
    what: 'failed and is queued again (1.x keeps the errors)',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'PENDING', errors: ['E'], completeTime: T1 },
    expect: ['upload.failed'],
  },
  {
    what: 'old errors while queued are not news',
    before: watched({ status: 'PENDING', errors: ['a'] }),
    after: { status: 'PENDING', errors: [] },
    expect: [],
  },
  {
    what: 'a start empties the lists',
    before: watched({ ...failed, warnings: ['w'] }, { lastResult: 'failed' }),
    after: { status: 'RUNNING' },
    expect: ['upload.started'],
  },
  {
    what: 'status is SUCCESS without a finished run (reset by an operator)',
    before: watched({ status: 'RUNNING' }),
    after: { process: null, status: 'SUCCESS' },
    expect: ['upload.reset'],
  },
  {
    what: 'errors changed with no run',
    before: watched(),
    after: { errors: ['E'] },
    expect: ['upload.errors_changed'],
  },
  {
    what: 'another error with no run',
    before: watched({ errors: ['a'] }),
    after: { errors: ['b'] },
    expect: ['upload.errors_changed'],
  },
  {
    what: 'one error of two lines is not two errors',
    before: watched({ errors: ['a', 'b'] }),
    after: { errors: ['a\nb'] },
    expect: ['upload.errors_changed'],
  },
  {
    what: 'errors that come within a run',
    before: watched({ status: 'RUNNING' }),
    after: { status: 'WAITING_FOR_RESULT', errors: ['E'] },
    expect: ['upload.errors_changed'],
  },
  {
    what: 'warnings of a whole run between two polls belong to it',
    before: watched({ errors: ['a'] }),
    after: { completeTime: T1, warnings: ['W'], entries: 4 },
    expect: ['upload.succeeded'],
  },
  {
    what: 'errors in another order are the same errors',
    before: watched({ errors: ['a', 'b'] }),
    after: { errors: ['b', 'a'] },
    expect: [],
  },
  {
    what: 'warnings changed with no run',
    before: watched(),
    after: { warnings: ['W'] },
    expect: ['upload.warnings_changed'],
  },
  {
    what: 'errors of the new run belong to the run',
    before: watched(),
    after: { ...failed, completeTime: T1 },
    expect: ['upload.failed'],
  },
  { what: 'published', before: watched(), after: { published: true, publishTime: T1 }, expect: ['upload.published'] },
  {
    what: 'published at the end of a run',
    before: watched({ status: 'RUNNING', process: 'publish_upload' }),
    after: { published: true, process: 'publish_upload', completeTime: T1 },
    expect: ['upload.published'],
  },
  {
    what: 'published again',
    before: watched({ status: 'RUNNING', process: 'publish_upload', published: true }),
    after: { published: true, process: 'publish_upload', completeTime: T1 },
    expect: [],
  },
  {
    what: 'an unknown status ends nothing',
    before: watched(),
    after: { status: 'other', completeTime: T1 },
    expect: [],
  },
  { what: 'absent and deleted', before: watched(), after: null, verdict: 'deleted', expect: ['upload.deleted'] },
  {
    what: 'absent and no longer shared',
    before: watched(),
    after: null,
    verdict: 'unshared',
    expect: ['upload.unshared'],
  },
  { what: 'absent, but it answers', before: watched(), after: null, verdict: 'present', expect: [] },
  { what: 'absent, no usable answer', before: watched(), after: null, verdict: 'unknown', expect: [] },
  { what: 'absent, not asked yet', before: watched(), after: null, expect: [] },
];

for (const { what, before, after, verdict, expect } of rows) {
  test(`diff: ${what}`, () => {
    const { found } = compare(
      before === null ? [] : [before],
      after === null ? [] : [upload(after)],
      verdict === undefined ? {} : { u1: verdict },
    );
    assert.deepEqual(kinds(found), expect);
  });
}

test('created and published while only small polls came, which missed it: that it is published is told', () => {
  const known = watched();
  const small = diff(diffInput({ before: snapshot([known]), listing: listing([], { isPart: true, takenAt: T1 }) }));
  const published = upload({ id: 'u2', createTime: T1 - MINUTE / 2, status: 'READY', published: true });
  const whole = listing([known.upload, published], { takenAt: T1 + MINUTE });
  assert.deepEqual(kinds(diff(diffInput({ before: small.after, listing: whole })).found), [
    'upload.created',
    'upload.published',
  ]);
});

test('the first poll is one summary, whatever there is', () => {
  const { found, after } = diff(
    diffInput({
      listing: listing([
        upload(),
        upload({ id: 'u2', status: 'FAILURE', errors: ['E'] }),
        upload({ id: 'u3', status: 'RUNNING' }),
      ]),
    }),
  );
  assert.deepEqual(kinds(found), ['monitor.baseline']);
  assert.deepEqual(found[0]?.details, {
    uploads: 3,
    failed: 1,
    entries_failed: 0,
    empty: 0,
    succeeded: 1,
    processing: 1,
    published: 0,
    entries_pending: 1,
    broken: [
      {
        upload_id: 'u2',
        upload_name: 'batch-42',
        condition: 'failed',
        reason: 'E',
        author: 'ada',
        role: 'main_author',
        link: 'https://n/gui/user/uploads/upload/id/u2',
      },
    ],
  });
  assert.equal(after.uploads.get('u2')?.lastResult, 'failed');
});

test('the first summary names what is broken, worst first, with what the entries say', () => {
  const failed = upload({ id: 'f', status: 'FAILURE', errors: ['E'], completeTime: T0 - 90 * MINUTE });
  const old = upload({ id: 'o', completeTime: T0 - 80 * MINUTE, mainAuthor: 'grace', coauthors: ['ada'] });
  const [broken, empty, good] = [upload({ id: 'b' }), upload({ id: 'e', entries: 0 }), upload({ id: 'g' })];
  const answers = new Map([
    ['b', entries({ failed: 2, successful: 1 })],
    ['g', entries()],
  ]);
  const input = { entries: answers, notifyOn: ['upload.failed' as const] };
  const { found, after } = diff(diffInput({ listing: listing([good, empty, broken, failed, old]), ...input }));
  const details = found[0]?.details;
  const named = details?.['broken'] as readonly { upload_id: string; condition: string; reason: string }[];
  assert.deepEqual(
    named.map(({ upload_id, condition, reason }) => [upload_id, condition, reason]),
    [
      ['f', 'failed', 'E'],
      ['b', 'entries_failed', '2 of 3 entries failed'],
      ['e', 'empty', 'no file matched a parser'],
    ],
  );
  assert.deepEqual([details?.['entries_pending'], details?.['notify_on']], [1, 'upload.failed']);
  const asked = (id: string) => after.uploads.get(id)?.inspection;
  assert.deepEqual([asked('b')?.failed, asked('b')?.askAt], [2, null]);
  assert.deepEqual([asked('g')?.failed, asked('g')?.askAt], [0, null]);
  assert.notEqual(asked('o')?.askAt, null);
});

test('the first summary names at most 20', () => {
  const uploads = Array.from({ length: 30 }, (_, index) => upload({ id: `u${index}`, status: 'FAILURE' }));
  const details = diff(diffInput({ listing: listing(uploads) })).found[0]?.details;
  assert.deepEqual([details?.['failed'], (details?.['broken'] as readonly unknown[]).length], [30, 20]);
});

test('the first poll asks about the entries of the newest 20 that ended well and have any', () => {
  const uploads = Array.from({ length: 30 }, (_, index) =>
    upload({ id: `u${index}`, completeTime: T0 - index * MINUTE }),
  );
  const others = [
    upload({ id: 'e', entries: 0 }),
    upload({ id: 'f', status: 'FAILURE' }),
    upload({ id: 'r', status: 'RUNNING' }),
  ];
  assert.deepEqual(
    firstToAsk(listing([...others, ...uploads.toReversed()]), T0),
    uploads.slice(0, 20).map(({ id }) => id),
  );
  const ofEight = firstToAsk(listing(uploads), T0, 8);
  assert.equal(ofEight.length, 3, 'where eight accounts ask one NOMAD, each asks less');
});

test('what changed is to be written, what did not is not', () => {
  const uploads = ['same', 'other'].map((id) => watched({ id }));
  const { changed } = compare(uploads, [upload({ id: 'same' }), upload({ id: 'other', name: 'renamed' })]);
  assert.deepEqual(changed, [watched({ id: 'other', name: 'renamed' })]);
});

test('what is as it was goes on being the very same value; an upload that is, with something new to remember of it, does not', () => {
  const idle = watched({ id: 'idle' });
  const busy = watched({ id: 'busy', status: 'RUNNING', process: 'process_upload', entries: 0 });
  const before = snapshot([idle, busy]);
  const step = (now: number, from = before) =>
    diff(diffInput({ before: from, listing: listing([idle.upload, busy.upload], { takenAt: now }), now })).after;
  const first = step(T0 + MINUTE);
  const later = step(T0 + 180 * MINUTE, first);
  assert.equal(later.uploads.get('idle'), first.uploads.get('idle'));
  assert.equal(first.uploads.get('busy')?.progress?.stuck, false);
  assert.equal(later.uploads.get('busy')?.progress?.stuck, true);
  const read = diff(
    diffInput({ before: first, listing: listing([{ ...idle.upload }, busy.upload]), now: T0 + MINUTE }),
  );
  assert.notEqual(read.after.uploads.get('idle'), first.uploads.get('idle'));
  assert.deepEqual(read.changed, []);
});

test('a failure seen at the baseline recovers later', () => {
  const first = diff(diffInput({ listing: listing([upload(failed)]) }));
  const second = diff(
    diffInput({
      before: first.after,
      listing: listing([upload({ completeTime: T1 })]),
    }),
  );
  assert.deepEqual(kinds(second.found), ['upload.recovered']);
});

test('a second failure says that it is one', () => {
  const { found } = compare([watched(failed, { lastResult: 'failed' })], [upload({ ...failed, completeTime: T1 })]);
  assert.equal(found[0]?.details['again'], true);
});

test('the same change found again has the same key; the next failure another', () => {
  const before = [watched({ status: 'RUNNING' })];
  const key = (completeTime: number) => compare(before, [upload({ ...failed, completeTime })]).found[0]?.key;
  assert.equal(key(T1), key(T1));
  assert.notEqual(key(T1), key(T1 + 1));
});

test('what a whole list lacks is missing, also before NOMAD was asked', () => {
  assert.deepEqual(compare([watched()], []).changed, [watched({}, { absence: { askAt: 0 } })]);
});

test('an absent upload stays as it was until NOMAD has spoken, and comes back silently', () => {
  const absent = compare([watched()], [], { u1: 'unknown' });
  const kept = absent.after.uploads.get('u1');
  assert.deepEqual(kept?.upload, upload());
  assert.notEqual(kept.absence, null);
  const back = diff(diffInput({ before: absent.after, listing: listing([upload()]) }));
  assert.deepEqual(back.found, []);
  assert.equal(back.after.uploads.get('u1')?.absence, null);
});

test('an upload that cannot be read is not absent', () => {
  const { found, after } = compare([watched()], [], { u1: 'deleted' }, [{ uploadId: 'u1', problem: 'odd' }]);
  assert.deepEqual(found, []);
  assert.equal(after.uploads.size, 1);
});

test('a run is timed from the poll that first saw it at work', () => {
  const first = compare([watched({ status: 'PENDING' })], [upload({ status: 'RUNNING' })]);
  const done = diff(
    diffInput({
      before: first.after,
      listing: listing([upload({ completeTime: T0 + 3 * MINUTE })]),
    }),
  );
  assert.deepEqual(done.durations, [{ process: 'process_upload', result: 'succeeded', milliseconds: 2 * MINUTE }]);
  assert.equal(done.found.find(({ kind }) => kind === 'upload.succeeded')?.details['took_ms'], 2 * MINUTE);
});

const anyUpload = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  status: fc.constantFrom(...PROCESS_STATUSES),
  errors: fc.array(fc.string(), { maxLength: 2 }),
  completeTime: fc.option(fc.constantFrom(T0, T1, T1 + 1)),
  published: fc.boolean(),
});
const anyUploads = fc.uniqueArray(anyUpload.map(upload), { selector: ({ id }) => id });

test('whatever the uploads: comparing again finds nothing, nothing is gone without a word, keys are unique', () => {
  fc.assert(
    fc.property(anyUploads, anyUploads, (earlier, later) => {
      const first = diff(diffInput({ listing: listing(earlier) }));
      const second = diff(diffInput({ before: first.after, listing: listing(later) }));
      const third = diff(diffInput({ before: second.after, listing: listing(later) }));
      assert.deepEqual(third.found, []);
      assert.deepEqual(third.changed, []);
      assert.ok(earlier.every(({ id }) => second.after.uploads.has(id)));
      assert.equal(new Set(second.found.map(({ key }) => key)).size, second.found.length);
    }),
  );
});

// The comparison leaves out what is at rest and comes again as the same value: it must be just what the whole comparison would say.
test('an upload at rest that comes again as the same value: nothing is found, and it is remembered as it was', () => {
  const rows: readonly Partial<TrackedUpload>[] = [
    {},
    { lastResult: 'failed', failure: { process: 'process_upload', reason: 'E', since: T0 } },
    { lastResult: 'stopped' },
  ];
  const uploads = (['SUCCESS', 'FAILURE', 'READY', 'other'] as const).flatMap((status) =>
    ['process_upload', null].flatMap((process) =>
      [0, 3].flatMap((entries) => [T0, null].map((completeTime) => upload({ status, process, entries, completeTime }))),
    ),
  );
  for (const each of uploads) {
    for (const row of rows) {
      const known = { ...watched(), ...row, upload: each, progress: null, activeSince: null };
      const asNew = { ...each };
      const [same, whole] = [each, asNew].map((sight) => compare([known], [sight]));
      assert.deepEqual(same?.found, whole?.found, JSON.stringify(known));
      assert.deepEqual([...(same?.after.uploads.values() ?? [])], [...(whole?.after.uploads.values() ?? [])]);
    }
  }
});

for (const [what, known, sight, unclear] of [
  ['only the time is new', {}, {}, true],
  ['another reason', {}, { errors: ['E: two'] }, undefined],
  ['it was seen at work', { status: 'RUNNING', errors: [] }, {}, undefined],
  ['another process', { process: 'edit_metadata' }, {}, undefined],
] as const)
  test(`a failure again, ${what}: ${unclear === true ? 'a folder looks the same, and the event says so' : 'it is one'}`, () => {
    const [event] = compare(
      [watched({ ...failed, ...known })],
      [upload({ ...failed, ...sight, completeTime: T1 })],
    ).found;
    assert.deepEqual([event?.kind, event?.details['unclear']], ['upload.failed', unclear]);
  });
