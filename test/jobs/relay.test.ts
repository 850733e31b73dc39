import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createMailChannel } from '../../src/channels/mail.ts';
import { type InboxHooks, startInbox } from '../../src/demo/inbox.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { T0, event, reader } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR = 3_600_000;

const berlin = () => reader({ timeZone: 'Europe/Berlin' });

async function setUp(context: TestContext, recipients: readonly string[], hooks: InboxHooks = {}) {
  const store = openSqliteStore(tempDir(context));
  await storeFailure(store, recipients);
  return relayOf(context, store, hooks);
}

async function storeFailure(store: Store, recipients: readonly string[]): Promise<void> {
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const events = [event()];
  await store.commitPoll({
    account,
    login: 'ada',
    health: HEALTHY,
    comparedWith: null,
    takenAt: T0,
    changed: [],
    removed: [],
    events,
    notifications: recipients.map((recipient) => ({ eventId: 'e1', channel: 'mail', recipient })),
    now: T0,
  });
}

async function relayOf(context: TestContext, store: Store, hooks: InboxHooks = {}, readerOf = berlin) {
  const inbox = await startInbox();
  inbox.setHooks(hooks);
  const mail = createMailChannel({
    smtpUrl: inbox.url,
    allowPlaintext: false,
    isLoopback: true,
    from: 'Monitor <m@lab.example>',
    scrub: (text) => text,
  });
  const time = { now: T0 };
  const relay = createRelay({
    store,
    channels: { mail },
    readerOf,
    quietAt: () => () => null,
    mailMaxPerHour: 30,
    log: silent,
    clock: () => time.now,
    random: () => 0.5,
  });
  context.after(async () => {
    mail.close();
    await store.close();
    await inbox.close();
  });
  const at = async (now: number) => {
    time.now = now;
    return (await relay.runOnce(now)).map(({ result }) => result);
  };
  return { inbox, store, at };
}

test('what is due is sent, once', async (context) => {
  const { inbox, at } = await setUp(context, ['ada@lab.example', 'grace@lab.example']);
  assert.deepEqual(await at(T0), ['delivered', 'delivered']);
  assert.deepEqual(await at(T0 + HOUR), []);
  assert.deepEqual(
    inbox.mails.map(({ to }) => to),
    [['ada@lab.example'], ['grace@lab.example']],
  );
});

test('a mail has the headers that keep robots from answering it, and says what happened', async (context) => {
  const { inbox, at } = await setUp(context, ['ada@lab.example']);
  await at(T0);
  const [mail] = inbox.mails;
  assert.ok(mail);
  assert.equal(mail.subject, '[NOMAD] batch-42 failed: parser raised system exit');
  assert.match(mail.messageId, /^<[0-9a-f]{32}@lab\.example>$/);
  const header = (name: string) => mail.headers.get(name) ?? null;
  assert.equal(header('auto-submitted'), 'auto-generated');
  assert.equal(header('x-auto-response-suppress'), 'All');
  assert.match(header('list-id') ?? '', /<nomad-upload-monitor\.lab\.example>/);
  assert.equal(header('references'), '<upload-u1@lab.example>');
  assert.equal(header('precedence'), null);
  for (const body of [mail.text, mail.html])
    assert.match(body, /parser raised system exit[\s\S]*https:\/\/nomad\.example\/gui/);
  assert.match(mail.text, /20 Nov 2026, 11:00 (CET|GMT\+1)/);
});

test('4yz is tried again at 5 s, then 10 s, with the same Message-ID', async (context) => {
  let refusals = 2;
  const ids: (string | undefined)[] = [];
  const { inbox, at } = await setUp(context, ['ada@lab.example'], {
    beforeAccept: async ({ messageId }) => {
      ids.push(messageId);
      return refusals-- > 0 ? { code: 451, message: 'try later' } : undefined;
    },
  });
  assert.deepEqual(await at(T0), ['retried']);
  assert.deepEqual(await at(T0 + 4999), []);
  assert.deepEqual(await at(T0 + 5000), ['retried']);
  assert.deepEqual(await at(T0 + 14_999), []);
  assert.deepEqual(await at(T0 + 15_000), ['delivered']);
  assert.equal(inbox.mails.length, 1);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
});

