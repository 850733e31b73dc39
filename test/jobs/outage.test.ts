// What fails on the way to people, and what then arrives: the failure table of the relay, against real servers, by a clock of its own.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMailChannel } from '../../src/channels/mail.ts';
import { createWebhookChannel } from '../../src/channels/webhook.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import type { Event } from '../../src/domain/event.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import type { ChannelName } from '../../src/domain/notify/hold.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, event, reader } from '../support/builders.ts';
import { startHook } from '../support/hook.ts';
import { tempDir } from '../support/temp.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
type To = readonly ['mail' | 'webhook', string];

async function setUp(context: TestContext, mailMaxPerHour = 1000) {
  const inbox = await startInbox();
  const hook = await startHook(context);
  const dir = tempDir(context);
  const held = { store: openSqliteStore(dir) };
  const operator = openSqliteOperator(dir);
  const mail = createMailChannel({
    smtpUrl: inbox.url,
    allowPlaintext: false,
    isLoopback: true,
    from: 'm@lab.example',
    scrub: String,
  });
  const common = { url: hook.url, proxyEnv: {}, scrub: String, timeout: 30_000 };
  const webhook = createWebhookChannel({ ...common, secrets: [] });
  const time = { now: T0 };
  const quiet = { until: null as number | null };
  const build = () =>
    createRelay({
      store: held.store,
      channels: { mail, webhook },
      readerOf: () => reader(),
      quietAt: () => () => quiet.until,
      mailMaxPerHour,
      log: silent,
      clock: () => time.now,
      random: () => 0.5,
    });
  let relay = build();
  /** As a new process would: nothing is known but what is on the disk. */
  const restart = async () => {
    await held.store.close();
    held.store = openSqliteStore(dir);
    relay = build();
  };
  context.after(async () => {
    mail.close();
    await operator.close();
    await held.store.close();
    await inbox.close();
  });
  const { id: account } = await held.store.openAccount('n', 'ada', T0);
  let sequence: number | null = null;
  let found = 0;
  /** That anything was found for: the program has no loop for the others either. */
  const used = new Set<ChannelName>();

  /** Commits events, one for each name of an upload, to these. */
  async function find(uploads: readonly string[], to: readonly To[], now: number): Promise<readonly string[]> {
    const events: Event[] = uploads.map((id) =>
      event({
        id: `e${(found += 1)}`,
        time: now,
        upload: { id, name: id, link: 'https://n/u', author: 'ada', role: null },
      }),
    );
    for (const [channel] of to) used.add(channel);
    const notifications = events.flatMap(({ id }) =>
      to.map(([channel, recipient]) => ({ eventId: id, channel, recipient })),
    );
    const rest = {
      account,
      login: '',
      health: HEALTHY,
      comparedWith: sequence,
      takenAt: now,
      changed: [],
      removed: [],
    };
    await held.store.commitPoll({ ...rest, events, notifications, now });
    sequence = (sequence ?? 0) + 1;
    return events.map(({ id }) => id);
  }
  async function at(now: number): Promise<readonly string[]> {
    time.now = now;
    const outcomes = await Promise.all([...used].map((channel) => relay.runChannel(channel, now)));
    return outcomes.flat().map(({ result }) => result);
  }
  const counts = async () => {
    const all = await held.store.outboxCounts();
    return all.map(
      ({ channel, pending, dead, waiting }) => `${channel} ${pending} pending ${dead} dead ${waiting} waiting`,
    );
  };
  return { inbox, hook, operator, held, account, find, at, counts, quiet, restart };
}

/** The hours after an outage: as often as the program looks while something can wait, then each minute, to see that nothing is told again. */
async function afterIt(at: (now: number) => Promise<unknown>, end: number): Promise<void> {
  for (let second = 0; second < 20 * 60; second += 5) await at(end + second * 1000);
  for (let minute = 20; minute < 120; minute += 1) await at(end + minute * MINUTE);
}

/** Ids of the events of a webhook's requests, in the order in which they came. */
const idsOf = (received: readonly { readonly body: string }[]) =>
  received.map(({ body }) => (JSON.parse(body) as { id: string }).id);
const ADA: To = ['mail', 'ada@lab.example'];
const HOOK: To = ['webhook', 'webhook'];

