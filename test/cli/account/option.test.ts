// --account: which account of several a command is about. What is about one has to be told; what is about all is not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loginFingerprint } from '../../../src/app/nomad.ts';
import { ADA, GRACE, addUpload } from '../../../src/demo/nomad-state.ts';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { accountFiles, nomadOf } from '../../support/account-files.ts';
import { commandLine } from '../../../src/cli/program.ts';
import { event, watched } from '../../support/builders.ts';
import { keptProcess } from '../../support/cli.ts';

const YAML = `accounts:
  - { name: ada, username: ada, password: "${ADA.password}" }
  - { name: grace, username: grace, password: cobol }
`;
const WHICH = '--account: there are 2 accounts; name one of them: ada, grace\n';

/** Both accounts as a monitor has left them: ada watches u1, grace u2, and each has had an event. */
async function watchedBoth(context: TestContext) {
  const nomad = await nomadOf(context);
  addUpload(nomad.world, 'u1', Date.now());
  addUpload(nomad.world, 'u2', Date.now(), { mainAuthor: GRACE.id });
  const files = accountFiles(context, YAML, { NOMAD_URL: nomad.url });
  const store = openSqliteStore(join(files.dir, 'state'), () => undefined);
  for (const [user, id] of [
    [ADA, 'u1'],
    [GRACE, 'u2'],
  ] as const) {
    const { id: account } = await store.openAccount(nomad.url, user.id, Date.now());
    const login = loginFingerprint({
      credentials: { kind: 'password', username: user.username, password: '' },
    } as never);
    await store.commitPoll({
      account,
      login: `${nomad.url} ${login}`,
      health: { ...HEALTHY, identity: { userId: user.id, email: user.email } },
      comparedWith: null,
      takenAt: Date.now(),
      changed: [watched({ id })],
      removed: [],
      events: [event({ id: `e-${user.username}`, kind: 'upload.failed', time: Date.now() })],
      notifications: [],
      now: Date.now(),
    });
  }
  await store.close();
  return files;
}

const OF_ONE: readonly (readonly string[])[] = [
  ['check'],
  ['doctor'],
  ['report', 'u1'],
  ['ack', 'u1'],
  ['mute', '--for', '2h'],
  ['unmute'],
  ['test-notification'],
  ['config', '--explain', 'u1'],
  ['wait', 'u1'],
];
const OF_ALL: readonly (readonly string[])[] = [['events'], ['outbox'], ['config'], ['account', 'list']];
const WITHOUT: readonly (readonly string[])[] = [
  ['run'],
  ['outbox'],
  ['backup', 'x'],
  ['state', 'copy', 'STATE_DIR', 'DATABASE_URL'],
  ['account', 'list'],
  ['demo'],
];

test('each command is about one account, or takes none', () => {
  const { program } = commandLine(keptProcess().process);
  const tried = [...OF_ONE, ['events'], ...WITHOUT].map(([verb]) => verb);
  assert.deepEqual(
    program.commands.map((command) => command.name()).filter((verb) => !tried.includes(verb)),
    [],
  );
});

test('with a name, each that is about one account takes it', async (context) => {
  const { call } = accountFiles(context, YAML);
  for (const args of [...OF_ONE, ['events']]) {
    const { code, stderr } = await call(['--account', 'nobody', ...args]);
    assert.match(stderr, /^--account: there is no account "nobody"; the accounts are ada, grace$/m, args.join(' '));
    assert.equal(code, 2);
  }
});

test('what is about one account has to be told which one', async (context) => {
  const { call } = await watchedBoth(context);
  for (const args of OF_ONE) {
    const { code, stdout, stderr } = await call(args);
    assert.deepEqual([code, stdout, stderr], [2, '', WHICH], args.join(' '));
  }
  const nagios = await call(['check', '--nagios']);
  assert.deepEqual([nagios.code, nagios.stdout.startsWith('NOMAD UNKNOWN - ')], [3, true]);
});

test('what is about all of them is not, and some cannot be', async (context) => {
  const { call, dir } = await watchedBoth(context);
  for (const args of OF_ALL) assert.deepEqual([(await call(args)).code, args], [0, args]);
  assert.equal((await call(['backup', join(dir, 'copy.sqlite')])).code, 0);
  for (const args of WITHOUT) {
    const { code, stderr } = await call(['--account', 'ada', ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: [a-z -]+ takes no --account$/m, args.join(' '));
  }
});

test('with a name it is about that account and no other', async (context) => {
  const { call } = await watchedBoth(context);
  const of = (account: string, ...args: string[]) => call(['--account', account, ...args]);
  assert.match((await of('ada', 'check', '--json')).stdout, /"u1"/);
  assert.doesNotMatch((await of('ada', 'check', '--json')).stdout, /"u2"/);
  assert.equal((await of('grace', 'ack', 'u2')).code, 0);
  const strange = await of('grace', 'ack', 'u1');
  assert.deepEqual([strange.code, strange.stderr], [2, '"u1": no upload has this id or name; did you mean u2?\n']);
  assert.equal((await of('grace', 'mute', '--for', '2h')).code, 0);
  assert.match((await of('ada', 'unmute')).stdout, /^nothing was muted$/m);
  assert.match((await of('grace', 'unmute')).stdout, /^1 mute ended/);
  const ids = async (...args: string[]) =>
    (JSON.parse((await call([...args, 'events', '--json'])).stdout) as { events: { id: string }[] }).events.map(
      ({ id }) => id,
    );
  assert.deepEqual([await ids(), await ids('--account', 'grace')], [['e-ada', 'e-grace'], ['e-grace']]);
  assert.deepEqual(
    (await of('gracy', 'check')).stderr,
    '--account: there is no account "gracy"; did you mean grace?\n',
  );
});

test('config and doctor show what is wrong with any account, and end with its code', async (context) => {
  const nomad = await nomadOf(context);
  const { call } = accountFiles(context, `${YAML}  - { name: lise, token: t, stuck_after: no }\n`, {
    NOMAD_URL: nomad.url,
  });
  const problem = 'accounts.yaml:4:42: stuck_after: "no" is not a valid duration; write for example 90s, 15m, 2h or 7d';
  const config = await call(['--account', 'grace', 'config']);
  assert.deepEqual([config.code, config.stderr], [2, `${problem}\n`]);
  assert.match(config.stdout, /^NOMAD_USERNAME +accounts\.yaml:3:30 +grace$/m);
  assert.match(config.stdout, /^NOMAD_PASSWORD +accounts\.yaml:3:47 +\(secret\)$/m);
  const doctor = await call(['--account', 'ada', 'doctor']);
  assert.equal(doctor.code, 2);
  assert.ok(
    doctor.stdout.startsWith(`BAD  configuration   1 problem\n                     ${problem}\n`),
    doctor.stdout,
  );
  assert.match(doctor.stdout, /^ok {3}login +ada is accepted/m);
  assert.equal((await call(['--account', 'lise', 'check'])).stderr, `${problem}\n`);
});
