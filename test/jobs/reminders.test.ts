// Reminders: when they are due, to whom, and that nothing is made while something holds them.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { NO_RULES, type Route } from '../../src/domain/notify/routing.ts';
import { createReminders } from '../../src/jobs/reminders.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, progressed, snapshot, watched } from '../support/builders.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Wanted {
  readonly routes?: readonly Route[];
  readonly remindAfter?: number | null;
}

async function setUp(context: TestContext, { routes = [], remindAfter = DAY }: Wanted = {}) {
  const dir = tempDir(context);
  const store = openSqliteStore(dir);
  const operator = openSqliteOperator(dir);
  context.after(async () => {
    await operator.close();
    return store.close();
  });
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const quiet = { until: null as number | null };
  const standing = createReminders({
    store,
    routing: routing({ mail: { to: ['ada@x'] }, webhook: true, rules: () => ({ ...NO_RULES, routes }) }),
    quietAt: () => () => quiet.until,
    remindAfter,
  });
  const uploads = [
    watched({ id: 'f', name: 'failed', status: 'FAILURE', errors: ['KeyError'] }, { changedAt: T0 }),
    watched({ id: 's', name: 'stuck', status: 'RUNNING' }, { changedAt: T0 + HOUR, progress: progress(T0, true) }),
    watched({ id: 'old', status: 'FAILURE' }),
    watched({ id: 'r', status: 'RUNNING' }, { progress: progress(T0, false) }),
    watched({ id: 'good' }, { changedAt: T0 }),
  ];
  const known = { current: uploads };
  /** What is in the outbox for the first time. */
  const seen = new Set<string>();
  const at = async (now: number) => {
    const view = {
      snapshot: snapshot(known.current),
      names: new Map([['ada', 'Ada']]),
      gui: 'https://g',
      userId: 'ada',
    };
    await standing.runOnce({ account, identity: { userId: 'ada', email: null }, view, watchedSince: T0 }, now);
    const fresh = (await operator.undelivered(now)).filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.map(({ channel, recipient, content }) => `${channel} ${recipient}: ${told(content)}`);
  };
  return { store, operator, account, at, known, quiet };
}

const progress = (since: number, stuck: boolean) => progressed({ since, stuck });

function told(content: Content): string {
  if (content.kind === 'reminder')
    return content.uploads.map(({ upload, condition }) => `${upload.id} ${condition}`).join(', ');
  return content.kind;
}

test('what is still failed or stuck is told again after REMIND_AFTER, together, and again after that', async (context) => {
  const { at } = await setUp(context);
  assert.deepEqual(await at(T0 + DAY - 1), []);
  assert.deepEqual(await at(T0 + DAY), ['mail ada@x: f failed, old failed, s stuck']);
  assert.deepEqual(await at(T0 + DAY + HOUR), []);
  assert.deepEqual(await at(T0 + 2 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
});

test('what was told again meanwhile waits its own time; what is over is not told', async (context) => {
  const { at, known } = await setUp(context);
  known.current = known.current.map((each) => (each.upload.id === 'f' ? { ...each, changedAt: T0 + 20 * HOUR } : each));
  assert.deepEqual(await at(T0 + DAY + HOUR), ['mail ada@x: old failed, s stuck']);
  known.current = known.current.filter(({ upload }) => upload.id !== 's');
  assert.deepEqual(await at(T0 + 3 * DAY), ['mail ada@x: f failed, old failed']);
});

test('ack: no more, until something happens to it', async (context) => {
  const { at, operator, account, known } = await setUp(context);
  await operator.ack(account, ['f'], T0 + 2 * HOUR);
  assert.deepEqual(await at(T0 + 2 * DAY), ['mail ada@x: old failed, s stuck']);
  known.current = known.current.map((each) => (each.upload.id === 'f' ? { ...each, changedAt: T0 + 3 * DAY } : each));
  assert.deepEqual(await at(T0 + 4 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
});

test('a clock set back by more than REMIND_AFTER holds up no reminder, and one set back by less none for longer than that', async (context) => {
  const { at } = await setUp(context);
  assert.deepEqual(await at(T0 + DAY), ['mail ada@x: f failed, old failed, s stuck']);
  assert.deepEqual(await at(T0 - 300 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
  assert.deepEqual(await at(T0 - 300 * DAY + HOUR), [], 'once');
  assert.deepEqual(await at(T0 - 299 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
  assert.deepEqual(await at(T0 - 299 * DAY - 6 * HOUR), []);
  assert.deepEqual(await at(T0 - 298 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
});

test('muted or quiet: nothing is made, and it comes when that is over', async (context) => {
  const { at, operator, account, quiet } = await setUp(context);
  await operator.mute(account, ['f'], T0 + 5 * DAY, T0);
  assert.deepEqual(await at(T0 + 2 * DAY), ['mail ada@x: old failed, s stuck']);
  assert.equal(await operator.unmute(account, [], T0 + 2 * DAY), 1);
  quiet.until = T0 + 9 * DAY;
  assert.deepEqual(await at(T0 + 3 * DAY), []);
  quiet.until = null;
  assert.deepEqual(await at(T0 + 3 * DAY), ['mail ada@x: f failed, old failed, s stuck']);
});

test('reminders go where the rules send failures; a webhook gets none', async (context) => {
  const match = { kind: ['upload.stuck'], author: null, uploadName: null, role: null } as const;
  const route = { match, mail: ['boss@x'], webhook: true, chat: false, continue: true, line: 1 };
  const { at } = await setUp(context, { routes: [route] });
  assert.deepEqual(await at(T0 + 2 * DAY), ['mail ada@x: f failed, old failed', 'mail boss@x: s stuck']);
});

test('off is off', async (context) => {
  const { at } = await setUp(context, { remindAfter: null });
  assert.deepEqual(await at(T0 + 90 * DAY), []);
});