test('SMTP down for an hour with 500 events: one mail of before, one of all the rest; few tries', async (context) => {
  const { inbox, find, at, counts } = await setUp(context);
  let tries = 0;
  inbox.setHooks({ beforeAccept: async () => ((tries += 1), { code: 421, message: 'closing' }) });
  for (let minute = 0; minute < 60; minute += 1) {
    const uploads = Array.from({ length: minute < 20 ? 9 : 8 }, (_, index) => `m${minute}-${index}`);
    await find(uploads, [ADA], T0 + minute * MINUTE);
    for (let second = 0; second < 60; second += 5) await at(T0 + minute * MINUTE + second * 1000);
  }
  assert.deepEqual(await counts(), ['mail 1 pending 0 dead 491 waiting']);
  assert.ok(tries < 80, `${tries} tries`);
  inbox.setHooks({});
  await afterIt(at, T0 + HOUR);
  assert.deepEqual(
    inbox.mails.map(({ subject }) => subject),
    ['[NOMAD] 9 uploads failed', '[NOMAD] 491 uploads failed'],
  );
  assert.deepEqual(await counts(), []);
});

test('what is found during an outage makes no wait longer: after ten minutes of it, all is told within about ten more', async (context) => {
  const { inbox, find, at } = await setUp(context);
  inbox.setHooks({ beforeAccept: async () => ({ code: 421, message: 'closing' }) });
  for (let second = 0; second < 600; second += 5) {
    if (second % 60 === 0) await find([`m${second}`], [ADA], T0 + second * 1000);
    await at(T0 + second * 1000);
  }
  inbox.setHooks({});
  for (let second = 600; second < 1260; second += 5) await at(T0 + second * 1000);
  assert.deepEqual(
    inbox.mails.map(({ subject }) => subject),
    ['[NOMAD] m0 failed: parser raised system exit', '[NOMAD] 9 uploads failed'],
  );
});

test('a server that is away is not asked for each of what waits: the rest waits for the next run', async (context) => {
  const { hook, find, at } = await setUp(context);
  hook.answer = (_, response) => response.writeHead(503).end();
  const uploads = Array.from({ length: 60 }, (_, index) => `u${index}`);
  const ids = await find(uploads, [HOOK], T0);
  for (let second = 0; second < 60; second += 5) await at(T0 + second * 1000);
  assert.equal(hook.received.length, 12, 'one a run');
  hook.answer = null;
  hook.received.length = 0;
  for (let second = 60; second < 120; second += 5) await at(T0 + second * 1000);
  assert.deepEqual(idsOf(hook.received).toSorted(), ids.toSorted(), 'each once, soon after it is back');
});

test('a webhook that is down for an hour: every event once, each upload in order, no storm', async (context) => {
  const { hook, find, at, counts } = await setUp(context);
  hook.answer = (_, response) => response.writeHead(500).end();
  const ids: string[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    ids.push(...(await find(['a', 'b', 'c'], [HOOK], T0 + minute * MINUTE)));
    for (let second = 0; second < 60; second += 5) await at(T0 + minute * MINUTE + second * 1000);
  }
  assert.ok(hook.received.length < 250, `${hook.received.length} tries`);
  hook.answer = null;
  hook.received.length = 0;
  await afterIt(at, T0 + HOUR);
  const arrived = idsOf(hook.received);
  assert.deepEqual([...arrived].toSorted(), ids.toSorted());
  for (const upload of [0, 1, 2]) {
    const own = arrived.map((id) => Number(id.slice(1)) - 1).filter((index) => index % 3 === upload);
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
    );
  }
  assert.deepEqual(await counts(), []);
});

