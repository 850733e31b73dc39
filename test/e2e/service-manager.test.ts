// The real program beside a `systemd-notify` that writes down what it is told; and the whole composition with a loop that does not end.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createApp } from '../../src/app/app.ts';
import { serviceManagerOn } from '../../src/cli/systemd/service-manager.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { createScrubber } from '../../src/log.ts';
import { fakeNotify } from '../support/fake-notify.ts';
import { holdPolls } from '../support/hold.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const LIMIT = { timeout: 300_000 };
const MINUTE = 60_000;

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  addUpload(nomad.world, 'u1', Date.now() - 9e7, { name: 'batch', status: 'FAILURE', errors: ['E'] });
  return { nomad, env: { NOMAD_URL: nomad.url, STATE_DIR: tempDir(context) } };
}

test(
  'ready when it is up, the last poll in a line, alive, reloading, ending; no secret leaves it',
  LIMIT,
  async (context) => {
    const { nomad, env } = await setUp(context);
    const fake = fakeNotify(context);
    const program = startProgram(context, { ...env, ...fake.env, WATCHDOG_USEC: '400000' });
    await program.line(({ msg }) => msg === 'watching');
    await fake.until((said) => said.filter((each) => each === 'WATCHDOG=1').length > 2);
    await fake.until((said) => said.some((each) => each.startsWith('STATUS=polled ')));
    assert.equal(fake.said()[0], 'READY=1');
    assert.match(
      fake.said().find((each) => each.startsWith('STATUS=')) ?? '',
      /^STATUS=polled .* UTC: 1 upload, 1 failed, 0 stuck; 0 messages wait$/,
    );
    program.child.kill('SIGHUP');
    await fake.until(
      (said) => said.includes('RELOADING=1') && said.lastIndexOf('READY=1') > said.indexOf('RELOADING=1'),
    );
    await program.line(({ msg }) => msg === 'the rules file was reloaded');
    const poll = holdPolls(nomad);
    await poll.held;
    program.child.kill('SIGTERM');
    await fake.until((said) => said.includes('STOPPING=1'));
    poll.release();
    assert.equal(await program.ended, 0);
    assert.deepEqual(fake.said().slice(-2), ['STATUS=shutting down: finishing running jobs', 'STOPPING=1']);
    assert.ok(!fake.environment().includes(ADA.password) && !fake.environment().includes('NOMAD_'));
  },
);

test('a wrong configuration, and a state that cannot be used: it is never ready', LIMIT, async (context) => {
  const { env } = await setUp(context);
  const fake = fakeNotify(context);
  assert.equal(await startProgram(context, { ...env, ...fake.env, POLL_SCHEDULE: 'never' }).ended, 2);
  writeFileSync(join(env.STATE_DIR, 'state.sqlite'), 'nonsense');
  assert.equal(await startProgram(context, { ...env, ...fake.env }).ended, 5);
  assert.deepEqual(fake.said(), []);
});

test('no systemd-notify: told once, and it goes on', LIMIT, async (context) => {
  const { env } = await setUp(context);
  const program = startProgram(context, { ...env, PATH: tempDir(context), NOTIFY_SOCKET: '/run/test/notify' });
  await program.line(({ event }) => event === 'monitor.baseline');
  await program.line(({ msg }) => msg === 'cannot notify systemd');
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.equal(program.output().split('cannot notify systemd').length, 2);
});

test('without NOTIFY_SOCKET nothing is started', LIMIT, async (context) => {
  const { env } = await setUp(context);
  const fake = fakeNotify(context);
  const program = startProgram(context, { ...env, PATH: fake.env.PATH, WATCHDOG_USEC: '200000' });
  await program.line(({ event }) => event === 'monitor.baseline');
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.deepEqual(fake.said(), []);
});

test('a poll that does not end is seen in the whole composition, and is not called alive', LIMIT, async (context) => {
  const { nomad, env } = await setUp(context);
  const parsed = parseConfig(
    { ...env, NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password, HTTP_PORT: '0' },
    { scheduleProblem: () => null },
  );
  assert.ok('config' in parsed);
  const poll = holdPolls(nomad);
  /** What has passed beyond what really did, ms. */
  const ahead = { by: 0 };
  const polled = { next: (): void => undefined };
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const app = createApp({
    config: parsed.config,
    accounts: [{ name: null, config: parsed.config, rules: NO_RULES }],
    version: '0',
    log,
    scrubber: createScrubber([]),
    monotonic: () => performance.now() + ahead.by,
    onPolled: () => {
      polled.next();
    },
  });
  context.after(() => app.stop());
  await app.start();
  await poll.held;

  const heard: { next: (assignment: string) => void; count: number } = { next: () => undefined, count: 0 };
  const said = () => new Promise<string>((resolve) => (heard.next = resolve));
  const looked = { next: (): void => undefined };
  const look = () => new Promise<void>((resolve) => (looked.next = resolve));
  const manager = serviceManagerOn(
    (assignment) => {
      heard.count += 1;
      heard.next(assignment);
    },
    40,
    log,
  );
  manager.ready(() => {
    const loops = app.stuck();
    setImmediate(looked.next);
    return loops;
  });
  context.after(() => {
    manager.stopping();
  });
  assert.equal(await said(), 'WATCHDOG=1');

  ahead.by = 31 * MINUTE;
  assert.deepEqual(app.stuck(), ['poll']);
  const before = heard.count;
  for (let looks = 0; looks < 5; looks += 1) await look();
  assert.equal(heard.count, before);

  const over = new Promise<void>((resolve) => (polled.next = resolve));
  poll.release();
  await over;
  assert.equal(await said(), 'WATCHDOG=1');
  assert.match(await app.status(), /^polled .*: 1 upload, 1 failed/);
});
