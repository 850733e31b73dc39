// What one sight of an upload means for somebody who waits: a table. And which poll of a monitor counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { type Outcome, goneOutcome, isSince, outcomeOf } from '../../../src/domain/wait/outcome.ts';
import { justMade } from '../../../src/domain/wait/newest.ts';
import { lookPause } from '../../../src/domain/wait/pace.ts';
import { MINUTE, T0, inspected, progressed, upload, watched } from '../../support/builders.ts';

const seen = inspected();
const OK = { status: 'SUCCESS', message: 'Process completed successfully' } as const;
const FAILURE = { process: 'process_upload', reason: 'KeyError: x', since: T0 } as const;

/** `end`: of an open one what is waited for; of one that has ended its result. */
const ROWS: readonly (readonly [what: string, TrackedUpload, wasProcessing: boolean, end: string, reason?: string])[] =
  [
    ['never processed', watched({ status: 'READY', process: null, completeTime: null, entries: 0 }), false, 'begin'],
    ['queued, 1.3', watched({ status: 'PENDING', message: 'Pending: _process_upload' }), false, 'end'],
    ['queued, 1.4: the message of the last run stays', watched({ ...OK, status: 'PENDING' }), false, 'end'],
    ['queued, the errors of the last run stay', watched({ status: 'PENDING', errors: ['E'] }), false, 'end'],
    ['at work', watched({ status: 'RUNNING', message: 'Parsing level 0' }), false, 'end'],
    ['waits for its entries', watched({ status: 'WAITING_FOR_RESULT' }), false, 'end'],
    ['between the two writes of an end', watched({ ...OK, status: 'RUNNING' }), true, 'end'],
    ['a status that nobody knows', watched({ status: 'other' }), false, 'end'],
    [
      'stuck',
      watched({ status: 'PENDING', message: 'Matching' }, { progress: progressed({ stuck: true }) }),
      false,
      'stuck',
      'nothing has moved for too long: Matching',
    ],
    [
      'stuck without a message',
      watched({ status: 'PENDING' }, { progress: progressed({ stuck: true }) }),
      false,
      'stuck',
      'nothing has moved for too long: PENDING',
    ],
    ['good', watched(OK, { inspection: seen }), false, 'good'],
    [
      'good, published with nothing in it',
      watched({ ...OK, published: true, entries: 0 }, { inspection: seen }),
      false,
      'good',
    ],
    ['its entries are not known', watched(OK, { inspection: inspected({ failed: null }) }), true, 'entries'],
    ['nor are they to be asked about', watched(OK), true, 'entries'],
    [
      'some of its entries failed',
      watched(OK, { inspection: inspected({ failed: 2, reason: 'KeyError: x' }) }),
      true,
      'entries_failed',
      '2 of 3 entries failed: KeyError: x',
    ],
    ['empty', watched({ ...OK, entries: 0 }), true, 'empty', 'no file matched a parser'],
    ['failed', watched({ status: 'FAILURE', errors: ['KeyError: x'] }), true, 'failed', 'KeyError: x'],
    [
      'failed, then edited',
      watched({ ...OK, process: 'edit_metadata' }, { failure: FAILURE, inspection: seen }),
      false,
      'failed',
      'KeyError: x',
    ],
    ['failed, and processed again', watched({ status: 'PENDING' }, { failure: FAILURE }), false, 'end'],
    [
      'failed, and being edited',
      watched({ status: 'PENDING', process: 'edit_metadata' }, { failure: FAILURE }),
      false,
      'end',
    ],
    [
      'could not be published',
      watched({ status: 'FAILURE', process: 'publish_upload', errors: ['E'] }),
      true,
      'failed',
      'could not be published: E',
    ],
    [
      'a single file is processed in one that is SUCCESS',
      watched({ ...OK, message: 'Matching' }, { inspection: seen }),
      false,
      'end',
    ],
    [
      'stopped',
      watched({ status: 'READY', message: 'Processing stopped' }),
      false,
      'stopped',
      'an author stopped the processing',
    ],
    ['files added without processing them', watched({ ...OK, status: 'READY' }), true, 'begin'],
    ['that had failed before', watched({ status: 'READY' }, { failure: FAILURE }), true, 'begin'],
    ['READY for the whole run (1.4.2)', watched({ status: 'READY', message: 'Parsing level 0' }), false, 'end'],
    [
      'reset',
      watched({ status: 'READY', process: null, message: 'Matching' }),
      false,
      'reset',
      'an administrator reset it: nothing is processed',
    ],
    [
      'reset to SUCCESS',
      watched({ ...OK, process: null, message: 'Matching' }),
      false,
      'reset',
      'an administrator reset it: nothing is processed',
    ],
    [
      'reset to FAILURE',
      watched({ status: 'FAILURE', process: null, message: 'Matching' }),
      false,
      'reset',
      'an administrator reset it: nothing is processed',
    ],
    [
      'from an example: without a process (1.4, 2.0)',
      watched({ ...OK, process: null }, { inspection: seen }),
      true,
      'good',
    ],
    [
      'reset before a worker took it',
      watched({ status: 'READY', process: null }),
      true,
      'reset',
      'an administrator reset it: nothing is processed',
    ],
  ];

for (const [what, tracked, wasProcessing, end, reason = null] of ROWS) {
  test(`wait: ${what}`, () => {
    const got = outcomeOf(tracked, wasProcessing);
    assert.deepEqual(got.ended ? [got.result, got.reason] : [got.waitsFor, null], [end, reason]);
  });
}

test('one that is gone', () => {
  const ends: readonly Outcome[] = [goneOutcome('deleted'), goneOutcome('unshared')];
  assert.deepEqual(ends, [
    { ended: true, result: 'deleted', reason: 'it was deleted' },
    { ended: true, result: 'unshared', reason: 'it is no longer shared with you' },
  ]);
});

test('a poll counts that began after the question, or is surely later', () => {
  const rows = [
    [{ sequence: 7, polledAt: T0 - 1 }, false],
    [{ sequence: 8, polledAt: T0 - 1 }, false],
    [{ sequence: 8, polledAt: T0 }, true],
    [{ sequence: 8, polledAt: null }, false],
    [{ sequence: 9, polledAt: T0 - MINUTE }, true],
  ] as const;
  for (const [poll, counts] of rows) assert.equal(isSince(poll, T0, 7), counts, JSON.stringify(poll));
});

test('the upload that was just made: by its name, newest first, no older one', () => {
  const made = (id: string, minutes: number, name = 'batch') => upload({ id, name, createTime: T0 + minutes * MINUTE });
  const all = [
    made('old', -6),
    made('a', -5),
    made('b', 1),
    made('other', 0, 'batch-2'),
    upload({ id: 'n', name: null }),
  ];
  assert.deepEqual(justMade(all, 'batch', T0), ['b', 'a']);
  assert.deepEqual(justMade(all, 'Batch', T0), []);
});

test('NOMAD is asked less often the longer it takes, and the more uploads there are', () => {
  const pauses = [0, 5000, 60_000, 900_000].map((waited) => lookPause(waited, 1));
  assert.deepEqual(pauses, [2000, 2000, 6000, 30_000]);
  assert.equal(lookPause(0, 40), 40_000);
});