test('what else is broken is said as of the try that is accepted, not as of the one before', async (context) => {
  const store = openSqliteStore(tempDir(context));
  await storeFailure(store, ['ada@lab.example']);
  let tries = 0;
  const hooks: InboxHooks = {
    beforeAccept: async () => (tries < 2 ? { code: 451, message: 'try later' } : undefined),
  };
  const { inbox, at } = await relayOf(context, store, hooks, () =>
    reader({ alsoBroken: { text: `Also broken now: ${(tries += 1)} failed.`, link: null } }),
  );
  assert.deepEqual(await at(T0), ['retried']);
  assert.deepEqual(await at(T0 + HOUR), ['delivered']);
  const texts = inbox.mails.map(({ text }) => /Also broken now: .*/.exec(text)?.[0]);
  assert.deepEqual(texts, ['Also broken now: 2 failed.']);
});

test('a mail about a failure says when the upload last went well, from the stored events', async (context) => {
  const store = openSqliteStore(tempDir(context));
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const run = { run: 'run 1', process: 'process_upload' };
  const good = event({ id: 'e0', kind: 'upload.succeeded', time: T0 - 76 * HOUR, details: run });
  const nothing = { login: 'ada', health: HEALTHY, takenAt: T0, changed: [], removed: [], now: T0 };
  await store.commitPoll({ ...nothing, account, comparedWith: null, events: [good], notifications: [] });
  await store.commitPoll({
    ...nothing,
    account,
    comparedWith: 1,
    events: [event({ details: { took_ms: HOUR / 5 } })],
    notifications: [{ eventId: 'e1', channel: 'mail', recipient: 'ada@lab.example' }],
  });
  const { inbox, at } = await relayOf(context, store);
  assert.deepEqual(await at(T0), ['delivered']);
  assert.match(inbox.mails[0]?.text ?? '', /^It ran for 12 min and last went well 3 days 4 h earlier\. Found on/);
});

test('5yz is final, for that recipient alone', async (context) => {
  const { inbox, store, at } = await setUp(context, ['gone@lab.example', 'ada@lab.example'], {
    onRecipient: (address) => (address.startsWith('gone') ? { code: 550, message: 'no such user' } : undefined),
  });
  assert.deepEqual((await at(T0)).toSorted(), ['dead', 'delivered']);
  assert.equal(inbox.mails.length, 1);
  assert.equal((await store.outboxCounts())[0]?.dead, 1);
});

test('a server that is away: tried for 3 days, then given up', async (context) => {
  const { inbox, at } = await setUp(context, ['ada@lab.example']);
  await inbox.close();
  assert.deepEqual(await at(T0), ['retried']);
  assert.deepEqual(await at(T0 + 71 * HOUR), ['retried']);
  assert.deepEqual(await at(T0 + 73 * HOUR), ['dead']);
});

test('a message that ends the process again and again is given up', async (context) => {
  const stateDir = tempDir(context);
  const first = openSqliteStore(stateDir);
  await storeFailure(first, ['ada@lab.example']);
  const [waiting] = (await first.loadQueue(T0)).waiting;
  assert.ok(waiting);
  await first.formDeliveries([{ ...waiting, id: 'd', eventIds: [waiting.eventId] }], T0);
  await first.close();
  for (let crash = 0; crash < 5; crash += 1) {
    const next = openSqliteStore(stateDir);
    assert.equal((await next.claimDeliveries('mail', T0 + crash, T0 + HOUR, 1)).length, 1);
    await next.close();
  }
  const { inbox, at } = await relayOf(context, openSqliteStore(stateDir));
  assert.deepEqual(await at(T0 + 5), ['dead']);
  assert.equal(inbox.mails.length, 0);
});
