// Summaries: each at its time, to whom the rules say, once whatever happens; nothing is made while something holds them.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { ALL_UPLOADS, type SummaryRule } from '../../src/domain/notify/routing.ts';
import { createSummaries } from '../../src/jobs/summaries.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, event, snapshot, watched } from '../support/builders.ts';
import { refusing } from '../support/refusing.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Math.floor(T0 / DAY) * DAY + DAY;
const rule = (more: Partial<SummaryRule> = {}): SummaryRule => ({
  schedule: 'day',
  match: ALL_UPLOADS,
  mail: 'default',
  webhook: false,
  chat: false,
  groupBy: null,
  ...more,
});

async function setUp(context: TestContext, rules: readonly SummaryRule[] = [rule()]) {
  const dir = tempDir(context);
  const opened = openSqliteStore(dir);
  const { store, refuse } = refusing(opened);
  const operator = openSqliteOperator(dir);
  context.after(async () => {
    await operator.close();
    return opened.close();
  });
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const set = { quiet: null as number | null, rules };
  const channels = { mail: { to: ['ada@x'] }, webhook: true, chat: true };
  /** As a program that was just started. */
  const start = () =>
    createSummaries({
      store,
      routing: routing(channels),
      quietAt: () => () => set.quiet,
      summaries: () => set.rules,
      nextAfter: (schedule, time) => {
        const span = schedule === 'day' ? DAY : HOUR;
        return Math.floor(time / span) * span + span;
      },
    });
  const uploads = [watched({ id: 'f', status: 'FAILURE' }), watched({ id: 'g', mainAuthor: 'grace' })];
  const names = new Map([
    ['ada', 'Ada'],
    ['grace', 'Grace'],
  ]);
  const seen = new Set<string>();
  const at = async (now: number) => {
    const view = { snapshot: snapshot(uploads), names, gui: 'https://g', userId: 'ada' };
    const poll = { account, identity: { userId: 'ada', email: null }, view, watchedSince: T0 };
    await start().runOnce(poll, now);
    const fresh = (await operator.undelivered(now)).filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.map(({ channel, recipient, content }) => {
      assert.ok(content.kind === 'summary');
      const { uploads: count, counts, events, from, to } = content;
      assert.equal(to, now);
      return `${channel} ${recipient}: ${counts.failed} of ${count} failed, ${JSON.stringify(events)}, ${(to - from) / HOUR} h`;
    });
  };
  return { store, operator, account, at, set, refuse };
}

test('at its time, of what is so and what has happened since the last; none right at the start', async (context) => {
  const { at, store, account, operator, set } = await setUp(context);
  assert.deepEqual(await at(T0), []);
  await store.commitPoll({
    account,
    login: '',
    health: HEALTHY,
    comparedWith: null,
    takenAt: T0,
    changed: [],
    removed: [],
    events: [
      event({ id: 'a', time: T0, upload: { ...event().upload, id: 'g' } as never }),
      event({ id: 'b', time: T0 + 1, upload: { ...event().upload, id: 'f' } as never }),
    ],
    notifications: [],
    now: T0,
  });
  assert.deepEqual(await at(MIDNIGHT - 1), []);
  assert.deepEqual(await at(MIDNIGHT), [`mail ada@x: 1 of 2 failed, {"upload.failed":1}, ${(MIDNIGHT - T0) / HOUR} h`]);
  assert.deepEqual(await at(MIDNIGHT + 1), []);
  // away for days: one, not one for each
  assert.deepEqual(await at(MIDNIGHT + 5 * DAY), ['mail ada@x: 1 of 2 failed, {}, 120 h']);
  await operator.mute(account, [], MIDNIGHT + 8 * DAY, T0);
  assert.deepEqual(await at(MIDNIGHT + 6 * DAY), []);
  await operator.unmute(account, [], MIDNIGHT + 6 * DAY);
  set.quiet = MIDNIGHT + 9 * DAY;
  assert.deepEqual(await at(MIDNIGHT + 6 * DAY), []);
  set.quiet = null;
  assert.deepEqual(await at(MIDNIGHT + 6 * DAY + HOUR), ['mail ada@x: 1 of 2 failed, {}, 25 h']);
});

test('a clock set back: the next summary comes at its next time', async (context) => {
  const { at } = await setUp(context);
  await at(T0);
  assert.equal((await at(MIDNIGHT)).length, 1);
  assert.deepEqual(await at(MIDNIGHT - 3 * HOUR), []);
  assert.equal((await at(MIDNIGHT + 1)).length, 1, 'by the clock it is that time again');
  assert.deepEqual(await at(MIDNIGHT - 300 * DAY + HOUR), []);
  assert.equal((await at(MIDNIGHT - 299 * DAY)).length, 1);
});

test('each to whom it is for, by each channel; nobody twice, and two summaries of one time are two', async (context) => {
  const { at } = await setUp(context, [
    rule({ mail: ['boss@x', 'boss@x'], chat: true, webhook: true, groupBy: 'author' }),
    rule({ mail: ['boss@x'], match: { ...ALL_UPLOADS, author: ['Grace'] } }),
    rule({ mail: ['boss@x'], match: { ...ALL_UPLOADS, author: ['Grace'] } }),
  ]);
  await at(MIDNIGHT - HOUR);
  assert.deepEqual(await at(MIDNIGHT), [
    'mail boss@x: 1 of 2 failed, {}, 1 h',
    'webhook webhook: 1 of 2 failed, {}, 1 h',
    'chat chat: 1 of 2 failed, {}, 1 h',
    'mail boss@x: 0 of 1 failed, {}, 1 h',
    'mail boss@x: 0 of 1 failed, {}, 1 h',
  ]);
});

test('a summary whose schedule changes begins anew; one whose readers change keeps its time', async (context) => {
  const { at, set, store, account } = await setUp(context);
  await at(T0);
  set.rules = [rule({ mail: ['grace@x'] }), rule({ schedule: 'hour', mail: ['lise@x'] })];
  assert.deepEqual(await at(MIDNIGHT - HOUR / 2), [], 'the new one is not due at once');
  assert.deepEqual(await at(MIDNIGHT), [
    `mail grace@x: 1 of 2 failed, {}, ${(MIDNIGHT - T0) / HOUR} h`,
    'mail lise@x: 1 of 2 failed, {}, 0.5 h',
  ]);
  set.rules = [];
  assert.deepEqual(await at(MIDNIGHT + DAY), []);
  assert.deepEqual((await store.loadMemory(account)).summarised, new Map());
  set.rules = [rule()];
  assert.deepEqual(await at(MIDNIGHT + 30 * DAY + 1), [], 'what was off for a month is not due at once');
});

test('while the state refuses, nothing is made; then one', async (context) => {
  const { at, refuse } = await setUp(context);
  await at(T0);
  refuse('commitStanding');
  await assert.rejects(at(MIDNIGHT));
  refuse();
  assert.equal((await at(MIDNIGHT + MINUTE)).length, 1);
  assert.deepEqual(await at(MIDNIGHT + 2 * MINUTE), []);
});

test('without summaries nothing is written', async (context) => {
  const { at, refuse } = await setUp(context, []);
  refuse('commitStanding');
  assert.deepEqual(await at(MIDNIGHT), []);
});
