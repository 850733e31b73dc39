// What can be read from one upload, or from two sights of it: phase, role, title, and whether a run ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PROCESS_STATUSES,
  type Upload,
  hasEnded,
  isLateEnd,
  phaseOf,
  roleIn,
  titleOf,
} from '../../src/domain/upload.ts';
import { T0, upload } from '../support/builders.ts';

test('queued waits for a worker, active has one, all else is idle', () => {
  assert.deepEqual(
    PROCESS_STATUSES.map((status) => `${status} ${phaseOf(status)}`),
    [
      'READY idle',
      'PENDING queued',
      'RUNNING active',
      'WAITING_FOR_RESULT active',
      'SUCCESS idle',
      'FAILURE idle',
      'other idle',
    ],
  );
});

test('a role is the most that applies', () => {
  const shared = upload({ mainAuthor: 'ada', coauthors: ['ada', 'bob'], reviewers: ['ada', 'bob', 'eve'] });
  assert.deepEqual(
    ['ada', 'bob', 'eve', 'zoe', null].map((user) => roleIn(shared, user)),
    ['main_author', 'coauthor', 'reviewer', null, null],
  );
});

const titles: readonly (readonly [string | null, string])[] = [
  ['batch-42', 'batch-42'],
  ['42', '42'],
  ['…', '…'],
  ['+', '+'],
  [null, 'u1'],
  ['', 'u1'],
  [' \n\u200b', 'u1'],
  ['\u0301', 'u1'],
  ['a very long name', 'a very lo…'],
];
for (const [name, title] of titles) {
  test(`the title of ${JSON.stringify(name)} is ${title}`, () => {
    assert.equal(titleOf({ id: 'u1', name }, 10), title);
  });
}

const ends: readonly (readonly [string, Partial<Upload>, Partial<Upload>, 'ended' | 'ended late' | 'no end'])[] = [
  ['nothing changed', {}, {}, 'no end'],
  ['another complete_time', {}, { completeTime: T0 }, 'ended'],
  ['a first complete_time', { completeTime: null }, { completeTime: T0 }, 'ended'],
  ['no complete_time any more', {}, { completeTime: null }, 'no end'],
  ['running still', { status: 'RUNNING' }, { status: 'RUNNING' }, 'no end'],
  ['its status follows its complete_time: SUCCESS', { status: 'RUNNING' }, {}, 'ended late'],
  [
    'its status follows its complete_time: FAILURE',
    { status: 'WAITING_FOR_RESULT' },
    { status: 'FAILURE' },
    'ended late',
  ],
  ['another status is none', { status: 'RUNNING' }, { status: 'READY' }, 'no end'],
  ['it was not at work', { status: 'PENDING' }, {}, 'no end'],
  ['an operator sets it: no process', { status: 'RUNNING' }, { process: null }, 'no end'],
  ['an operator sets it, and there was none before', { status: 'RUNNING', process: null }, { process: null }, 'no end'],
  ['it was another process', { status: 'RUNNING', process: 'publish_upload' }, {}, 'no end'],
  [
    'queued again, with the errors of the run',
    { status: 'RUNNING' },
    { status: 'PENDING', errors: ['E'] },
    'ended late',
  ],
  ['queued again, without errors', { status: 'RUNNING' }, { status: 'PENDING' }, 'no end'],
  [
    'queued again, and never was an end',
    { status: 'RUNNING', completeTime: null },
    { status: 'PENDING', errors: ['E'], completeTime: null },
    'no end',
  ],
];
for (const [what, before, after, expected] of ends) {
  test(`two sights of an upload: ${what}: ${expected}`, () => {
    const sights = [upload(before), upload(after)] as const;
    assert.equal(hasEnded(...sights), expected !== 'no end');
    assert.equal(isLateEnd(...sights), expected === 'ended late');
  });
}
