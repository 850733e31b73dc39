// The driver for SQLite: transactions that wait in the middle do not meet, and each statement of the store reads by an index.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { notShared } from '../../src/store/sharing.ts';
import { createOperatorStore } from '../../src/store/sql/operator.ts';
import { createReader } from '../../src/store/sql/reader.ts';
import { createSqlStore } from '../../src/store/sql/store.ts';
import { databaseOn } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { T0, event, watched } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

function openMemory(context: TestContext) {
  const file = new DatabaseSync(':memory:');
  context.after(() => {
    if (file.isOpen) file.close();
  });
  file.exec('CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER)');
  return databaseOn(file);
}

const T = { table: 't', columns: { id: 'text', n: 'bigint' } } as const;

test('two transactions that wait in the middle come one after the other, and nothing else gets between', async (context) => {
  const db = openMemory(context);
  const seen: unknown[] = [];
  const counting = (name: string) =>
    db.transaction(async (session) => {
      const before = await session.rows('SELECT count(*) AS n FROM t');
      await turn();
      await session.insert(T, [[name, 1]]);
      await turn();
      seen.push(before[0]?.['n']);
    });
  const outside = async () => seen.push((await db.rows('SELECT count(*) AS n FROM t'))[0]?.['n']);
  await Promise.all([counting('a'), outside(), counting('b'), outside()]);
  assert.deepEqual(seen, [0, 1, 1, 2]);
});

test('what throws in a transaction is taken back, and the next one goes on', async (context) => {
  const db = openMemory(context);
  const failing = db.transaction(async (session) => {
    await session.insert(T, [['a', 1]]);
    throw new Error('broken');
  });
  const next = db.transaction((session) => session.insert(T, [['b', 1]]));
  await assert.rejects(failing, /broken/);
  await next;
  assert.deepEqual(
    (await db.rows('SELECT id FROM t')).map(({ id }) => id),
    ['b'],
  );
  await assert.rejects(
    db.insert(T, [
      ['c', 1],
      ['c', 2],
    ]),
  );
  assert.equal((await db.rows('SELECT id FROM t')).length, 1);
});

test('a list finds what is stored, whatever is in its texts', async (context) => {
  const db = openMemory(context);
  const texts = ['', 'a\0b', '\ud800', "'", '"', '\\', '[1]', '\u2028', 'e\u0301', '𝔸'];
  await db.insert(
    T,
    texts.map((text, n) => [text, n]),
  );
  const found = await db.rows(`SELECT n FROM t WHERE ${db.dialect.oneOf('id', 1)} ORDER BY n`, texts);
  assert.deepEqual(
    found.map(({ n }) => n),
    texts.map((_, n) => n),
  );
});

/** Every statement is looked at when it is used: `SCAN` of a table that grows is a statement that no index helps. */
test('no statement of the store reads a whole table that grows', async (context) => {
  const stateDir = tempDir(context);
  await openSqliteStore(stateDir).close();
  const file = new DatabaseSync(join(stateDir, 'state.sqlite'));
  const plain = databaseOn(file);
  const used = new Set<string>();
  const noting = <S extends Pick<typeof plain, 'rows' | 'rowsOfEach' | 'insert'>>(session: S): S => ({
    ...session,
    rows: (sql: string, ...values: never[]) => {
      used.add(sql);
      return session.rows(sql, ...values);
    },
    rowsOfEach: (keys: string[], sql: (key: string) => string, ...values: never[]) => {
      used.add(sql('$1'));
      return session.rowsOfEach(keys, sql, ...values);
    },
  });
  const db = {
    ...noting(plain),
    transaction: (<T>(work: (session: typeof plain) => Promise<T>) =>
      plain.transaction((session) => work(noting(session) as typeof plain))) as typeof plain.transaction,
    reading: (<T>(work: (session: typeof plain) => Promise<T>) =>
      plain.reading((session) => work(noting(session) as typeof plain))) as typeof plain.reading,
  };
  const sharing = notShared(db, 'monitor');
  const { store } = createSqlStore({ db, login: '', sharing });
  const [reader, operator] = [createReader(db, ''), createOperatorStore(db, '', sharing)];
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const mail = { channel: 'mail', recipient: 'ada' } as const;
  await store.commitPoll({
    ...{ account, login: 'n ada', comparedWith: null, takenAt: T0, now: T0 },
    health: { ...HEALTHY, identity: { userId: 'ada', email: null } },
    changed: [watched()],
    removed: ['u2'],
    events: [event(), event({ id: 'e2' })],
    notifications: [
      { ...mail, eventId: 'e1' },
      { ...mail, eventId: 'e2' },
    ],
  });
  await store.loadQueue(T0);
  await store.formDeliveries([{ ...mail, id: 'd', account, eventIds: ['e1'] }], T0);
  await store.claimDeliveries('mail', T0, T0 + 1, 4);
  await store.settleDelivery('d', { result: 'retry', at: T0, dueAt: T0, notBefore: T0, reason: '451' });
  await store.claimDeliveries('mail', T0, T0 + 1, 4);
  await store.settleDelivery('d', { result: 'delivered', at: T0 });
  const standing = { ...mail, id: 's', content: { kind: 'test' } } as const;
  await store.commitStanding({
    account,
    deliveries: [standing],
    reminded: ['u1'],
    summarised: new Map([['0 8 * * *', T0]]),
    now: T0,
  });
  await store.loadSnapshot(account);
  await store.loadMutes(T0);
  await store.loadMemory(account);
  await store.happened(account, 0, T0);
  await store.runEnds(account, ['u1'], 9);
  await store.outboxCounts();
  await store.prune(T0 - 1);
  await store.recentRefusals('ada', 0);
  await store.addRefusal('ada', T0);
  await reader.account('n', 'ada');
  await reader.eventsOf(account, 'u1', 9);
  await reader.runEnds(account, ['u1'], 9);
  await reader.newest(account, 0, 9);
  const page = { since: 0, after: 0, limit: 9 };
  await reader.events(account, { ...page, kinds: [], uploadId: null });
  await reader.events(account, { ...page, kinds: ['upload.failed'], uploadId: 'u1' });
  await reader.events(account, { ...page, kinds: ['nomad.unreachable'], uploadId: null });
  await reader.receiptsOf(account, 'u1', 9);
  await operator.undelivered(T0);
  await operator.events({ since: T0, kinds: [], uploadId: 'u1' });
  await operator.events({ since: T0, kinds: [], uploadId: null, account });
  await operator.retry(['s'], T0);
  await operator.drop(['s'], T0);
  await operator.mute(account, [], T0, T0);
  await operator.unmute(account, ['u1'], T0);
  await operator.ack(account, ['u1'], T0);
  const scans = [...used].flatMap((sql) =>
    file
      .prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll('$', '?')}`)
      .all()
      .map(({ detail }) => String(detail))
      .filter(
        (detail) => /^SCAN (event|delivery|notification|upload|waiting)\b/.test(detail) && !detail.includes('INDEX'),
      )
      .map((detail) => `${detail}: ${sql.replace(/\s+/g, ' ')}`),
  );
  await plain.close();
  assert.ok(used.size > 35, `${used.size} statements`);
  assert.deepEqual(scans, []);
});
