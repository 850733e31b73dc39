// What two sights of an upload tell of its runs: each row of the table in docs/events.md, in the words of NOMAD 1.3 and of 1.4 and later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOCK_MARGIN, type Passed, passedBefore, passedBetween, runReason } from '../../src/domain/run.ts';
import type { Upload } from '../../src/domain/upload.ts';
import { MINUTE, T0, snapshot, upload, watched } from '../support/builders.ts';

const T1 = T0 + 30_000;
const OLD = T0 - 30 * MINUTE;
const EDIT = 'edit_upload_metadata';
/** `result process mark at`, or what else was seen. */
const inWords = (passed: Passed): string => {
  if (passed.what !== 'end') return passed.what;
  const { result, process, mark, at } = passed.end;
  const time = at === null ? 'no time' : at === T1 ? 'T1' : at === OLD ? 'OLD' : String(at);
  return `${result} ${process ?? 'no process'}, ${mark === null ? 'no name' : mark.replace(String(T1), 'T1')}, ${time}`;
};

type Row = readonly [string, Partial<Upload>, Partial<Upload>, string];
const GOOD = 'succeeded process_upload, run T1, T1';
const BAD = 'failed process_upload, run T1, T1';
/** Without a time of its own. */
const TIMELESS = 'succeeded process_upload, no name, no time';

const ends: readonly Row[] = [
  ['nothing changed', {}, {}, 'nothing'],
  ['queued before', { status: 'PENDING' }, { completeTime: T1 }, GOOD],
  ['at work before', { status: 'RUNNING' }, { completeTime: T1 }, GOOD],
  ['waiting before', { status: 'WAITING_FOR_RESULT' }, { completeTime: T1 }, GOOD],
  ['failed, at work before', { status: 'RUNNING' }, { status: 'FAILURE', completeTime: T1 }, BAD],
  [
    'no time, at work before (1.4)',
    { status: 'PENDING', message: 'Cleanup', completeTime: null },
    { completeTime: null },
    TIMELESS,
  ],
  ['an old time, at work before (1.4)', { status: 'PENDING', message: 'Cleanup' }, {}, TIMELESS],
  ['another status', { status: 'FAILURE' }, { completeTime: T1 }, GOOD],
  ['another status, and no time of its own (1.4)', { status: 'FAILURE' }, {}, TIMELESS],
  ['never processed before', { status: 'READY', process: null, completeTime: null }, { completeTime: T1 }, GOOD],
  ['another process', {}, { process: EDIT }, `succeeded ${EDIT}, no name, no time`],
  ['another process, with its time', {}, { process: EDIT, completeTime: T1 }, `succeeded ${EDIT}, run T1, T1`],
  ['another number of entries', {}, { entries: 4 }, TIMELESS],
  ['other errors or warnings, and another time', {}, { warnings: ['w'], completeTime: T1 }, GOOD],
  ['other warnings alone', {}, { warnings: ['w'] }, 'nothing'],
  ['failed again', { status: 'FAILURE' }, { status: 'FAILURE', completeTime: T1 }, BAD],
  ['failed as before', { status: 'FAILURE' }, { status: 'FAILURE' }, 'nothing'],
  ['only the time moved', {}, { completeTime: T1 }, 'moved'],
  ['only the time moved, of an edit', { process: EDIT }, { process: EDIT, completeTime: T1 }, 'moved'],
  ['only the time moved, without entries', { entries: 0 }, { entries: 0, completeTime: T1 }, 'moved'],
  ['the time is gone', {}, { completeTime: null }, 'nothing'],
  ['only the name changed', {}, { name: 'x' }, 'nothing'],
];

const queued: readonly Row[] = [
  [
    '1.3: queued after a good run',
    { status: 'RUNNING' },
    { status: 'PENDING', message: 'Pending: process_upload', completeTime: T1 },
    'nothing',
  ],
  [
    '1.3: queued after a failure',
    { status: 'RUNNING' },
    { status: 'PENDING', message: 'Pending: process_upload', completeTime: T1, errors: ['E'] },
    BAD,
  ],
  [
    '1.3: queued, with errors seen before',
    { status: 'FAILURE', errors: ['E'] },
    { status: 'PENDING', errors: ['E'] },
    'nothing',
  ],
  [
    '1.4: queued after a failure',
    { status: 'PENDING', message: 'Cleanup' },
    { status: 'PENDING', message: 'Process failed: E', completeTime: T1 },
    BAD,
  ],
  [
    '1.4: queued, with the message of a good end: whose it was is not known',
    { status: 'PENDING', message: 'Cleanup' },
    { status: 'PENDING', message: 'Process completed successfully' },
    'nothing',
  ],
  [
    '1.4: queued, with the message of a failure seen before',
    { status: 'FAILURE', message: 'Process failed: E' },
    { status: 'PENDING', message: 'Process failed: E' },
    'nothing',
  ],
  ['at work', { status: 'PENDING' }, { status: 'RUNNING', message: 'Matching' }, 'nothing'],
  ['at work again', { status: 'RUNNING' }, { status: 'RUNNING', completeTime: T1 }, 'nothing'],
];

