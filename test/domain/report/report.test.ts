import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRows, conditionCounts, isBad, nagiosOf, troubleText } from '../../../src/domain/report/report.ts';
import type { Condition } from '../../../src/domain/report/conditions.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, inspected, progressed, snapshot, watched } from '../../support/builders.ts';

const stuck = progressed({ since: T0 - 300 * MINUTE, stuck: true });
const inspection = inspected({ failed: 2 });
const ALL: readonly TrackedUpload[] = [
  watched({ id: 'good' }),
  watched({ id: 'public', published: true }),
  watched({ id: 'running', status: 'RUNNING', message: 'Parsing level 0' }),
  watched({ id: 'empty', entries: 0 }),
  watched({ id: 'entries' }, { inspection }),
  watched({ id: 'stuck', status: 'RUNNING', message: 'Parsing\u001b[31m' }, { progress: stuck }),
  watched({ id: 'failed-old', status: 'FAILURE', errors: ['A', 'KeyError: x'] }, { statusSince: T0 - MINUTE }),
  watched({ id: 'failed-new', status: 'FAILURE', name: 'a|b\nc' }),
];

const rowsOf = (uploads: readonly TrackedUpload[], filter: readonly Condition[] = []) =>
  checkRows({
    snapshot: snapshot(uploads),
    names: new Map([['ada', 'Ada Lovelace']]),
    linkOf: (id) => `https://n/${id}`,
    filter,
  });
const ids = (rows: readonly { readonly upload_id: string }[]) => rows.map(({ upload_id }) => upload_id);

test('worst first, the newest first among equals', () => {
  const order = ['failed-new', 'failed-old', 'stuck', 'entries', 'empty', 'running', 'public', 'good'];
  assert.deepEqual(ids(rowsOf(ALL)), order);
});

test('a filter keeps what is in any of its conditions', () => {
  assert.deepEqual(ids(rowsOf(ALL, ['stuck', 'published'])), ['stuck', 'public']);
  assert.deepEqual(ids(rowsOf(ALL, ['processing'])), ['stuck', 'running']);
});

test('a row says what is wrong and with what', () => {
  const [, failed, , entries] = rowsOf(ALL);
  assert.deepEqual(failed, {
    upload_id: 'failed-old',
    upload_name: 'batch-42',
    process_status: 'FAILURE',
    process: 'process_upload',
    conditions: ['failed'],
    reason: 'KeyError: x',
    since: T0 - MINUTE,
    entries: 3,
    failed_entries: null,
    errors: ['A', 'KeyError: x'],
    main_author: 'Ada Lovelace',
    link: 'https://n/failed-old',
  });
  assert.deepEqual([entries?.failed_entries, entries?.reason], [2, '2 of 3 entries failed']);
});

const verdicts: readonly (readonly [string, readonly TrackedUpload[], number, boolean, string])[] = [
  ['nothing at all', [], 0, false, 'NOMAD OK - 0 uploads | uploads=0 '],
  ['all well', ALL.slice(0, 2), 0, false, 'NOMAD OK - 2 uploads | uploads=2 failed=0 stuck=0 '],
  ['at work', ALL.slice(2, 3), 0, false, 'NOMAD OK - 1 upload: 1 processing | '],
  ['empty', ALL.slice(0, 4), 1, false, 'NOMAD WARNING - 4 uploads: 1 empty, 1 processing (batch-42) | '],
  ['failed entries', ALL.slice(4, 5), 1, true, 'NOMAD WARNING - 1 upload: 1 entries failed (batch-42) | '],
  ['stuck', ALL.slice(5, 6), 2, true, 'NOMAD CRITICAL - 1 upload: 1 stuck, 1 processing (batch-42) | '],
  ['failed', ALL.slice(7), 2, true, 'NOMAD CRITICAL - 1 upload: 1 failed (a/b c) | uploads=1 failed=1 '],
];
for (const [what, uploads, code, bad, line] of verdicts) {
  test(`verdict: ${what}`, () => {
    const rows = rowsOf(uploads);
    const verdict = nagiosOf(rows);
    assert.equal(verdict.code, code);
    assert.ok(verdict.line.startsWith(line), verdict.line);
    assert.match(verdict.line, /^[^|\n]* \| uploads=\d+( [a-z_]+=\d+)+$/);
    assert.equal(isBad(rows), bad);
  });
}

const reasons: readonly (readonly [string, TrackedUpload, string | null])[] = [
  ['its last error', watched({ status: 'FAILURE', errors: ['a', 'd', 'b\nc'], message: 'm' }), 'b c'],
  ['else what its message says', watched({ status: 'FAILURE', message: 'Process failed: m' }), 'm'],
  ['not what it was doing', watched({ status: 'FAILURE', message: 'Cleanup' }), 'NOMAD gives no reason'],
  ['else that there is none', watched({ status: 'FAILURE' }), 'NOMAD gives no reason'],
  ['which failed before an edit', watched({}, { failure: { process: null, reason: 'E', since: T0 } }), 'E'],
  [
    'what could not be done, where its files are as they were',
    watched({ status: 'FAILURE', process: 'publish_upload', errors: ['E'] }),
    'could not be published: E',
  ],
  ['of what', watched({ entries: 1 }, { inspection: { ...inspection, failed: 1 } }), '1 of 1 entry failed'],
  ['nothing was recognised', watched({ entries: 0 }), 'no file matched a parser'],
  ['what it does', watched({ status: 'RUNNING', message: 'Parsing' }), 'Parsing'],
  ['what it did last', watched({ status: 'RUNNING', message: 'Parsing' }, { progress: stuck }), 'Parsing'],
  ['nothing where it does not say', watched({ status: 'RUNNING' }), null],
  ['nothing of what is well', watched({ message: 'm' }), null],
];
for (const [what, upload, reason] of reasons) {
  test(`why: ${what}`, () => {
    assert.equal(rowsOf([upload])[0]?.reason, reason);
  });
}

test('since when: that it moved last, else that it has its status; names that are not known are ids', () => {
  const progress = { ...stuck, stuck: false };
  const [row] = rowsOf([watched({ status: 'RUNNING', mainAuthor: 'x' }, { progress, statusSince: T0 })]);
  assert.deepEqual([row?.since, row?.main_author], [stuck.since, 'x']);
});

test('what needs somebody, in words: of each condition that an upload is in', () => {
  const rows = rowsOf(ALL);
  const counts = { failed: 2, stuck: 1, entries_failed: 1, empty: 1, processing: 2, published: 1 };
  assert.deepEqual(conditionCounts(rows), counts);
  assert.equal(troubleText(conditionCounts(rows)), '2 failed, 1 stuck, 1 with failed entries, 1 empty');
  assert.equal(troubleText(conditionCounts(rowsOf(ALL.slice(0, 3)))), null);
});

test('by id where all else is equal', () => {
  assert.deepEqual(ids(rowsOf(['b', 'c', 'a'].map((id) => watched({ id })))), ['a', 'b', 'c']);
});

test('the line for a monitoring system is one line of bounded length; performance data cannot come from outside', () => {
  const upload = watched({ status: 'FAILURE', name: `x|y=1\n${'z'.repeat(300)}` });
  const { line } = nagiosOf(rowsOf([upload]));
  assert.equal(
    line,
    `NOMAD CRITICAL - 1 upload: 1 failed (x/y=1 ${'z'.repeat(53)}…) | uploads=1 failed=1 stuck=0 entries_failed=0 empty=0 processing=0 published=0`,
  );
});
