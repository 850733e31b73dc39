// What is still so: of what reminders are due.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ReminderInput,
  bounded,
  byRecipient,
  dueReminders,
  kindOf,
} from '../../../src/domain/notify/reminders.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, inspected, progressed, snapshot, watched } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const progress = (since: number, stuck: boolean) => progressed({ since, stuck });
const viewOf = (uploads: readonly TrackedUpload[]) => ({
  snapshot: snapshot(uploads),
  names: new Map([['ada', 'Ada Lovelace']]),
  gui: 'https://n/gui',
  userId: 'ada',
});
const due = (uploads: readonly TrackedUpload[], more: Partial<ReminderInput> = {}) =>
  dueReminders({
    ...viewOf(uploads),
    acks: new Map(),
    reminded: new Map(),
    watchedSince: T0,
    remindAfter: DAY,
    now: T0 + DAY,
    ...more,
  });
const ids = (standing: readonly { readonly upload: { readonly id: string } }[]) =>
  standing.map(({ upload }) => upload.id);

const failed = (id: string, changedAt: number | null = T0) => watched({ id, status: 'FAILURE' }, { changedAt });
const stuck = (id: string, changedAt = T0, since = T0 - HOUR) =>
  watched({ id, status: 'RUNNING' }, { changedAt, progress: progress(since, true) });

const rows: readonly (readonly [string, readonly TrackedUpload[], Partial<ReminderInput>, readonly string[]])[] = [
  ['what failed so long ago', [failed('f')], {}, ['f']],
  ['what is stuck so long', [stuck('s')], {}, ['s']],
  ['nothing earlier', [failed('f', T0 + 1)], {}, []],
  ['nothing that only is at work', [watched({ status: 'RUNNING' }, { changedAt: T0 })], {}, []],
  ['nothing of which entries failed', [watched({}, { changedAt: T0, inspection: inspected({ failed: 2 }) })], {}, []],
  ['nothing that is empty', [watched({ entries: 0 }, { changedAt: T0 })], {}, []],
  ['nothing that is well', [watched({}, { changedAt: T0 })], {}, []],
  ['what failed before the first poll, as late as if it were told with its summary', [failed('f', null)], {}, ['f']],
  ['that, not earlier', [failed('f', null)], { watchedSince: T0 + 1 }, []],
  ['nothing that failed before and was acknowledged', [failed('f', null)], { acks: new Map([['f', T0]]) }, []],
  [
    'what failed and was edited since',
    [
      watched(
        { process: 'edit_upload_metadata' },
        { changedAt: T0, failure: { process: null, reason: 'E', since: T0 } },
      ),
    ],
    {},
    ['u1'],
  ],
  [
    'all the same when a clock since set back wrote down when it was last reminded of',
    [failed('f')],
    { reminded: new Map([['f', T0 + 3 * DAY]]) },
    ['f'],
  ],
  [
    'nothing that was reminded of as late as a clock can say',
    [failed('f')],
    { reminded: new Map([['f', T0 + 2 * DAY]]) },
    [],
  ],
  [
    'what failed by a clock since set back, but not what was acknowledged since',
    [failed('f', T0 + 5 * DAY), failed('g', T0 + 5 * DAY)],
    { acks: new Map([['g', T0 + 6 * DAY]]) },
    ['f'],
  ],
  ['what is half due comes with what is due', [failed('f'), failed('g', T0 + DAY / 2)], {}, ['f', 'g']],
  ['what is less than half due does not', [failed('f'), failed('g', T0 + DAY / 2 + 1)], {}, ['f']],
  ['what is half due alone waits', [failed('g', T0 + DAY / 2)], {}, []],
  ['once reminded, it waits as long again', [failed('f')], { reminded: new Map([['f', T0 + 1]]) }, []],
  ['and is due again then', [failed('f')], { reminded: new Map([['f', T0 + 1]]), now: T0 + 1 + DAY }, ['f']],
  ['nothing of what somebody said they know', [failed('f'), failed('g')], { acks: new Map([['f', T0]]) }, ['g']],
  ['but what happened to it after that', [failed('f')], { acks: new Map([['f', T0 - 1]]) }, ['f']],
  ['failed before stuck, the newest first', [stuck('s'), stuck('t', T0, T0), failed('f')], {}, ['f', 't', 's']],
  ['by id where all else is equal', [failed('b'), failed('c'), failed('a')], {}, ['a', 'b', 'c']],
];
for (const [what, uploads, more, expected] of rows) {
  test(`reminded of: ${what}`, () => {
    assert.deepEqual(ids(due(uploads, more)), expected);
  });
}

test('a failure is told with its last error, since it failed; what is stuck, with its message, since it last moved', () => {
  const uploads = [
    watched(
      { status: 'FAILURE', errors: ['a', 'c', 'b'], message: 'm', completeTime: T0 - 5 },
      { changedAt: T0, statusSince: T0 },
    ),
    watched(
      {
        id: 'u2',
        status: 'RUNNING',
        errors: ['a'],
        message: 'Parsing',
        name: null,
        mainAuthor: 'x',
        coauthors: ['ada'],
      },
      { changedAt: T0, progress: progress(T0 - HOUR, true) },
    ),
    watched(
      { id: 'u3', status: 'FAILURE', message: 'Process failed: m', completeTime: T0 - 6 },
      { changedAt: T0, statusSince: T0 },
    ),
  ];
  const [first, second, third] = due(uploads);
  assert.deepEqual(first, {
    upload: {
      id: 'u1',
      name: 'batch-42',
      link: 'https://n/gui/user/uploads/upload/id/u1',
      author: 'Ada Lovelace',
      role: 'main_author',
    },
    condition: 'failed',
    since: T0 - 5,
    reason: 'b',
  });
  assert.equal(second?.reason, 'm');
  assert.deepEqual(third, {
    upload: { id: 'u2', name: null, link: 'https://n/gui/user/uploads/upload/id/u2', author: 'x', role: 'coauthor' },
    condition: 'stuck',
    since: T0 - HOUR,
    reason: 'Parsing',
  });
});

test('who is reminded is who is told of the failure, or of its being stuck', () => {
  const kinds = due([failed('f'), stuck('s')]).map(kindOf);
  assert.deepEqual(kinds, ['upload.failed', 'upload.stuck']);
});

test('each recipient is reminded of all that is due to them in one message; a webhook of nothing', () => {
  const [first, second] = due([failed('a'), failed('b')]);
  assert.ok(first !== undefined && second !== undefined);
  const mailTo = (recipient: string) => ({ channel: 'mail', recipient }) as const;
  const lanes = byRecipient([first, second], ({ upload }) => [
    mailTo('ada@x.org'),
    { channel: 'webhook', recipient: 'webhook' },
    ...(upload.id === second.upload.id ? [mailTo('bob@x.org')] : []),
  ]);
  assert.deepEqual(lanes, [
    { target: mailTo('ada@x.org'), uploads: [first, second] },
    { target: mailTo('bob@x.org'), uploads: [second] },
  ]);
});

test('a message has room for 50 uploads; the rest is counted', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => failed(`u${String(index).padStart(2)}`));
  const reminder = bounded(due(many(53)));
  assert.deepEqual([reminder.uploads.length, reminder.more, reminder.uploads.at(-1)?.upload.id], [50, 3, 'u49']);
  assert.equal(bounded(due(many(50))).more, 0);
});
