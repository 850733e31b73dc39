// The way to PostgreSQL: connections that end while they are used, servers that are away or may not be written, faults in plain words.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { StateNotWrittenError } from '../../../src/store/store.ts';
import { startServer } from '../../support/postgres.ts';

const server = await startServer();
after(() => server.remove());

const refused = (expected: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StateNotWrittenError, String(error));
  assert.match(error.message, expected);
  assert.doesNotMatch(error.message, /nobody may see/);
  return true;
};

test('a connection that ends in the middle of a transaction: told, nothing is stored, the next one is good', async () => {
  const target = await server.database();
  const db = openDatabase(target, 2);
  const admin = server.admin(target.database);
  await db.rows('CREATE TABLE public.t (n integer)');
  await assert.rejects(
    db.transaction(async (session) => {
      await session.rows('INSERT INTO public.t VALUES (1)');
      const [own] = await session.rows('SELECT pg_backend_pid() AS pid');
      await admin.rows('SELECT pg_terminate_backend($1)', Number(own?.['pid']));
      // The end arrives while nothing is asked.
      while ((await admin.rows('SELECT 1 FROM pg_stat_activity WHERE pid = $1', Number(own?.['pid']))).length > 0);
      await session.rows('SELECT 1');
    }),
    refused(/cannot be used/),
  );
  assert.deepEqual(await db.rows('SELECT count(*) AS n FROM public.t'), [{ n: 0 }]);
  await db.close();
  await admin.close();
});

test('wrong user, wrong database, nobody there: a sentence that says what to do, without the password', async () => {
  const target = await server.database();
  const ask = async (change: object) => {
    const db = openDatabase({ ...target, ...change }, 1);
    try {
      return await db.rows('SELECT 1');
    } finally {
      await db.close();
    }
  };
  await assert.rejects(ask({ user: 'mallory' }), refused(/check the user and password in DATABASE_URL/));
  await assert.rejects(ask({ database: 'absent' }), refused(/create the database, or name another/));
  await assert.rejects(ask({ hosts: [{ host: '127.0.0.1', port: 1 }] }), refused(/check that PostgreSQL is running/));
  await assert.rejects(ask({ tls: { caFile: null } }), refused(/TLS|SSL/i));
});

test('of several servers the one that may be written is found, and found again', async () => {
  const target = await server.database();
  const [host] = target.hosts;
  assert.ok(host !== undefined);
  const db = openDatabase({ ...target, hosts: [{ host: '127.0.0.1', port: 1 }, host] }, 1);
  assert.deepEqual(await db.rows('SELECT 1 AS n'), [{ n: 1 }]);
  await server.stop('SIGINT');
  await assert.rejects(db.rows('SELECT 1'), StateNotWrittenError);
  await server.start();
  assert.deepEqual(await db.rows('SELECT 1 AS n'), [{ n: 1 }]);
  await db.close();
});
