// Databases that cannot be used, or not now: each is told by a true sentence of its own, at the start and while it runs; and never that
// another instance leads when none is known to lead.
import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { lookAtDatabase } from '../../../src/store/postgres/inspect.ts';
import { callCli } from '../../support/cli.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { PASSWORD, USER, startReplica, startServer } from '../../support/postgres.ts';
import { startProgram, usualEnv } from '../../support/program.ts';

const server = await startServer();
after(() => server.remove());

const TIMEOUT = { timeout: 120_000 };
const NEVER = /another instance/;

function addressOf(target: DatabaseTarget, port = target.hosts[0]?.port): string {
  return `postgres://${target.user}:${encodeURIComponent(target.password ?? '')}@127.0.0.1:${port ?? 0}/${target.database}`;
}

async function started(context: TestContext, DATABASE_URL: string) {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  const env = { NOMAD_URL: nomad.url, DATABASE_URL };
  return { env, program: startProgram(context, env) };
}

/** It ends by itself with 5, after one sentence; `doctor` says the same. */
async function refused(context: TestContext, address: string, expected: RegExp): Promise<void> {
  const { env, program } = await started(context, address);
  assert.equal(await program.ended, 5, program.output());
  const lines = program
    .output()
    .trim()
    .split('\n')
    .map((line) => String((JSON.parse(line) as { msg: unknown }).msg));
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] ?? '', expected);
  const doctor = await callCli(['--env-file', '/dev/null', 'doctor'], usualEnv(env));
  const state = doctor.output.split('\n').find((line) => line.startsWith('BAD  state')) ?? doctor.output;
  assert.match(state, expected);
  for (const text of [program.output(), doctor.output])
    assert.ok(!text.includes(PASSWORD) && !text.includes('another instance'), text);
}

async function encoded(name: string, encoding: string): Promise<DatabaseTarget> {
  const admin = server.admin();
  await admin.rows(`CREATE DATABASE ${name} OWNER ${USER} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`);
  await admin.close();
  return { ...(await server.database()), database: name };
}

for (const encoding of ['LATIN1', 'SQL_ASCII', 'EUC_JP']) {
  test(`a database in ${encoding}`, TIMEOUT, async (context) => {
    const name = `in_${encoding.toLowerCase()}`;
    const expected = new RegExp(
      `the database ${name} has the encoding ${encoding}, .* ENCODING 'UTF8' TEMPLATE template0`,
    );
    await refused(context, addressOf(await encoded(name, encoding)), expected);
  });
}

const IGNORED = 'ignore_startup_parameters = options,statement_timeout,extra_float_digits';
const poolers: readonly (readonly ['session' | 'transaction', string])[] = [
  ['session', ''],
  ['transaction', ''],
  ['session', IGNORED],
  ['transaction', IGNORED],
];
for (const [mode, settings] of poolers) {
  test(
    `PgBouncer in ${mode} mode${settings === '' ? '' : ', told to ignore what it does not know'}`,
    TIMEOUT,
    async (context) => {
      const target = await server.database();
      const pooler = await startPgBouncer(server, mode, settings);
      context.after(() => pooler.stop());
      const expected =
        /a connection pooler such as PgBouncer is in between, .*; name PostgreSQL itself in DATABASE_URL/;
      await refused(context, addressOf(target, pooler.port), expected);
      const admin = server.admin(target.database);
      assert.deepEqual(await admin.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'nomad_upload_monitor'"), []);
      await admin.close();
    },
  );
}

test('no such database, no such user: it ends and says which', TIMEOUT, async (context) => {
  const target = await server.database();
  await refused(
    context,
    addressOf({ ...target, database: 'absent' }),
    /database "absent" does not exist.*create the database/,
  );
  await refused(
    context,
    addressOf({ ...target, user: 'mallory' }),
    /role "mallory" does not exist.*check the user and password/,
  );
});

test('nobody listens: it waits, and leads as soon as PostgreSQL is there', TIMEOUT, async (context) => {
  const own = await startServer();
  context.after(() => own.remove());
  const target = await own.database();
  await own.stop();
  const { program } = await started(context, addressOf(target));
  await program.line(({ msg }) =>
    /^this instance cannot lead: .*ECONNREFUSED.*check that PostgreSQL is running/.test(String(msg)),
  );
  await program.line(({ msg }) => msg === 'watching');
  const first = program.output();
  assert.match(first, /this instance does not lead yet: it tries every 2 seconds until it can, or another one leads/);
  assert.equal(first.split('ECONNREFUSED').length, 2, 'said once');
  await own.start();
  await program.line(({ msg }) => String(msg).startsWith('this instance leads now'));
  await own.stop();
  await program.line(({ msg }) => String(msg).startsWith('this instance no longer leads'));
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.doesNotMatch(program.output(), NEVER);
});

test('too many connections: it waits, and says what to raise', TIMEOUT, async (context) => {
  const target = await server.database();
  const admin = server.admin();
  await admin.rows(`ALTER ROLE ${USER} CONNECTION LIMIT 0`);
  const { program } = await started(context, addressOf(target));
  await program.line(({ msg }) => /too many connections for role.*raise max_connections/.test(String(msg)));
  await admin.rows(`ALTER ROLE ${USER} CONNECTION LIMIT -1`);
  await admin.close();
  await program.line(({ msg }) => String(msg).startsWith('this instance leads now'));
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.doesNotMatch(program.output(), NEVER);
});

test('a read-only standby: it waits until it is promoted, or named rightly', TIMEOUT, async (context) => {
  const primary = await startServer();
  context.after(() => primary.remove());
  const target = await primary.database();
  const replica = await startReplica(primary);
  context.after(() => replica.remove());
  const there = { ...target, hosts: [{ host: '127.0.0.1', port: replica.port }] };
  const expected = /this server is read-only, as a standby is.*: name the primary in DATABASE_URL/;
  const fact = await lookAtDatabase(there, 'x');
  assert.match(fact.kind === 'unusable' ? fact.problem : fact.kind, expected);
  const { program } = await started(context, addressOf(there));
  await program.line(({ msg }) => expected.test(String(msg)));
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.doesNotMatch(program.output(), NEVER);
});
