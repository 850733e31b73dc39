// What every store promises. Written against the port, so that another database can be held to the same.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { HEALTHY } from '../../src/domain/health.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { StateError, type PollCommit } from '../../src/store/store.ts';
import { T0, delivery, event, watched, eventsIn } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

async function open(context: TestContext, dir = tempDir(context)) {
  const store = openSqliteStore(dir);
  context.after(() => store.close().catch(() => undefined));
  const { id: account } = await store.openAccount('https://n/api/v1', 'ada', T0);
  const commit = (more: Partial<PollCommit> = {}) =>
    store.commitPoll({
      account,
      login: 'ada',
      health: HEALTHY,
      comparedWith: null,
      takenAt: T0,
      changed: [],
      removed: [],
      events: [],
      deliveries: [],
      now: T0,
      ...more,
    });
  return { store, account, commit, dir };
}
const MINUTE = 60_000;

test('a committed poll is there after a restart: snapshot, events, deliveries', async (context) => {
  const { store, account, commit, dir } = await open(context);
  await commit({ changed: [watched(), watched({ id: 'u2' })], events: [event()], deliveries: [delivery()] });
  await store.close();
  const again = await open(context, dir);
  const snapshot = await again.store.loadSnapshot(account);
  assert.equal(snapshot?.sequence, 1);
  assert.deepEqual([...snapshot.uploads.values()], [watched(), watched({ id: 'u2' })]);
  const [claim] = await again.store.claimDeliveries(T0, T0 + MINUTE, 10);
  assert.deepEqual(claim?.content, { kind: 'events', events: [event()] });
});

test('a commit that fails in the middle leaves nothing', async (context) => {
  const { store, account, commit } = await open(context);
  await commit({ changed: [watched()] });
  const broken = delivery({ content: { kind: 'events', events: [event({ id: 'e9' }), event({ id: 'e9' })] } });
  await assert.rejects(
    commit({
      comparedWith: 1,
      changed: [watched({ id: 'u2' })],
      events: [event({ id: 'e9' })],
      deliveries: [broken, broken],
    }),
  );
  const snapshot = await store.loadSnapshot(account);
  assert.deepEqual([snapshot?.sequence, snapshot?.uploads.size], [1, 1]);
  assert.deepEqual(await store.claimDeliveries(T0, T0 + MINUTE, 10), []);
});

test('a commit compared with another snapshot is refused', async (context) => {
  const { commit } = await open(context);
  await commit();
  await assert.rejects(commit(), StateError);
  await assert.rejects(commit({ comparedWith: 5 }), StateError);
  await commit({ comparedWith: 1 });
});

test('an event that is stored was told: it is not told again', async (context) => {
  const { store, commit } = await open(context);
  await commit({ events: [event()], deliveries: [delivery()] });
  const again = await commit({ comparedWith: 1, events: [event()], deliveries: [delivery({ id: 'd2' })] });
  assert.deepEqual(again, []);
  assert.equal((await store.claimDeliveries(T0, T0 + MINUTE, 10)).length, 1);
  assert.deepEqual(await store.claimDeliveries(T0, T0 + MINUTE, 10), []);
});

test('accounts do not see one another', async (context) => {
  const { store, account, commit } = await open(context);
  await commit({ changed: [watched()] });
  const { id: other } = await store.openAccount('https://n/api/v1', 'grace', T0);
  assert.notEqual(other, account);
  assert.equal(await store.loadSnapshot(other), null);
  assert.deepEqual(await store.openAccount('https://n/api/v1', 'ada', T0 + 1), { id: account, createdAt: T0 });
});

test('one recipient gets its messages one after the other, in order; another is not kept waiting', async (context) => {
  const { store, commit } = await open(context);
  const events = ['a', 'b', 'c'].map((id) => event({ id }));
  const to = (id: string, recipient: string) => delivery({ id, recipient, content: { kind: 'events', events } });
  await commit({ events, deliveries: [to('1', 'ada'), to('2', 'ada'), to('3', 'grace')] });
  const claim = async (now: number) => (await store.claimDeliveries(now, now + MINUTE, 10)).map(({ id }) => id);
  assert.deepEqual(await claim(T0), ['1', '3']);
  assert.deepEqual(await claim(T0), []);
  await store.settleDelivery('1', { result: 'delivered', at: T0 });
  assert.deepEqual(await claim(T0), ['2']);
});