test('one answer each: 410 is final, 429 waits as long as it asks, the rest goes on', async (context) => {
  const { hook, find, at, counts, operator } = await setUp(context);
  await find(['gone'], [HOOK], T0);
  hook.answer = (_, response) => response.writeHead(410).end();
  assert.deepEqual(await at(T0), ['dead']);
  await find(['busy'], [HOOK], T0);
  hook.answer = (_, response) => response.writeHead(429, { 'retry-after': '600' }).end();
  assert.deepEqual(await at(T0), ['retried']);
  hook.answer = null;
  await find(['later'], [HOOK], T0 + MINUTE);
  assert.deepEqual(await at(T0 + MINUTE), [], 'news does not break the peace that was asked for');
  assert.deepEqual(await at(T0 + 10 * MINUTE), ['delivered', 'delivered']);
  assert.deepEqual(await counts(), ['webhook 0 pending 1 dead 0 waiting']);
  const [dead] = await operator.undelivered(T0);
  assert.match(dead?.reason ?? '', /answered 410 \(gone/);
  // mended: tried again by hand
  assert.deepEqual(await operator.retry([dead?.id ?? '', 'nonsense'], T0 + HOUR), {
    done: [dead?.id],
    unknown: ['nonsense'],
    busy: [],
  });
  assert.deepEqual(await at(T0 + HOUR), ['delivered']);
  assert.deepEqual(await counts(), []);
});

for (const [status, headers] of [
  [404, {}],
  [301, { location: 'https://elsewhere.example/' }],
] as const) {
  test(`a webhook that answers ${status} to all for a day: kept, in order, and delivered when it is mended`, async (context) => {
    const { hook, find, at, counts, operator } = await setUp(context);
    hook.answer = (_, response) => response.writeHead(status, headers).end();
    const [first] = await find(['a'], [HOOK], T0);
    assert.deepEqual(await at(T0), ['retried']);
    const [second] = await find(['a'], [HOOK], T0 + MINUTE);
    for (let minute = 1; minute < 1440; minute += 3) await at(T0 + minute * MINUTE);
    assert.deepEqual(await counts(), ['webhook 1 pending 0 dead 1 waiting']);
    assert.match((await operator.undelivered(T0))[0]?.reason ?? '', new RegExp(`^it answered ${status}`));
    assert.ok(hook.received.length < 40, `${hook.received.length} tries`);
    hook.answer = null;
    hook.received.length = 0;
    for (let minute = 1440; minute < 1510; minute += 1) await at(T0 + minute * MINUTE);
    assert.deepEqual(idsOf(hook.received), [first, second]);
    assert.deepEqual(await counts(), []);
  });
}

test('a webhook that answers 400 to one event: the others go past it, it is tried for 3 days, then dead with the reason', async (context) => {
  const { hook, find, at, counts, operator } = await setUp(context);
  const [bad] = await find(['a'], [HOOK], T0);
  hook.answer = ({ body }, response) => response.writeHead(body.includes(`"id":"${bad}"`) ? 400 : 200).end('no <400>');
  assert.deepEqual(await at(T0), ['retried']);
  for (let minute = 1; minute <= 30; minute += 1) {
    await find(['a', 'b'], [HOOK], T0 + minute * MINUTE);
    const results = await at(T0 + minute * MINUTE);
    assert.equal(results.filter((each) => each === 'delivered').length, 2, `minute ${minute}: ${results.join(' ')}`);
  }
  const tries = () => hook.received.filter(({ body }) => body.includes(`"id":"${bad}"`)).length;
  assert.ok(tries() < 12, `${tries()} tries, whatever else is delivered`);
  for (let minute = 31; minute < 3 * 1440 + 90; minute += 5) await at(T0 + minute * MINUTE);
  assert.deepEqual(await counts(), ['webhook 0 pending 1 dead 0 waiting']);
  const [dead] = await operator.undelivered(T0 + 4 * DAY);
  assert.equal(dead?.reason, 'given up after 3 days: it answered 400: no <400>');
  assert.ok(tries() < 100, `${tries()} tries`);
});

test('a webhook that answers 400 to everything is not asked for each of thousands', async (context) => {
  const { hook, find, at, counts } = await setUp(context);
  hook.answer = (_, response) => response.writeHead(400).end();
  const uploads = Array.from({ length: 150 }, (_, index) => `u${index}`);
  await find(uploads, [HOOK], T0);
  for (let minute = 0; minute < 180; minute += 1) await at(T0 + minute * MINUTE);
  assert.match((await counts()).join(), /^webhook (2\d|3\d|4\d) pending 0 dead 1\d\d waiting$/);
  hook.answer = null;
  for (let minute = 180; minute < 300; minute += 1) await at(T0 + minute * MINUTE);
  assert.deepEqual(await counts(), []);
});

test('550 for one of three: the others have theirs, the dead one holds up nobody, also later', async (context) => {
  const { inbox, find, at, counts } = await setUp(context);
  const three = ['ada', 'gone', 'grace'].map((name) => ['mail', `${name}@lab.example`] as const);
  inbox.setHooks({
    onRecipient: (address) => (address.startsWith('gone') ? { code: 550, message: 'no such user' } : undefined),
  });
  await find(['a'], three, T0);
  assert.deepEqual((await at(T0)).toSorted(), ['dead', 'delivered', 'delivered']);
  await find(['a'], three, T0 + MINUTE);
  assert.deepEqual((await at(T0 + MINUTE)).toSorted(), ['dead', 'delivered', 'delivered']);
  assert.equal(inbox.mails.length, 4);
  assert.deepEqual(await counts(), ['mail 0 pending 2 dead 0 waiting']);
});

test('MAIL_MAX_PER_HOUR: what is over is held, and comes as one when the hour is over', async (context) => {
  const { inbox, find, at, counts } = await setUp(context, 3);
  for (let minute = 0; minute < 30; minute += 1) {
    await find([`u${minute}`], [ADA], T0 + minute * MINUTE);
    await at(T0 + minute * MINUTE);
  }
  assert.equal(inbox.mails.length, 3);
  assert.deepEqual(await counts(), ['mail 0 pending 0 dead 27 waiting']);
  await at(T0 + HOUR - 1);
  assert.equal(inbox.mails.length, 3);
  await at(T0 + HOUR);
  assert.deepEqual(inbox.mails.map(({ subject }) => subject).slice(3), ['[NOMAD] 27 uploads failed']);
});

test('muted for a week, with a restart in between: all of it as one mail after, however long the mute', async (context) => {
  const { inbox, find, at, counts, operator, account, restart } = await setUp(context);
  await operator.mute(account, [], T0 + 7 * DAY, T0);
  await find(['a'], [ADA], T0);
  await restart();
  await find(['b'], [ADA], T0 + 3 * DAY);
  assert.deepEqual(await at(T0 + 7 * DAY - 1), []);
  assert.deepEqual(await counts(), ['mail 0 pending 0 dead 2 waiting']);
  assert.deepEqual(await at(T0 + 7 * DAY), ['delivered']);
  assert.match(inbox.mails[0]?.text ?? '', /a: failed[\s\S]*b: failed/);
});

test('a message that failed before the quiet hours waits through them; its three days begin after', async (context) => {
  const { inbox, find, at, quiet } = await setUp(context);
  inbox.setHooks({ beforeAccept: async () => ({ code: 451, message: 'later' }) });
  await find(['a'], [ADA], T0);
  assert.deepEqual(await at(T0), ['retried']);
  quiet.until = T0 + 4 * DAY;
  assert.deepEqual(await at(T0 + HOUR), []);
  quiet.until = null;
  assert.deepEqual(await at(T0 + 4 * DAY), ['retried'], 'not given up');
  inbox.setHooks({});
  assert.deepEqual(await at(T0 + 4 * DAY + HOUR), ['delivered']);
});

test('dropped by hand: not sent any more, out of the counts; one that is being sent cannot be', async (context) => {
  const { inbox, find, at, counts, operator, held } = await setUp(context);
  inbox.setHooks({ beforeAccept: async () => ({ code: 451, message: 'later' }) });
  await find(['a'], [ADA], T0);
  await at(T0);
  const [pending] = await operator.undelivered(T0);
  const id = pending?.id ?? '';
  await held.store.claimDeliveries('mail', T0 + MINUTE, T0 + 2 * MINUTE, 1);
  assert.deepEqual(await operator.drop([id], T0 + MINUTE), { done: [], unknown: [], busy: [id] });
  assert.deepEqual(await operator.drop([id], T0 + 3 * MINUTE), { done: [id], unknown: [], busy: [] });
  inbox.setHooks({});
  assert.deepEqual(await at(T0 + HOUR), []);
  assert.deepEqual([inbox.mails.length, await counts(), await operator.undelivered(T0)], [0, [], []]);
});
