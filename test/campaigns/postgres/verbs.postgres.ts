// The verbs beside instances on PostgreSQL: what people ask of the state and change in it, what doctor says, and what a backup is not.
import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../../src/demo/nomad-state.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { PASSWORD, startServer } from '../../support/postgres.ts';
import { startProgram } from '../../support/program.ts';

const server = await startServer();
after(() => server.remove());

const DAY = 86_400_000;

function addressOf({ hosts, user, password, database }: DatabaseTarget): string {
  const [host] = hosts;
  return `postgres://${user}:${encodeURIComponent(password ?? '')}@127.0.0.1:${host?.port ?? 0}/${database}`;
}

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const upload = addUpload(nomad.world, 'u1', Date.now() - DAY, { name: 'batch 7', process: 'process_upload' });
  succeed(upload, Date.now() - DAY, 3);
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, DATABASE_URL: addressOf(await server.database()) };
  const verb = async (...args: string[]) => {
    const run = startProgram(context, env, ['--env-file', '/dev/null', ...args]);
    const code = await run.ended;
    assert.ok(!run.output().includes(PASSWORD) && !run.output().includes(encodeURIComponent(PASSWORD)));
    return { code, said: run.output() };
  };
  return { nomad, inbox, env, verb, upload };
}

test(
  'before any monitor ran: there is no state, and doctor says that it is made',
  { timeout: 60_000 },
  async (context) => {
    const { verb } = await setUp(context);
    const events = await verb('events');
    assert.deepEqual([events.code, events.said.includes('it contains no state yet; start the monitor')], [5, true]);
    const doctor = await verb('doctor');
    assert.match(doctor.said, /PostgreSQL 127\.0\.0\.1:\d+\/test_\w+ will be created at the first start/);
  },
);

test('events, mute, outbox, ack, check and doctor beside a running instance', { timeout: 120_000 }, async (context) => {
  const { inbox, env, verb, upload } = await setUp(context);
  const monitor = startProgram(context, env);
  await monitor.line(({ msg }) => msg === 'delivered');
  assert.equal((await verb('mute', '--for', '8h')).code, 0);
  start(upload);
  fail(upload, Date.now(), ['KeyError: x']);
  await monitor.line(({ msg }) => msg === 'upload.failed');
  const told = JSON.parse((await verb('events', '--json', '--kind', 'upload.failed')).said) as {
    events: { kind: string }[];
  };
  assert.deepEqual(
    told.events.map(({ kind }) => kind),
    ['upload.failed'],
  );
  assert.match((await verb('outbox')).said, /held: 1 event for mail ada@lab\.example.*muted, until/);
  assert.match((await verb('config', '--explain', 'u1')).said, /upload\.failed +ada@lab\.example/);
  const mails = inbox.mails.length;
  assert.match((await verb('unmute')).said, /1 mute ended/);
  await monitor.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('batch 7 failed'));
  assert.equal(inbox.mails.length, mails + 1);
  assert.equal((await verb('ack', 'u1')).code, 0);
  assert.equal((await verb('ack', 'nonsense')).code, 2);
  assert.equal((await verb('outbox', 'retry', '--all')).said, 'the outbox is empty\n');
  assert.equal((await verb('check')).code, 1);
  assert.match((await verb('doctor')).said, /PostgreSQL 127\.0\.0\.1:\d+\/test_\w+ is in use by a running monitor/);
  const backup = await verb('backup', '/nowhere/copy');
  assert.deepEqual([backup.code, backup.said.includes('pg_dump --schema=nomad_upload_monitor')], [2, true]);
});

test(
  'a user with a schema of its own and no other right is enough; one without is told what it lacks',
  { timeout: 60_000 },
  async (context) => {
    const { verb, env } = await setUp(context);
    const database = new URL(env.DATABASE_URL).pathname.slice(1);
    const admin = server.admin(database);
    context.after(() => admin.close());
    await admin.rows(`ALTER DATABASE ${database} OWNER TO postgres`);
    await admin.rows('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    const lacking = await verb('doctor');
    assert.match(lacking.said, /its user may not create the schema nomad_upload_monitor/);
    const refused = startProgram(context, env);
    assert.equal(await refused.ended, 5);
    assert.match(refused.output(), /permission denied.*docs\/high-availability\.md/);
    await admin.rows('CREATE SCHEMA nomad_upload_monitor AUTHORIZATION monitor');
    const monitor = startProgram(context, env);
    await monitor.line(({ msg }) => msg === 'delivered');
    monitor.child.kill('SIGTERM');
    assert.equal(await monitor.ended, 0);
  },
);

test(
  'wait beside a running instance: the state answers, and NOMAD is not asked',
  { timeout: 120_000 },
  async (context) => {
    const { nomad, env, verb, upload } = await setUp(context);
    const monitor = startProgram(context, env);
    await monitor.line(({ event }) => event === 'monitor.baseline');
    assert.deepEqual(await verb('wait', 'u1'), { code: 0, said: 'good: batch 7 (u1): 3 entries\n' });
    start(upload);
    const waiting = verb('wait', 'u1');
    await monitor.line(({ event }) => event === 'upload.started');
    fail(upload, Date.now(), ['KeyError: x']);
    assert.deepEqual(await waiting, { code: 1, said: 'failed: batch 7 (u1): KeyError: x\n' });
    assert.equal(nomad.requests.filter(({ line }) => line === 'POST /auth/token').length, 1);
  },
);