test('one message that has to wait does not hold up the next; one that got through wakes the others', async (context) => {
  const { store, commit } = await open(context);
  const events = ['a', 'b', 'c'].map((id) => event({ id }));
  const to = (id: string) => delivery({ id, content: { kind: 'events', events } });
  await commit({ events, deliveries: [to('1'), to('2'), to('3')] });
  const claim = async (now: number) => (await store.claimDeliveries(now, now + MINUTE, 10)).map(({ id }) => id);
  assert.deepEqual(await claim(T0), ['1']);
  await store.settleDelivery('1', { result: 'retry', at: T0, dueAt: T0 + 60 * MINUTE, reason: '451' });
  assert.deepEqual(await claim(T0), ['2']);
  await store.settleDelivery('2', { result: 'delivered', at: T0 });
  assert.deepEqual(await claim(T0), ['1']);
});

test('a claim whose lease ran out can be claimed again and counts as unfinished', async (context) => {
  const { store, commit } = await open(context);
  await commit({ events: [event()], deliveries: [delivery()] });
  await store.claimDeliveries(T0, T0 + MINUTE, 10);
  assert.deepEqual(await store.claimDeliveries(T0 + MINUTE - 1, T0, 10), []);
  const [again] = await store.claimDeliveries(T0 + MINUTE, T0 + 2 * MINUTE, 10);
  assert.deepEqual([again?.id, again?.tries, again?.unfinished, again?.firstTriedAt], ['d1', 2, 1, T0]);
});

test('the outbox is counted; dead ones stay with their reason', async (context) => {
  const { store, commit } = await open(context);
  const events = ['a', 'b'].map((id) => event({ id }));
  await commit({
    events,
    deliveries: [
      delivery({ content: { kind: 'events', events } }),
      delivery({ id: 'd2', recipient: 'b@x', content: { kind: 'events', events } }),
    ],
  });
  await store.claimDeliveries(T0, T0 + MINUTE, 10);
  await store.settleDelivery('d1', { result: 'dead', at: T0, reason: '550 no such user' });
  assert.deepEqual(await store.outboxCounts(), [{ channel: 'mail', pending: 1, dead: 1, oldestPendingAt: T0 }]);
});

test('pruning never takes what is still to be delivered', async (context) => {
  const { store, commit } = await open(context);
  await commit({ events: [event(), event({ id: 'e2' })], deliveries: [delivery()] });
  assert.deepEqual(await store.prune(T0 + 1), { events: 1, deliveries: 0 });
  const [claim] = await store.claimDeliveries(T0, T0 + MINUTE, 10);
  assert.equal(claim === undefined ? 0 : eventsIn(claim).length, 1);
  await store.settleDelivery('d1', { result: 'delivered', at: T0 });
  assert.deepEqual(await store.prune(T0 + 1), { events: 1, deliveries: 1 });
});

test('only the owner can read the state', async (context) => {
  const { dir, commit } = await open(context);
  await commit();
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  for (const file of ['state.sqlite', 'state.sqlite-wal', 'lock'])
    assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file);
});

test('a second monitor on the same state is told so', async (context) => {
  const { dir } = await open(context);
  assert.throws(() => openSqliteStore(dir), /another nomad-upload-monitor is running/);
});

test('a file that is no database is said to be none, and is left alone', async (context) => {
  const dir = tempDir(context);
  writeFileSync(join(dir, 'state.sqlite'), 'this is no database, but somebody may need it');
  chmodSync(dir, 0o700);
  assert.throws(
    () => openSqliteStore(dir),
    (error) => error instanceof StateError && error.message.includes('state.sqlite cannot be used'),
  );
  assert.equal(statSync(join(dir, 'state.sqlite')).size, 45);
});

test('a state of the first version is brought up to date, with nothing lost', async (context) => {
  const dir = tempDir(context);
  const { progress, inspection, ...old } = watched({ name: 'kept' });
  assert.deepEqual([progress, inspection], [null, null]);
  const db = new DatabaseSync(join(dir, 'state.sqlite'));
  db.exec(readFileSync('src/store/migrations/001-first.sql', 'utf8'));
  db.exec('PRAGMA user_version = 1');
  db.prepare('INSERT INTO account VALUES (1, ?, ?, ?, 4, ?)').run('https://n/api/v1', 'ada', T0, T0);
  db.prepare('INSERT INTO upload VALUES (1, ?, ?)').run('u1', JSON.stringify(old));
  db.close();
  const { store, account } = await open(context, dir);
  const snapshot = await store.loadSnapshot(account);
  assert.equal(snapshot?.sequence, 4);
  assert.deepEqual(snapshot.uploads.get('u1'), watched({ name: 'kept' }));
});
