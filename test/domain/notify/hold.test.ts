// What is put into a delivery now, and what is held and why: tables, and a property about order and loss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type HoldContext,
  type OpenDelivery,
  type UndeliveredNotification,
  groupDeliverable,
} from '../../../src/domain/notify/hold.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const waiting = (eventId: string, more: Partial<UndeliveredNotification> = {}): UndeliveredNotification => ({
  account: 1,
  eventId,
  channel: 'mail',
  recipient: 'ada',
  kind: 'upload.failed',
  uploadId: eventId,
  since: T0,
  ...more,
});
const underway = (more: Partial<OpenDelivery> = {}): OpenDelivery => ({
  id: 'd',
  channel: 'mail',
  recipient: 'ada',
  tries: 0,
  firstTriedAt: null,
  uploads: ['u'],
  ...more,
});
const situation = (more: Partial<HoldContext> = {}): HoldContext => ({
  underway: [],
  mailed: new Map(),
  mutes: [],
  quietUntil: () => null,
  mailMaxPerHour: 3,
  now: T0,
  ...more,
});
const told = (all: readonly UndeliveredNotification[], more: Partial<HoldContext> = {}) => {
  const { groups, held } = groupDeliverable(all, situation(more));
  return {
    groups: groups.map(({ channel, recipient, eventIds }) => `${channel} ${recipient}: ${eventIds.join(' ')}`),
    held: held.map(({ notification, hold }) => `${notification.eventId} ${hold.reason}`),
    until: held.map(({ hold }) => hold.until),
  };
};

test('what waits for one recipient is one mail, and one chat message; a webhook gets each by itself', () => {
  const all = ['a', 'b'].flatMap((id) => [
    waiting(id),
    waiting(id, { recipient: 'grace' }),
    waiting(id, { channel: 'webhook', recipient: 'webhook' }),
    waiting(id, { channel: 'chat', recipient: 'chat' }),
  ]);
  assert.deepEqual(told(all).groups, [
    'mail ada: a b',
    'mail grace: a b',
    'webhook webhook: a',
    'webhook webhook: b',
    'chat chat: a b',
  ]);
});

test('however much there is, it is one mail, and what is about one upload stays together in it', () => {
  const all = Array.from({ length: 30 }, (_, index) => waiting(`e${index}`, { uploadId: 'u' }));
  assert.deepEqual(told(all), {
    groups: [`mail ada: ${all.map(({ eventId }) => eventId).join(' ')}`],
    held: [],
    until: [],
  });
  const accounts = [waiting('a'), waiting('b', { account: 2 }), waiting('c')];
  assert.deepEqual(told(accounts).groups, ['mail ada: a c', 'mail ada: b']);
});

test('a mute holds all of its account, or one upload, until it ends', () => {
  const all = [waiting('a'), waiting('b'), waiting('c', { account: 2, uploadId: 'a', recipient: 'grace' })];
  const until = T0 + HOUR;
  const rows = [
    [[{ account: 1, uploadId: null, until }], ['a muted', 'b muted']],
    [[{ account: 1, uploadId: 'a', until }], ['a muted']],
    [[{ account: 1, uploadId: 'a', until: T0 }], []],
    [[{ account: 2, uploadId: 'a', until }], ['c muted']],
  ] as const;
  for (const [mutes, held] of rows) assert.deepEqual(told(all, { mutes }).held, held);
  const two = [
    { account: 1, uploadId: 'a', until },
    { account: 1, uploadId: null, until: until + 1 },
  ];
  assert.deepEqual(told([waiting('a')], { mutes: two }).until, [until + 1]);
});

test('quiet hours hold what they cover; what is excepted passes it', () => {
  const quietUntil = (kind: string) => (kind === 'upload.stuck' ? null : T0 + HOUR);
  const all = [waiting('a', { uploadId: 'u' }), waiting('b', { uploadId: 'u', kind: 'upload.stuck' })];
  assert.deepEqual(told(all, { quietUntil }), { groups: ['mail ada: b'], held: ['a quiet'], until: [T0 + HOUR] });
});

