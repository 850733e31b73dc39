// What reminders and tests say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Standing } from '../../../src/domain/notify/delivery-content.ts';
import type { Item } from '../../../src/domain/message/item.ts';
import { messageOf } from '../../../src/domain/message/message.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const standing = (name: string, more: Partial<Standing> = {}): Standing => ({
  upload: { id: name, name, link: `https://n/${name}`, author: 'ada', role: 'main_author' },
  condition: 'failed',
  since: T0 - 26 * HOUR,
  reason: 'KeyError',
  ...more,
});

test('a reminder: what is still so, for how long, and how to hear no more of it', () => {
  const one = messageOf({ kind: 'reminder', asOf: T0, uploads: [standing('a')], more: 0 });
  assert.equal(one.subject, '[NOMAD] Reminder: a failed 1 day 2 h ago');
  assert.match(one.note ?? '', /\nnomad-upload-monitor ack a$/);
  assert.deepEqual(one.items[0]?.lines, [{ text: 'KeyError', link: null }]);
  const two = [standing('a'), standing('b', { condition: 'stuck' })];
  assert.equal(
    messageOf({ kind: 'reminder', asOf: T0, uploads: two, more: 0 }).subject,
    '[NOMAD] Reminder: 2 uploads still need attention: 1 failed, 1 stuck',
  );
  assert.equal(
    messageOf({ kind: 'reminder', asOf: T0, uploads: two, more: 98 }).subject,
    '[NOMAD] Reminder: 100 uploads are still failed or stuck',
  );
});

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const reminders: readonly (readonly [string, readonly Standing[], number, string])[] = [
  ['one that is stuck', [standing('a', { condition: 'stuck' })], 0, 'a has been stuck for 1 day 2 h'],
  ['one of several has no line of its own', [standing('a')], 1, '2 uploads are still failed or stuck'],
  ['nor two of three', ['a', 'b'].map((id) => standing(id)), 1, '3 uploads are still failed or stuck'],
  ['only failed ones', ['a', 'b'].map((id) => standing(id)), 0, '2 uploads still need attention: 2 failed'],
  [
    'only stuck ones',
    ['a', 'b'].map((id) => standing(id, { condition: 'stuck' })),
    0,
    '2 uploads still need attention: 2 stuck',
  ],
];
for (const [what, uploads, more, headline] of reminders) {
  test(`subject of a reminder: ${what}`, () => {
    const message = messageOf({ kind: 'reminder', asOf: T0, uploads, more });
    assert.equal(message.subject, `[NOMAD] Reminder: ${headline}`);
    assert.deepEqual(
      [message.lead, message.more, message.span, message.threadUploadId],
      ['You have already been notified of this, and it still applies.', more, null, null],
    );
  });
}

test('a reminder ends with the command that ends it, for the first five', () => {
  const { note } = messageOf({ kind: 'reminder', asOf: T0, uploads: ids.map((id) => standing(id)), more: 0 });
  assert.equal(note, 'To get no more reminders until something changes:\nnomad-upload-monitor ack a b c d e');
  const hostile = [standing('x\nrm -rf /')];
  assert.equal(messageOf({ kind: 'reminder', asOf: T0, uploads: hostile, more: 0 }).note?.split('\n').length, 2);
});

const itemsTold: readonly (readonly [string, Partial<Standing>, Partial<Item>])[] = [
  ['failed', {}, { headline: 'failed 1 day 2 h ago', tone: 'bad' }],
  ['stuck', { condition: 'stuck' }, { headline: 'stuck for 1 day 2 h', tone: 'bad' }],
  ['without a reason', { reason: null }, { lines: [] }],
  ['with an empty one', { reason: '' }, { lines: [] }],
  ['with a hostile one', { reason: 'a\nb' }, { lines: [{ text: 'a b', link: null }] }],
];
for (const [what, more, expected] of itemsTold) {
  test(`a reminder of one that is ${what}`, () => {
    const [item] = messageOf({ kind: 'reminder', asOf: T0, uploads: [standing('a', more)], more: 0 }).items;
    assert.deepEqual(item, {
      uploadId: 'a',
      title: 'a',
      headline: 'failed 1 day 2 h ago',
      tone: 'bad',
      link: 'https://n/a',
      history: [],
      facts: [],
      lines: [{ text: 'KeyError', link: null }],
      advice: null,
      time: T0 - 26 * HOUR,
      ...expected,
    });
  });
}

for (const role of ['coauthor', 'reviewer', null] as const) {
  test(`a reminder to ${role ?? 'anybody else'} says ${role === null ? 'not ' : ''}whose it is`, () => {
    const upload = { id: 'a', name: 'a', link: '', author: 'Grace Hopper', role };
    const [item] = messageOf({ kind: 'reminder', asOf: T0, uploads: [standing('a', { upload })], more: 0 }).items;
    assert.equal(item?.headline, `failed 1 day 2 h ago${role === null ? '' : ' (by Grace Hopper)'}`);
  });
}

test('a test message says that it is one', () => {
  assert.deepEqual(messageOf({ kind: 'test' }), {
    subject: '[NOMAD] Test: messages of the upload monitor arrive here',
    lead: 'This is a test. Nothing happened to any upload.',
    items: [],
    more: 0,
    groups: [],
    note: null,
    span: null,
    foundAt: null,
    threadUploadId: null,
  });
});
