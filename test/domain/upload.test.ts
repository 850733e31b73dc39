// What can be read from one upload: phase, role, title.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROCESS_STATUSES, type Phase, type ProcessStatus, phaseOf, roleIn, titleOf } from '../../src/domain/upload.ts';
import { upload } from '../support/builders.ts';

test('queued waits for a worker, active has one, all else is idle', () => {
  assert.deepEqual(
    PROCESS_STATUSES.map((status) => `${status} ${phaseOf({ status, message: null })}`),
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

const phases: readonly (readonly [ProcessStatus, string | null, string | null, Phase])[] = [
  ['PENDING', 'Pending: process_upload', null, 'queued'],
  ['PENDING', 'Process completed successfully', null, 'queued'],
  ['PENDING', 'Process failed: KeyError', null, 'queued'],
  ['PENDING', 'Processing stopped', null, 'queued'],
  ['PENDING', 'Adding files', null, 'active'],
  ['PENDING', 'Matching', null, 'active'],
  ['PENDING', 'Parsing level 0', 'Matching', 'active'],
  ['PENDING', 'Parsing level 0', 'Parsing level 0', 'queued'],
  ['PENDING', 'Cleanup', null, 'active'],
  ['PENDING', 'A step that nobody knows yet', null, 'active'],
  ['RUNNING', 'Parsing level 0', 'Parsing level 0', 'active'],
  ['RUNNING', 'Process process_upload failed: KeyError', null, 'ending'],
  ['RUNNING', 'Process process_upload completed successfully', null, 'ending'],
  ['WAITING_FOR_RESULT', 'Process failed', null, 'ending'],
  ['SUCCESS', 'Parsing level 0', null, 'idle'],
];
for (const [status, message, oldMessage, phase] of phases) {
  const since = oldMessage === null ? '' : `, as ${JSON.stringify(oldMessage)} before it was queued`;
  test(`${status} with ${JSON.stringify(message)}${since}: ${phase}`, () => {
    assert.equal(phaseOf({ status, message }, oldMessage), phase);
  });
}

test('a role is the most that applies', () => {
  const shared = upload({ mainAuthor: 'ada', coauthors: ['ada', 'bob'], reviewers: ['ada', 'bob', 'eve'] });
  assert.deepEqual(
    ['ada', 'bob', 'eve', 'zoe', null].map((user) => roleIn(shared, user)),
    ['main_author', 'coauthor', 'reviewer', null, null],
  );
});

test('who is named nowhere has the role of a group, the most that applies; nobody who is not known has one', () => {
  const shared = upload({ coauthors: ['bob'], groupRole: 'reviewer' });
  assert.deepEqual(
    ['ada', 'bob', 'zoe', null].map((user) => roleIn(shared, user)),
    ['main_author', 'coauthor', 'reviewer', null],
  );
  assert.equal(roleIn(upload({ reviewers: ['zoe'], groupRole: 'coauthor' }), 'zoe'), 'reviewer');
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