test('at most so many mails in any hour: what is over waits until the first of them is an hour old', () => {
  const mails = (...ago: number[]) => ({ mailed: new Map([['ada', ago.map((minutes) => T0 - minutes * MINUTE)]]) });
  assert.deepEqual(told([waiting('a')], mails(1, 2)).groups, ['mail ada: a']);
  assert.deepEqual(told([waiting('a'), waiting('b')], mails(1, 2, 50)), {
    groups: [],
    held: ['a limit', 'b limit'],
    until: [T0 + 10 * MINUTE, T0 + 10 * MINUTE],
  });
  assert.deepEqual(told([waiting('a')], mails(1, 2, 60)).groups, ['mail ada: a']);
  assert.deepEqual(told([waiting('a', { recipient: 'grace' })], mails(1, 2, 3)).groups, ['mail grace: a']);
  assert.deepEqual(told([waiting('a', { channel: 'chat', recipient: 'ada' })], mails(1, 2, 3)).groups, ['chat ada: a']);
  assert.deepEqual(told([waiting('a')], { ...mails(1, 2), underway: [underway()] }).held, ['a limit']);
  const onTheirWay = told([waiting('a')], { underway: [underway(), underway(), underway()] });
  assert.deepEqual([onTheirWay.held, onTheirWay.until], [['a limit'], [null]]);
});

test('nothing overtakes what is about the same upload', () => {
  const all = [waiting('a', { uploadId: 'u' }), waiting('b', { uploadId: 'v' }), waiting('c', { uploadId: 'u' })];
  const slow = underway({ tries: 3, firstTriedAt: T0 - 2 * HOUR });
  assert.deepEqual(told(all, { underway: [slow] }), {
    groups: ['mail ada: b'],
    held: ['a behind', 'c behind'],
    until: [null, null],
  });
  const hooks = all.map((each) => ({ ...each, channel: 'webhook', recipient: 'webhook' }) as const);
  assert.deepEqual(told(hooks).held, ['c behind']);
  const nomad = waiting('r', { kind: 'nomad.reachable', uploadId: null });
  assert.deepEqual(told([nomad], { underway: [{ ...slow, uploads: [null] }] }).held, ['r behind']);
});

test('while a recipient cannot be reached, what is found is kept together for up to an hour', () => {
  const failing = (minutes: number) => underway({ tries: 1, firstTriedAt: T0 - minutes * MINUTE });
  assert.deepEqual(told([waiting('a')], { underway: [failing(59)] }).held, ['a behind']);
  assert.deepEqual(told([waiting('a')], { underway: [failing(60)] }).groups, ['mail ada: a']);
  assert.deepEqual(told([waiting('a', { recipient: 'grace' })], { underway: [failing(1)] }).groups, ['mail grace: a']);
  assert.deepEqual(told([waiting('a')], { underway: [underway()] }).groups, ['mail ada: a']);
});

test('a delivery that the other side does not take holds up no other; twenty of them are taken for an outage', () => {
  const hook = { channel: 'webhook', recipient: 'https://h' } as const;
  const refusing = (count: number) => ({
    underway: Array.from({ length: count }, (_, index) =>
      underway({ ...hook, id: `d${index}`, tries: 1, firstTriedAt: T0, uploads: ['u'] }),
    ),
    refused: new Set(Array.from({ length: count }, (_, index) => `d${index}`)),
  });
  const later = [waiting('a', { ...hook, uploadId: 'u' })];
  assert.equal(told(later, refusing(19)).groups.length, 1);
  assert.deepEqual(told(later, refusing(20)).held, ['a behind']);
  assert.deepEqual(told(later, { ...refusing(1), refused: new Set(['another']) }).held, ['a behind']);
});

test('a webhook has at most 20 underway, and one when it has been failing for long', () => {
  const all = Array.from({ length: 30 }, (_, index) =>
    waiting(`e${index}`, { channel: 'webhook', recipient: 'webhook' }),
  );
  const hook = { channel: 'webhook', recipient: 'webhook' } as const;
  const long = underway({ ...hook, tries: 9, firstTriedAt: T0 - 2 * HOUR });
  assert.equal(told(all).groups.length, 20);
  assert.equal(told(all, { underway: [underway(hook), underway(hook)] }).groups.length, 18);
  assert.equal(told(all, { underway: [long] }).groups.length, 1);
  assert.equal(told(all, { underway: [long, underway(hook)] }).groups.length, 0);
  assert.equal(told(all, { underway: [underway({ ...hook, tries: 1, firstTriedAt: T0 })] }).groups.length, 0);
});