const FAILING = {
  status: 'RUNNING',
  message: 'Process process_upload failed: E',
  errors: ['E'],
  completeTime: T1,
} as const;
const SUCCEEDING = { status: 'RUNNING', message: 'Process process_upload completed', completeTime: T1 } as const;
const twoSteps: readonly Row[] = [
  ['the first step of a failure', { status: 'RUNNING', message: 'Cleanup' }, FAILING, 'nothing'],
  ['the first step, once more', FAILING, FAILING, 'nothing'],
  ['the second step of a failure', FAILING, { ...FAILING, status: 'FAILURE' }, BAD],
  ['the second step of a good end', SUCCEEDING, { ...SUCCEEDING, status: 'SUCCESS' }, GOOD],
  [
    'the next run is queued after the first step of a failure',
    FAILING,
    { status: 'PENDING', message: 'Pending: process_upload', completeTime: T1 },
    BAD,
  ],
  [
    'the next run is at work after the first step of a failure',
    FAILING,
    { status: 'RUNNING', message: 'Matching', completeTime: T1 },
    BAD,
  ],
  [
    'the next run is at work after the first step of a good end',
    SUCCEEDING,
    { status: 'RUNNING', message: 'Matching', completeTime: T1 },
    GOOD,
  ],
];

const interrupted: readonly Row[] = [
  [
    'stopped',
    { status: 'PENDING', message: 'Matching' },
    { status: 'READY', message: 'Processing stopped' },
    'stopped',
  ],
  [
    'stopped as before',
    { status: 'READY', message: 'Processing stopped' },
    { status: 'READY', message: 'Processing stopped' },
    'nothing',
  ],
  ['reset while queued', { status: 'PENDING' }, { status: 'READY', process: null }, 'reset'],
  [
    'reset while at work',
    { status: 'RUNNING', message: 'Matching' },
    { status: 'READY', process: null, message: 'Matching' },
    'reset',
  ],
  ['reset to SUCCESS', { status: 'RUNNING', message: 'Matching' }, { process: null, message: 'Matching' }, 'reset'],
  ['reset after a failure', { status: 'FAILURE' }, { status: 'READY', process: null }, 'reset'],
  [
    'reset right after a failure that was not seen',
    { status: 'RUNNING' },
    { status: 'READY', process: null, message: 'Process failed: E', completeTime: T1 },
    'reset',
  ],
  ['reset as before', { status: 'READY', process: null }, { status: 'READY', process: null }, 'nothing'],
  ['reset while it was well', {}, { status: 'READY', process: null }, 'nothing'],
  ['READY with a process (trigger_processing=false)', {}, { status: 'READY', process: EDIT }, 'nothing'],
  ['a status that nobody knows', { status: 'RUNNING' }, { status: 'other' }, 'nothing'],
  [
    'made from an example, which has no process (2.0.0): its end',
    { status: 'PENDING', process: null, message: 'Cleanup' },
    { process: null, message: 'Process completed successfully', completeTime: T1 },
    'succeeded no process, run T1, T1',
  ],
];

for (const [what, before, after, expected] of [...ends, ...queued, ...twoSteps, ...interrupted]) {
  test(`two sights: ${what}: ${expected}`, () => {
    assert.equal(inWords(passedBetween(watched(before), upload(after))), expected);
  });
}

const LONG_AGO: Partial<Upload> = { createTime: T0 - 60 * MINUTE };
const news: readonly (readonly [string, Partial<Upload>, string])[] = [
  ['ended just now', { ...LONG_AGO, completeTime: T1 }, GOOD],
  [
    'ended within the margin of clocks',
    { ...LONG_AGO, completeTime: T0 - CLOCK_MARGIN + 1 },
    `succeeded process_upload, run ${T0 - CLOCK_MARGIN + 1}, ${T0 - CLOCK_MARGIN + 1}`,
  ],
  ['ended before that', { ...LONG_AGO, completeTime: T0 - CLOCK_MARGIN }, 'nothing'],
  ['made and ended without a time (1.4)', { createTime: T0, completeTime: null }, TIMELESS],
  ['failed long ago', { ...LONG_AGO, status: 'FAILURE' }, 'nothing'],
  [
    'failed just now and is queued again (1.3)',
    { ...LONG_AGO, status: 'PENDING', errors: ['E'], completeTime: T1 },
    BAD,
  ],
  ['is queued', { ...LONG_AGO, status: 'PENDING', completeTime: T1 }, 'nothing'],
  ['made and stopped', { createTime: T0, status: 'READY', message: 'Processing stopped' }, 'stopped'],
  ['stopped, who knows when', { ...LONG_AGO, status: 'READY', message: 'Processing stopped' }, 'nothing'],
  ['never processed', { createTime: T0, status: 'READY', process: null, completeTime: null }, 'nothing'],
];
for (const [what, seen, expected] of news) {
  test(`of an upload that was not listed before, and ${what}: ${expected}`, () => {
    assert.equal(inWords(passedBefore(upload(seen), snapshot([]))), expected);
  });
}

const reasons: readonly (readonly [readonly string[], string | null, string | null])[] = [
  [['first', 'last'], 'Process failed: m', 'last'],
  [[], 'Process failed: KeyError: x', 'KeyError: x'],
  [[], 'Process _process_upload failed: two\nlines', 'two\nlines'],
  [[], 'Process failed', null],
  [[], 'Cleanup', null],
  [[], null, null],
];
for (const [errors, message, reason] of reasons) {
  test(`errors ${JSON.stringify(errors)} and ${JSON.stringify(message)}: ${JSON.stringify(reason)}`, () => {
    assert.equal(runReason({ errors, message }), reason);
  });
}

test('the end of a run says why it failed; one that ended well needs no reason', () => {
  const between = (after: Partial<Upload>) => passedBetween(watched({ status: 'RUNNING' }), upload(after));
  const failed = between({ status: 'FAILURE', errors: ['E'] });
  const good = between({ errors: ['old'] });
  assert.deepEqual([failed.what === 'end' && failed.end.reason, good.what === 'end' && good.end.reason], ['E', null]);
});
