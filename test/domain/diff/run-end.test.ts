// What the end of a run is told as, which failure stands after it, and in which words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOfEnd, entriesFailed, failureAfter } from '../../../src/domain/diff/run-end.ts';
import { failedText, failedWords, uploadFailureOf } from '../../../src/domain/failure.ts';
import type { RunEnd } from '../../../src/domain/run.ts';
import type { Upload, TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, entries, upload } from '../../support/builders.ts';

const end = (
  result: RunEnd['result'],
  process: string | null = 'process_upload',
  more: Partial<RunEnd> = {},
): RunEnd => ({
  result,
  process,
  mark: 'run 5',
  at: 5,
  reason: result === 'failed' ? 'E' : null,
  ...more,
});
const failure = (process: string | null, since = 1) => ({ process, reason: 'old', since });
type Known = Pick<TrackedUpload, 'lastResult' | 'failure'>;
const WELL: Known = { lastResult: 'succeeded', failure: null };
const FAILED: Known = { lastResult: 'failed', failure: failure('process_upload') };

const rows: readonly (readonly [string, RunEnd, Known, Partial<Upload>, readonly string[]])[] = [
  ['processed', end('succeeded'), WELL, {}, ['upload.succeeded']],
  ['processed by a name that nobody knows', end('succeeded', 'reprocess'), WELL, {}, ['upload.succeeded']],
  ['processed after a failure', end('succeeded'), FAILED, {}, ['upload.recovered']],
  [
    'processed after a failed publish',
    end('succeeded'),
    { ...WELL, failure: failure('publish_upload') },
    {},
    ['upload.recovered'],
  ],
  ['empty', end('succeeded'), WELL, { entries: 0 }, ['upload.succeeded', 'upload.empty']],
  [
    'empty for the first time',
    end('succeeded'),
    { ...WELL, lastResult: null },
    { entries: 0 },
    ['upload.succeeded', 'upload.empty'],
  ],
  ['empty after a failure', end('succeeded'), FAILED, { entries: 0 }, ['upload.empty']],
  ['empty after a stop', end('succeeded'), { lastResult: 'stopped', failure: null }, { entries: 0 }, ['upload.empty']],
  ['edited', end('succeeded', 'edit_upload_metadata'), WELL, {}, ['upload.edited']],
  ['edited after a failure', end('succeeded', 'edit_metadata'), FAILED, {}, ['upload.edited']],
  ['edited, without entries', end('succeeded', 'edit_metadata'), WELL, { entries: 0 }, ['upload.edited']],
  ['published', end('succeeded', 'publish_upload'), WELL, { published: true }, []],
  ['a publish that is not done yet (1.4.2)', end('succeeded', 'publish_upload'), WELL, {}, []],
  ['published on another NOMAD', end('succeeded', 'publish_externally'), WELL, {}, ['upload.succeeded']],
  ['imported', end('succeeded', 'import_bundle'), FAILED, {}, ['upload.succeeded']],
  ['handed over', end('succeeded', 'transfer_upload_ownership'), WELL, {}, ['upload.succeeded']],
  ['failed', end('failed'), WELL, {}, ['upload.failed']],
  ['a failed edit', end('failed', 'edit_metadata'), WELL, {}, ['upload.failed']],
];
for (const [what, ended, known, after, expected] of rows) {
  test(`told of a run: ${what}`, () => {
    const changes = changesOfEnd(ended, 'run 5', 7, { known, after: upload(after) });
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      expected,
    );
    for (const { mark, details } of changes) {
      assert.equal(mark, 'run 5');
      const { run, process, complete_time, took_ms } = details ?? {};
      assert.deepEqual([run, process, complete_time, took_ms], ['run 5', ended.process, 5, 7]);
    }
  });
}

test('a failure says why, and whether the like of it failed before; one whose beginning was not seen says no length', () => {
  const detailsOf = (ended: RunEnd, known: Known) =>
    changesOfEnd(ended, 'run 5', null, { known, after: upload() })[0]?.details;
  const told = { run: 'run 5', process: 'process_upload', complete_time: 5, reason: 'E' };
  assert.deepEqual(detailsOf(end('failed'), WELL), { ...told, again: false });
  assert.deepEqual(detailsOf(end('failed'), FAILED), { ...told, again: true });
  assert.equal(detailsOf(end('failed', 'publish_upload'), FAILED)?.['again'], false);
  assert.equal(detailsOf(end('succeeded', 'process_upload', { at: null }), WELL)?.['complete_time'], null);
});