test('whatever waits is in one delivery or held with a reason, never both, never lost; one upload keeps its order', () => {
  const id = fc.constantFrom('u', 'v', null);
  const lane = fc.record({
    channel: fc.constantFrom('mail' as const, 'webhook' as const, 'chat' as const),
    recipient: fc.constantFrom('ada', 'grace'),
  });
  const each = fc.tuple(lane, id).map(([where, uploadId]) => ({ ...where, uploadId }));
  const ahead = fc.record({
    tries: fc.nat(2),
    firstTriedAt: fc.option(fc.integer({ min: T0 - 2 * HOUR, max: T0 })),
    uploads: fc.array(id, { minLength: 1, maxLength: 2 }),
  });
  const mute = fc.record({ account: fc.constant(1), uploadId: id, until: fc.integer({ min: T0 - 1, max: T0 + 1 }) });
  fc.assert(
    fc.property(
      fc.array(each, { maxLength: 12 }),
      fc.array(fc.tuple(lane, ahead), { maxLength: 3 }),
      fc.array(mute, { maxLength: 2 }),
      (all, before, mutes) => {
        const notifications = all.map((more, index) => waiting(`e${index}`, more));
        const pending = before.map(([where, rest], index) => ({ id: `d${index}`, ...where, ...rest }));
        const { groups, held } = groupDeliverable(notifications, situation({ underway: pending, mutes }));
        const out = groups.flatMap(({ eventIds }) => eventIds);
        const kept = held.map(({ notification }) => notification.eventId);
        assert.deepEqual([...out, ...kept].toSorted(), notifications.map(({ eventId }) => eventId).toSorted());
        for (const { channel, recipient, eventIds } of groups) {
          assert.equal(channel === 'webhook' ? eventIds.length : 1, 1);
          for (const eventId of eventIds) {
            const own = notifications.find((one) => one.eventId === eventId);
            const earlier = notifications.slice(0, Number(eventId.slice(1)));
            const passed = earlier.filter(
              (one) =>
                one.channel === channel &&
                one.recipient === recipient &&
                one.uploadId === own?.uploadId &&
                kept.includes(one.eventId),
            );
            assert.deepEqual(passed, []);
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const storms: readonly (readonly [
  what: string,
  all: readonly UndeliveredNotification[],
  more: Partial<HoldContext>,
  groups: readonly string[],
  held: readonly string[],
])[] = [
  ['nothing is gathered', [waiting('a', { kind: 'upload.deleted', since: T0 + 1 })], {}, ['mail ada: a'], []],
  [
    'what the first poll found is sent at once, what came after it is kept together',
    [waiting('a', { kind: 'upload.deleted' }), waiting('b', { kind: 'upload.deleted', since: T0 + 1 })],
    { gatheringSince: () => T0 },
    ['mail ada: a'],
    ['b gathering'],
  ],
  [
    'all of it, when it is over',
    [
      waiting('b', { kind: 'upload.deleted', since: T0 + 1 }),
      waiting('c', { kind: 'upload.entries_failed', since: T0 + 2 }),
    ],
    { gatheringSince: () => null },
    ['mail ada: b c'],
    [],
  ],
  [
    'other events do not wait for it, but those of the same upload do',
    [
      waiting('a', { kind: 'upload.entries_failed', since: T0 + 1, uploadId: 'u' }),
      waiting('b', { since: T0 + 2, uploadId: 'u' }),
      waiting('c', { since: T0 + 2, uploadId: 'v' }),
    ],
    { gatheringSince: () => T0 },
    ['mail ada: c'],
    ['a gathering', 'b behind'],
  ],
  [
    'a webhook takes single events anyway',
    [waiting('a', { kind: 'upload.deleted', since: T0 + 1, channel: 'webhook', recipient: 'webhook' })],
    { gatheringSince: () => T0 },
    ['webhook webhook: a'],
    [],
  ],
  [
    'for two hours at most',
    [waiting('a', { kind: 'upload.deleted', since: T0 + 1 })],
    { gatheringSince: () => T0, now: T0 + 1 + 2 * HOUR },
    ['mail ada: a'],
    [],
  ],
];
for (const [what, all, more, groups, held] of storms) {
  test(`while more of the same is found from poll to poll: ${what}`, () => {
    const said = told(all, { now: T0 + 10, ...more });
    assert.deepEqual([said.groups, said.held], [groups, held]);
  });
}
