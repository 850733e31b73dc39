// The uploads at a glance: conditions, counts, which deserve a closer look; and what a small poll has to ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONDITIONS,
  EMPTY_SNAPSHOT,
  conditionsOf,
  notLookedAt,
  overviewOf,
} from '../../../src/domain/report/conditions.ts';
import { partialQuery } from '../../../src/domain/diff/partial.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, inspected, progressed, snapshot, watched } from '../../support/builders.ts';

const DAY = 24 * 60 * MINUTE;
const progress = (stuck: boolean) => progressed({ stuck });
const inspection = (failed: number | null, askAt: number | null = null) => inspected({ failed, askAt });

const failure = { process: 'process_upload', reason: 'E', since: T0 };

const rows: readonly (readonly [string, TrackedUpload, readonly string[]])[] = [
  ['ended well', watched(), []],
  ['failed', watched({ status: 'FAILURE', entries: 0 }), ['failed']],
  ['at work', watched({ status: 'RUNNING', entries: 0 }, { progress: progress(false) }), ['processing']],
  ['queued', watched({ status: 'PENDING' }), ['processing']],
  ['stuck', watched({ status: 'RUNNING' }, { progress: progress(true) }), ['stuck', 'processing']],
  ['with failed entries', watched({}, { inspection: inspection(2) }), ['entries_failed']],
  ['with none failed', watched({}, { inspection: inspection(0) }), []],
  ['with entries that are not known', watched({}, { inspection: inspection(null) }), []],
  ['empty', watched({ entries: 0 }), ['empty']],
  ['published', watched({ published: true }), ['published']],
  ['published without an entry', watched({ published: true, entries: 0 }), ['published']],
  ['empty after a failure', watched({ entries: 0 }, { failure }), ['failed']],
  ['failed, and edited since', watched({ process: 'edit_upload_metadata' }, { failure }), ['failed']],
  [
    'failed, and being edited',
    watched({ status: 'RUNNING', process: 'edit_upload_metadata' }, { failure }),
    ['failed', 'processing'],
  ],
  ['failed, and being processed again', watched({ status: 'RUNNING' }, { failure }), ['processing']],
  ['failed, and queued again', watched({ status: 'PENDING' }, { failure }), ['processing']],
  ['failed, and stopped since', watched({ status: 'READY' }, { failure }), ['failed']],
  ['failed before we remembered it', watched({ status: 'FAILURE' }, { failure: null }), ['failed']],
  ['failed, but published before', watched({ status: 'FAILURE', published: true }), ['failed', 'published']],
];
for (const [what, upload, expected] of rows) {
  test(`an upload that is ${what}: ${expected.join(', ') || 'nothing to say'}`, () => {
    assert.deepEqual(conditionsOf(upload), expected);
  });
}

test('conditions are named worst first', () => {
  assert.deepEqual(CONDITIONS, ['failed', 'stuck', 'entries_failed', 'empty', 'processing', 'published']);
});

test('uploads are counted by status and by condition', () => {
  const all = snapshot(rows.map(([, each], index) => ({ ...each, upload: { ...each.upload, id: `u${index}` } })));
  const { byStatus, byCondition } = overviewOf(all, 10, T0);
  assert.deepEqual(Object.fromEntries(byStatus), {
    READY: 1,
    PENDING: 2,
    RUNNING: 4,
    WAITING_FOR_RESULT: 0,
    SUCCESS: 9,
    FAILURE: 3,
    other: 0,
  });
  assert.deepEqual(Object.fromEntries(byCondition), {
    failed: 7,
    stuck: 1,
    entries_failed: 1,
    empty: 1,
    processing: 6,
    published: 3,
  });
});

test('before the first poll there is nothing', () => {
  const { byStatus, notable, leftOut } = overviewOf(EMPTY_SNAPSHOT, 10, T0);
  assert.deepEqual([...new Set(byStatus.values())], [0]);
  assert.deepEqual([notable, leftOut], [[], 0]);
});

test('notable is what is processing, failed, or changed within a day; the newest first, and so many are left out', () => {
  const all = snapshot([
    watched({ id: 'idle' }),
    watched({ id: 'running', status: 'RUNNING' }, { statusSince: T0 - 3 }),
    watched({ id: 'failed', status: 'FAILURE' }, { statusSince: T0 - 2 }),
    watched({ id: 'edited', process: 'edit_metadata' }, { statusSince: T0 - 4, failure }),
    watched({ id: 'changed' }, { statusSince: T0 - 9, changedAt: T0 - DAY + 1 }),
    watched({ id: 'new' }, { statusSince: T0 - 9, changedAt: T0 - 1 }),
    watched({ id: 'changed long ago' }, { changedAt: T0 - DAY }),
  ]);
  const looked = (limit: number) => {
    const { notable, leftOut } = overviewOf(all, limit, T0);
    return [...notable.map(({ upload }) => upload.id), leftOut];
  };
  assert.deepEqual(looked(10), ['new', 'failed', 'running', 'edited', 'changed', 0]);
  assert.deepEqual(looked(5), ['new', 'failed', 'running', 'edited', 'changed', 0]);
  assert.deepEqual(looked(2), ['new', 'failed', 3]);
});

test('a small poll asks for what may have ended or is due, and knows the number of what was listed', () => {
  const before = snapshot([
    watched({ id: 'idle' }),
    watched({ id: 'queued', status: 'PENDING' }),
    watched({ id: 'running', status: 'RUNNING' }),
    watched({ id: 'entries due' }, { inspection: inspection(null, T0) }),
    watched({ id: 'entries later' }, { inspection: inspection(null, T0 + 1) }),
    watched({ id: 'entries known' }, { inspection: inspection(2) }),
    watched({ id: 'missing', status: 'RUNNING' }, { absence: { askAt: T0 } }),
  ]);
  assert.deepEqual(partialQuery(before, T0), {
    known: new Set(['idle', 'queued', 'running', 'entries due', 'entries later', 'entries known']),
    wanted: ['queued', 'running', 'entries due'],
  });
});

test('of older uploads, whose entries are asked about step by step, a small poll asks for 20 that are due', () => {
  const old = (id: string, askAt: number | null) =>
    watched({ id }, { inspection: inspected({ why: 'before', failed: null, askAt }) });
  const ids = Array.from({ length: 30 }, (_, index) => `old ${index}`);
  const before = snapshot([
    ...ids.map((id) => old(id, T0)),
    old('later', T0 + 1),
    old('known', null),
    watched({ id: 'due' }, { inspection: inspection(null, T0) }),
  ]);
  assert.deepEqual(partialQuery(before, T0).wanted, ['due', ...ids.slice(0, 20)]);
  assert.equal(notLookedAt(before), 31);
});
