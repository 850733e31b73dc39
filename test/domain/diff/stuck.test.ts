import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, movedAt, wantsEntries } from '../../../src/domain/diff/stuck.ts';
import type { Entries, Progress, Upload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, entries, progressed, upload } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const AFTER = 2 * HOUR;

/** One look, in minutes after the first: what is different; and where its entries were asked about, how many are done, what they do, and when the last was done. */
interface Look {
  readonly at: number;
  readonly as?: Partial<Upload>;
  readonly done?: number;
  readonly doing?: readonly string[];
  readonly end?: number;
  readonly expect?: 'stuck' | 'unstuck';
}

const RUNNING: Partial<Upload> = { status: 'RUNNING', message: 'Matching', entries: 0 };
const WAITING: Partial<Upload> = {
  status: 'WAITING_FOR_RESULT',
  message: 'Waiting for results (level 0)',
  entries: 100,
};

/** From NOMAD 1.4 on it is that from the order to the end. */
const PENDING: Partial<Upload> = { status: 'PENDING', message: 'Parsing level 0', entries: 100 };

const table: readonly { readonly what: string; readonly looks: readonly Look[] }[] = [
  {
    what: 'the same step for STUCK_AFTER is stuck, once; the next step is movement',
    looks: [
      { at: 0, as: RUNNING },
      { at: 119, as: RUNNING },
      { at: 120, as: RUNNING, expect: 'stuck' },
      { at: 500, as: RUNNING },
      { at: 501, as: { ...RUNNING, message: 'Cleanup' }, expect: 'unstuck' },
      { at: 620, as: { ...RUNNING, message: 'Cleanup' } },
      { at: 621, as: { ...RUNNING, message: 'Cleanup' }, expect: 'stuck' },
    ],
  },
  {
    what: 'a queue that does not move is stuck; its end is movement, however it ends',
    looks: [
      { at: 0, as: { status: 'PENDING', entries: 0 } },
      { at: 130, as: { status: 'PENDING', entries: 0 }, expect: 'stuck' },
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
    what: 'an upload with entries says nothing of itself, whatever its status, until its entries are known',
    looks: [
      { at: 0, as: PENDING },
      { at: 400, as: PENDING },
      { at: 401, as: PENDING, done: 3, end: -60, expect: 'stuck' },
    ],
  },
  {
    what: 'of entries that tell when they were done the first look says that none was since',
    looks: [
      { at: 0, as: WAITING },
      { at: 119, as: WAITING, done: 3, end: -60 },
      { at: 120, as: WAITING, done: 3, end: -60, expect: 'stuck' },
    ],
  },
  {
    what: 'or when the last one was',
    looks: [
      { at: 0, as: WAITING },
      { at: 119, as: WAITING, done: 3, end: 60 },
      { at: 179, as: WAITING, done: 3, end: 60 },
      { at: 180, as: WAITING, done: 3, end: 60, expect: 'stuck' },
    ],
  },
  {
    what: 'entries parsed a second time move, though their counts stand still',
    looks: [
      { at: 0, as: WAITING, done: 100, end: 0 },
      { at: 100, as: WAITING, done: 100, end: 90 },
      { at: 219, as: WAITING, done: 100, end: 90 },
      { at: 220, as: WAITING, done: 100, end: 90, expect: 'stuck' },
      { at: 221, as: WAITING, done: 100, end: 221, expect: 'unstuck' },
    ],
  },
  {
    what: 'so do entries that are at another step',
    looks: [
      { at: 0, as: WAITING, done: 0, doing: ['Parsing', 'Parsing', 'Process completed'] },
      { at: 100, as: WAITING, done: 0, doing: ['Parsing', 'Normalizing', 'Process completed'] },
      { at: 219, as: WAITING, done: 0, doing: ['Normalizing', 'Parsing', 'Process completed'] },
      { at: 220, as: WAITING, done: 0, doing: ['Process completed', 'Parsing', 'Normalizing'], expect: 'stuck' },
    ],
  },
  {
    what: 'entries that grow in number are movement',
    looks: [
      { at: 0, as: RUNNING },
      { at: 100, as: { ...RUNNING, entries: 5 }, done: 0 },
      { at: 219, as: { ...RUNNING, entries: 5 }, done: 0 },
      { at: 220, as: { ...RUNNING, entries: 5 }, done: 0, expect: 'stuck' },
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
    let progress = null as Progress | null;
    for (const look of looks) {
      const was = progress?.stuck === true;
      progress = advance(
        progress,
        upload({ completeTime: null, ...look.as }),
        entriesAt(look),
        T0 + look.at * MINUTE,
        AFTER,
      );
      const is = progress?.stuck === true;
      const change = is === was ? null : is ? 'stuck' : 'unstuck';
      assert.equal(change, look.expect ?? null, `at ${look.at}`);
    }
  });
}

test('that it was told as stuck is kept while it is stuck, and no longer', () => {
  const running = upload({ completeTime: null, ...RUNNING });
  const first = advance(null, running, null, T0, AFTER);
  assert.equal(first?.told, false);
  const told = { ...progressed({ ...first, stuck: true }), told: true };
  assert.equal(advance(told, running, null, T0 + MINUTE, AFTER)?.told, true);
  assert.equal(advance(told, { ...running, message: 'Cleanup' }, null, T0 + MINUTE, AFTER)?.told, false);
});

test('it last moved when its step changed, or its entries did', () => {
  assert.equal(movedAt(progressed()), T0);
  assert.equal(movedAt(progressed({ counts: { text: '', since: T0 + 5, askedAt: T0 + 9 } })), T0 + 5);
  assert.equal(movedAt(progressed({ counts: { text: '', since: T0 - 5, askedAt: T0 + 9 } })), T0);
});

const waiting = upload({ completeTime: null, ...WAITING });
const unknown = advance(null, waiting, null, T0, AFTER);
const known = advance(null, waiting, entriesAt({ at: 0, done: 1 }), T0, AFTER);
const still = advance(known, waiting, entriesAt({ at: 119, done: 1 }), T0 + 119 * MINUTE, AFTER);
const stuck = advance(known, waiting, entriesAt({ at: 120, done: 1 }), T0 + 120 * MINUTE, AFTER);
/** What is known, minutes after the first look, how old that may be, and whether its entries are to be asked about. */
const wanted: readonly (readonly [string, Progress | null, Upload, number, number, boolean])[] = [
  ['not at first sight', null, waiting, 0, 30, false],
  ['a minute after it, where nothing is known of them', unknown, waiting, 1, 30, true],
  ['not before', unknown, waiting, 0.9, 30, false],
  ['four times in STUCK_AFTER', known, waiting, 30, 30, true],
  ['not more often', known, waiting, 29, 30, false],
  ['more often while others wait for a worker', known, waiting, 5, 5, true],
  ['before it is called stuck', still, waiting, 120, 30, true],
  ['not so while it is stuck', stuck, waiting, 121, 30, false],
  ['but four times in STUCK_AFTER then, too', stuck, waiting, 150, 30, true],
  ['not when it has just moved', known, { ...waiting, message: 'Cleanup' }, 60, 30, false],
  ['not where there are none', known, { ...waiting, entries: 0 }, 60, 30, false],
  ['not of what is idle', known, { ...waiting, status: 'SUCCESS' }, 60, 30, false],
  ['as soon as a server clock was set back by as much', known, waiting, -30, 30, true],
];
for (const [what, progress, of, minutes, within, expected] of wanted) {
  test(`entries are asked about ${what}`, () => {
    assert.equal(wantsEntries(progress, of, T0 + minutes * MINUTE, AFTER, within * MINUTE), expected);
  });
}

/** What NOMAD answered at that look; null: it was not asked. */
function entriesAt({ done, doing = [], end }: Look): Entries | null {
  if (done === undefined) return null;
  const newestEnd = end === undefined ? null : T0 + end * MINUTE;
  return entries({
    total: 100,
    successful: done,
    messages: doing,
    newestEnd,
    status: 'WAITING_FOR_RESULT',
    completeTime: null,
  });
}