test('that it is empty after a failure is told with it', () => {
  const told = (known: Known) =>
    changesOfEnd(end('succeeded'), '', null, { known, after: upload({ entries: 0 }) }).at(-1)?.details?.[
      'after_failure'
    ];
  assert.deepEqual([told(FAILED), told(WELL)], [true, undefined]);
});

const stands: readonly (readonly [string, Known['failure'], RunEnd | null, Known['failure']])[] = [
  ['none, and no run', null, null, null],
  ['one, and no run', failure('process_upload'), null, failure('process_upload')],
  ['a processing failed', null, end('failed'), { process: 'process_upload', reason: 'E', since: 5 }],
  ['again', failure('process_upload'), end('failed'), { process: 'process_upload', reason: 'E', since: 5 }],
  ['without a time: now', null, end('failed', null, { at: null }), { process: null, reason: 'E', since: T0 }],
  ['a processing ended well', failure('process_upload'), end('succeeded'), null],
  ['any processing mends a failed edit', failure('edit_metadata'), end('succeeded'), null],
  ['an edit mends nothing', failure('process_upload'), end('succeeded', 'edit_metadata'), failure('process_upload')],
  ['nor does a publish', failure('process_upload'), end('succeeded', 'publish_upload'), failure('process_upload')],
  [
    'nor a publish a failed edit',
    failure('edit_metadata'),
    end('succeeded', 'publish_upload'),
    failure('edit_metadata'),
  ],
  ['an edit mends a failed edit', failure('edit_metadata'), end('succeeded', 'edit_upload_metadata'), null],
  ['a publish a failed one', failure('publish_externally'), end('succeeded', 'publish_upload'), null],
  [
    'a failed edit hides no failed processing',
    failure('process_upload'),
    end('failed', 'edit_metadata'),
    failure('process_upload'),
  ],
  [
    'a failed processing comes before a failed edit',
    failure('edit_metadata'),
    end('failed'),
    { process: 'process_upload', reason: 'E', since: 5 },
  ],
];
for (const [what, known, ended, expected] of stands) {
  test(`the failure that stands: ${what}`, () => {
    assert.deepEqual(failureAfter(known, ended, T0), expected);
  });
}

const words: readonly (readonly [string | null, string])[] = [
  ['process_upload', 'failed'],
  [null, 'failed'],
  ['edit_metadata', 'could not be edited'],
  ['publish_upload', 'could not be published'],
  ['import_bundle', 'could not be imported'],
  ['transfer_upload_ownership', 'could not be handed over'],
  ['delete_upload', 'could not be deleted'],
];
for (const [process, said] of words) {
  test(`of a failed ${process ?? 'process without a name'} is said: ${said}`, () => {
    assert.equal(failedWords(process), said);
  });
}

test('why it counts as failed is one line, and says what could not be done where its files are as they were', () => {
  assert.equal(failedText({ process: 'process_upload', reason: 'a\nb', since: 0 }), 'a b');
  assert.equal(failedText({ process: null, reason: null, since: 0 }), 'NOMAD gives no reason');
  assert.equal(failedText({ process: 'publish_upload', reason: 'E', since: 0 }), 'could not be published: E');
  assert.ok(failedText({ process: null, reason: 'x'.repeat(5000), since: 0 }).length <= 300);
});

test('a failure that NOMAD shows stands since its end, or else since it was made', () => {
  const shown = (more: Partial<Upload>) => uploadFailureOf(upload({ status: 'FAILURE', errors: ['a', 'b'], ...more }));
  assert.deepEqual(shown({}), { process: 'process_upload', reason: 'b', since: T0 - 30 * MINUTE });
  assert.equal(shown({ completeTime: null }).since, T0 - 60 * MINUTE);
});

test('failed entries are told with their number, and some by name with the way to them', () => {
  const failing = [{ id: 'e1', mainfile: 'a.xml', parser: 'vasp', error: null }];
  assert.deepEqual(entriesFailed(upload(), entries({ total: 7, failed: 3, failing }), 'run 5', 'https://n/gui'), {
    kind: 'upload.entries_failed',
    mark: 'run 5',
    details: {
      run: 'run 5',
      complete_time: T0 - 30 * MINUTE,
      entries: 7,
      failed: 3,
      failing: [
        {
          entry_id: 'e1',
          mainfile: 'a.xml',
          parser: 'vasp',
          error: null,
          reason: null,
          link: 'https://n/gui/user/uploads/upload/id/u1/entry/id/e1',
        },
      ],
    },
  });
});
