import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, wantsCounts } from '../../src/domain/progress.ts';
import type { Entries, Progress, Upload } from '../../src/domain/upload.ts';
import { MINUTE, T0, upload } from '../support/builders.ts';

const HOUR = 60 * MINUTE;
const AFTER = 2 * HOUR;

/** One look: minutes after the first, what is different, and how many entries are done where that was asked. */
interface Look {
  readonly at: number;
  readonly as?: Partial<Upload>;
  readonly done?: number;
  readonly expect?: 'stuck' | 'unstuck';
}

const RUNNING: Partial<Upload> = { status: 'RUNNING', message: 'Parsing level 0' };
const WAITING: Partial<Upload> = {
  status: 'WAITING_FOR_RESULT',
  message: 'Waiting for results (level 0)',
  entries: 100,
};

const table: readonly { readonly what: string; readonly looks: readonly Look[] }[] = [
  {
    what: 'the same step for STUCK_AFTER is stuck, once; the next step is movement',
    looks: [
      { at: 0, as: RUNNING },
      { at: 119, as: RUNNING },
      { at: 120, as: RUNNING, expect: 'stuck' },
      { at: 500, as: RUNNING },
      { at: 501, as: { ...RUNNING, message: 'Parsing level 1' }, expect: 'unstuck' },
      { at: 620, as: { ...RUNNING, message: 'Parsing level 1' } },
      { at: 621, as: { ...RUNNING, message: 'Parsing level 1' }, expect: 'stuck' },
    ],
  },
  {
    what: 'a queue that does not move is stuck; its end is movement, however it ends',
    looks: [
      { at: 0, as: { status: 'PENDING' } },
      { at: 130, as: { status: 'PENDING' }, expect: 'stuck' },
      { at: 140, as: { status: 'READY' }, expect: 'unstuck' },
      { at: 300, as: { status: 'READY' } },
    ],
  },
  {
    what: 'time away of ours or of NOMAD does not start the clock anew',
    looks: [
      { at: 0, as: RUNNING },
      { at: 10_000, as: RUNNING, expect: 'stuck' },
    ],
  },
  {
    what: 'a new run in the same words is movement',
    looks: [
      { at: 0, as: RUNNING },
      { at: 180, as: { ...RUNNING, completeTime: T0 + MINUTE } },
    ],
  },
  {
    what: 'while it waits, entries that get done are movement',
    looks: [
      { at: 0, as: WAITING, done: 0 },
      { at: 60, as: WAITING, done: 10 },
      { at: 150, as: WAITING, done: 11 },
      { at: 269, as: WAITING, done: 11 },
      { at: 270, as: WAITING, done: 11, expect: 'stuck' },
      { at: 300, as: WAITING, done: 12, expect: 'unstuck' },
    ],
  },
  {
    what: 'while it waits and its entries are not known, nothing is said',
    looks: [
      { at: 0, as: WAITING, done: 3 },
      { at: 500, as: WAITING },
      { at: 501, as: WAITING, done: 3, expect: 'stuck' },
    ],
  },
  {
    what: 'counts first known late are compared from then on only',
    looks: [
      { at: 0, as: WAITING },
      { at: 200, as: WAITING, done: 3 },
      { at: 319, as: WAITING, done: 3 },
      { at: 320, as: WAITING, done: 3, expect: 'stuck' },
    ],
  },
  {
    what: 'a server clock that is set back does not make it wait longer',
    looks: [
      { at: 0, as: RUNNING },
      { at: -1000, as: RUNNING },
      { at: -880, as: RUNNING, expect: 'stuck' },
    ],
  },
  {
    what: 'nor does it while it waits for its entries',
    looks: [
      { at: 0, as: WAITING, done: 3 },
      { at: -1000, as: WAITING, done: 3 },
      { at: -881, as: WAITING, done: 3 },
      { at: -880, as: WAITING, done: 3, expect: 'stuck' },
    ],
  },
];

for (const { what, looks } of table) {
  test(what, () => {
    let progress: Progress | null = null;
    for (const { at, as, done, expect } of looks) {
      const seen = upload({ completeTime: null, ...as });
      const made = advance(progress, seen, entries(done), T0 + at * MINUTE, AFTER);
      assert.equal(made.change, expect ?? null, `at ${at}`);
      progress = made.progress;
    }
  });
}

test('entries are asked about only while the upload waits, four times in STUCK_AFTER, and before it is called stuck', () => {
  const waiting = upload({ completeTime: null, ...WAITING });
  const known = advance(null, waiting, entries(1), T0, AFTER).progress;
  assert.equal(wantsCounts(known, upload({ ...RUNNING }), T0, AFTER), false);
  assert.equal(wantsCounts(null, waiting, T0, AFTER), true);
  assert.equal(wantsCounts(advance(null, waiting, null, T0, AFTER).progress, waiting, T0, AFTER), true);
  assert.equal(wantsCounts(known, waiting, T0 + 29 * MINUTE, AFTER), false);
  assert.equal(wantsCounts(known, waiting, T0 + 30 * MINUTE, AFTER), true);
  const later = advance(known, waiting, entries(1), T0 + 119 * MINUTE, AFTER).progress;
  assert.equal(wantsCounts(later, waiting, T0 + 120 * MINUTE, AFTER), true);
});

function entries(done: number | undefined): Entries | null {
  if (done === undefined) return null;
  return { total: 100, successful: done, failed: 0, failing: [], status: 'WAITING_FOR_RESULT', completeTime: null };
}
