// The store on SQLite: what every store promises, and what is its own.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { StateError } from '../../src/store/store.ts';
import { T0, event, watched } from '../support/builders.ts';
import { opened, storePromises } from '../support/store-promises.ts';
import { tempDir } from '../support/temp.ts';

storePromises(async (context) => {
  const dir = tempDir(context);
  return { store: async () => openSqliteStore(dir), operator: async () => openSqliteOperator(dir) };
});

async function open(context: TestContext, dir = tempDir(context)) {
  const place = { store: async () => openSqliteStore(dir), operator: async () => openSqliteOperator(dir) };
  return { ...(await opened(context, place)), dir };
}
const MINUTE = 60_000;

test('a clock that was set: what waits is due, its time to be given up, its lease and refused logins move along', async (context) => {
  const { store, queue } = await open(context);
  await queue([
    ['d1', 'a@x', [event()]],
    ['d2', 'b@x', [event({ id: 'e2' })]],
  ]);
  const ids = async (now: number) =>
    (await store.claimDeliveries('mail', now, now + 10 * MINUTE, 10)).map(({ id }) => id);
  assert.deepEqual(await ids(T0), ['d1', 'd2']);
  const later = { dueAt: T0 + 60 * MINUTE, notBefore: T0 + 30 * MINUTE, reason: '451' };
  await store.settleDelivery('d1', { result: 'retry', at: T0, ...later });
  await store.addRefusal('ada', T0);
  const set = T0 - 50 * MINUTE;
  assert.deepEqual(await ids(set), [], 'nobody has noticed yet');
  await store.shiftTimes(-50 * MINUTE, set);
  const [claim, ...others] = await store.claimDeliveries('mail', set, set + MINUTE, 10);
  assert.deepEqual([claim?.id, claim?.firstTriedAt, others.length], ['d1', set, 0], 'd2 is still being sent');
  assert.deepEqual(await ids(set + 11 * MINUTE), ['d1', 'd2'], 'until its lease has run out');
  assert.deepEqual(await store.recentRefusals('ada', set), [set]);
});

test('only the owner can read the state', async (context) => {
  const { dir, commit } = await open(context);
  await commit();
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  for (const file of ['state.sqlite', 'state.sqlite-wal', 'lock'])
    assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file);
});

test('a folder that was made for a group: the group may read and write the state, others may not', async (context) => {
  const dir = tempDir(context);
  chmodSync(dir, 0o2775);
  const store = openSqliteStore(dir);
  await store.probe(1);
  assert.equal(statSync(dir).mode & 0o7777, 0o2770);
  for (const file of ['state.sqlite', 'state.sqlite-wal', 'state.sqlite-shm', 'lock'])
    assert.equal(statSync(join(dir, file)).mode & 0o777, 0o660, file);
  await store.close();
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
