// Who reads a delivery, as of the try: by the rules in force and the last poll of this process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import type { RecipientWishes } from '../../src/domain/notify/routing.ts';
import { createLastPoll } from '../../src/jobs/last-poll.ts';
import type { PollOutcome } from '../../src/jobs/poll-outcome.ts';
import { type ReadersOptions, createReaders } from '../../src/jobs/readers.ts';
import type { RoutingOptions } from '../../src/jobs/recipients.ts';
import type { Snapshot } from '../../src/domain/upload.ts';
import { T0, event, snapshot, watched } from '../support/builders.ts';
import { routing } from '../support/routing.ts';

const polled = (more: Partial<PollOutcome> = {}): PollOutcome => ({
  ...{ kind: 'poll', result: 'ok', startedAt: T0, milliseconds: 1, health: HEALTHY },
  ...{ names: new Map(), events: [], durations: [], malformed: [], snapshot: null, watching: null },
  ...more,
});
const good = (seen: Snapshot) =>
  polled({
    snapshot: seen,
    watching: { account: 1, identity: { userId: 'ada', email: 'ada@lab.example' }, watchedSince: T0 },
  });
const claim = {
  account: 1,
  channel: 'mail',
  recipient: 'ada@lab.example',
  content: { kind: 'events', events: [event()] },
} as const;

function setUp(more: Partial<ReadersOptions> = {}, routes: Partial<RoutingOptions> = {}) {
  const lastPoll = createLastPoll();
  const rules = { recipients: [] as readonly RecipientWishes[] };
  const readerOf = createReaders({
    rules: () => rules,
    routing: routing({ mail: { to: null }, chat: true, ...routes }),
    lastPoll: lastPoll.get,
    username: 'ada',
    timeZone: 'UTC',
    page: () => null,
    nomad: 'https://g/api/v1',
    gui: 'https://g',
    ...more,
  });
  return { lastPoll, rules, readerOf };
}

test('times are in the zone that the rules in force give this recipient, and otherwise in that of TZ', () => {
  const { rules, readerOf } = setUp();
  assert.equal(readerOf(claim).timeZone, 'UTC');
  rules.recipients = [{ mail: 'ADA@lab.example', timeZone: 'Europe/Berlin' }];
  assert.equal(readerOf(claim).timeZone, 'Europe/Berlin');
  assert.equal(readerOf({ ...claim, recipient: 'Ada <ada@lab.example>' }).timeZone, 'Europe/Berlin');
  assert.equal(readerOf({ ...claim, recipient: 'grace@lab.example' }).timeZone, 'UTC');
});

test('before the first good poll, and on an instance that does not poll, it says what is configured', () => {
  const { lastPoll, readerOf } = setUp();
  const { why, alsoBroken } = readerOf(claim);
  assert.match(why[0] ?? '', /the NOMAD uploads of ada and/);
  assert.equal(alsoBroken, null);
  lastPoll.note(good(snapshot([])));
  assert.match(readerOf(claim).why[0] ?? '', /your NOMAD uploads/);
});

test('what else is broken is what the last poll saw at each try, with a link to our page, or to NOMAD', () => {
  const page = 'https://m/nomad';
  const { lastPoll, readerOf } = setUp();
  const other = watched({ id: 'u2', status: 'FAILURE' });
  lastPoll.note(good(snapshot([watched({ status: 'FAILURE' })])));
  assert.equal(readerOf(claim).alsoBroken, null);
  lastPoll.note(good(snapshot([watched({ status: 'FAILURE' }), other])));
  assert.deepEqual(readerOf(claim).alsoBroken, { text: 'Also broken now: 1 failed.', link: 'https://g/user/uploads' });
  assert.deepEqual(
    readerOf({ ...claim, channel: 'chat', recipient: 'chat' }).alsoBroken?.text,
    'Also broken now: 1 failed.',
  );
  const paged = setUp({ page: () => page });
  paged.lastPoll.note(good(snapshot([other])));
  assert.equal(paged.readerOf(claim).alsoBroken?.link, 'https://m/nomad/');
  assert.equal(paged.readerOf(claim).page, page);
});

test('while NOMAD does not answer nothing is said of what is broken now', () => {
  const { lastPoll, readerOf } = setUp();
  lastPoll.note(good(snapshot([watched({ id: 'u2', status: 'FAILURE' })])));
  assert.notEqual(readerOf(claim).alsoBroken, null);
  lastPoll.note(polled({ result: 'unreachable' }));
  assert.equal(readerOf(claim).alsoBroken, null);
  assert.match(readerOf(claim).why[0] ?? '', /your NOMAD uploads/);
});

test('a message that was left from another account says nothing of the one that is polled now', () => {
  const { lastPoll, readerOf } = setUp();
  lastPoll.note(good(snapshot([watched({ id: 'u2', status: 'FAILURE' })])));
  const { why, alsoBroken } = readerOf({ ...claim, account: 2 });
  assert.equal(alsoBroken, null);
  assert.match(why[0] ?? '', /the NOMAD uploads of ada and/);
});

test('counted is only what would be sent to this recipient', () => {
  const route = { webhook: false, chat: false, continue: true, line: 1 } as const;
  const match = { kind: null, uploadName: null, role: null };
  const rules = () => ({
    routes: [
      { ...route, mail: ['grace@lab.example'], match: { ...match, author: ['grace'] } },
      { ...route, mail: ['ada@lab.example'], match: { ...match, author: ['ada'] } },
    ],
    quiet: [],
    summaries: [],
    recipients: [],
  });
  const { lastPoll, readerOf } = setUp({}, { rules });
  const failed = (id: string, mainAuthor: string) => watched({ id, mainAuthor, status: 'FAILURE' });
  lastPoll.note(good(snapshot([failed('a', 'grace'), failed('b', 'grace'), failed('c', 'ada')])));
  assert.equal(readerOf(claim).alsoBroken?.text, 'Also broken now: 1 failed.');
  assert.equal(readerOf({ ...claim, recipient: 'grace@lab.example' }).alsoBroken?.text, 'Also broken now: 2 failed.');
  assert.equal(readerOf({ ...claim, recipient: 'else@lab.example' }).alsoBroken, null);
});
