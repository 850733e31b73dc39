// The whole composition while its clock is set by hours, ahead and back: nothing waits for as long as the jump was, nothing is given up
// or told because of it, and NOMAD is asked no more often than was promised.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createApp } from '../src/app/app.ts';
import { parseConfig } from '../src/config/parse.ts';
import { startInbox } from '../src/demo/inbox.ts';
import { type SimulatedNomad, startSimulatedNomad } from '../src/demo/nomad-server.ts';
import { ADA, addUpload, fail, succeed } from '../src/demo/nomad-state.ts';
import { NO_RULES } from '../src/domain/notify/routing.ts';
import { type Fields, createScrubber } from '../src/log.ts';
import { openSqliteOperator } from '../src/store/sqlite/attach.ts';
import { MINUTE, T0 } from './support/builders.ts';
import { tempDir } from './support/temp.ts';

const SECOND = 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const JUMPS = [3 * HOUR, -3 * HOUR, 4 * DAY, -4 * DAY] as const;
/** Of the one channel that is configured. */
const RELAY = 'relay mail';
const told = (by: number) => `${Math.abs(by / HOUR)} hours ${by > 0 ? 'ahead' : 'back'}`;

interface Options {
  readonly login?: (nomad: SimulatedNomad) => Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const password = () => ({ NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password });
const appToken = ({ tokens }: SimulatedNomad) => ({ NOMAD_TOKEN: tokens.mint('app', ADA, 86_400) });

async function setUp(context: TestContext, { login = password, env = {} }: Options = {}) {
  /** `real` goes on by itself, also for NOMAD; ours is set. */
  const time = { real: T0, set: 0 };
  const nomad = await startSimulatedNomad({ now: () => time.real });
  const inbox = await startInbox();
  const upload = addUpload(nomad.world, 'u1', T0 - DAY, { name: 'batch', process: 'process_upload' });
  succeed(upload, T0 - DAY, 3);
  const logged: string[] = [];
  const write = (fields: Fields, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const stateDir = tempDir(context);
  const clock = () => time.real + time.set;
  const parsed = parseConfig(
    {
      NOMAD_URL: nomad.url,
      SMTP_URL: inbox.url,
      MAIL_FROM: 'm@lab.example',
      STATE_DIR: stateDir,
      NOTIFY_ON: 'all',
      ...login(nomad),
      ...env,
    },
    { scheduleProblem: () => null },
  );
  assert.ok('config' in parsed, JSON.stringify(parsed));
  const { config } = parsed;
  const build = () =>
    createApp({
      config,
      accounts: [{ name: null, config, rules: NO_RULES }],
      version: '0',
      log: { debug: write, info: write, warn: write, error: write },
      scrubber: createScrubber([]),
      clock,
      monotonic: () => time.real,
      random: () => 0.5,
    });
  const held = { app: build() };
  context.after(async () => {
    await held.app.stop();
    await nomad.close();
    await inbox.close();
  });
  const signal = new AbortController().signal;
  /** Each of these loops, as the schedule would run it now. */
  async function run(...names: readonly string[]): Promise<void> {
    for (const loop of held.app.loops()) if (names.includes(loop.name)) await loop.run(clock(), signal);
  }
  /** Lets the real time pass: the relay each 15 s, a poll each minute. */
  async function pass(milliseconds: number): Promise<void> {
    const until = time.real + milliseconds;
    while (time.real < until) {
      time.real += 15 * SECOND;
      await run(RELAY, ...((time.real - T0) % MINUTE === 0 ? ['poll', 'renew'] : []));
    }
  }
  async function restart(): Promise<void> {
    await held.app.stop();
    held.app = build();
  }
  const subjects = () => inbox.mails.map(({ subject }) => subject);
  const found = () =>
    logged
      .flatMap((line) => /^((upload|nomad|monitor)\.\w+) \{/.exec(line)?.[1] ?? [])
      // An app token that lives for a day is warned of from the beginning.
      .filter((kind) => kind !== 'nomad.token_expiring');
  const requests = () => nomad.requests.map(({ line }) => line);
  await run('poll', RELAY);
  assert.deepEqual(found(), ['monitor.baseline']);
  return { time, nomad, inbox, upload, stateDir, run, pass, restart, subjects, found, requests, logged };
}

const away = { onRecipient: () => ({ code: 451, message: 'later' }) };

for (const by of JUMPS) {
  test(`${told(by)}: a mail that waits for its next try is sent soon after it is taken again, and not given up`, async (context) => {
    const { time, inbox, upload, pass, subjects } = await setUp(context);
    inbox.setHooks(away);
    fail(upload, time.real, ['KeyError: x']);
    await pass(10 * MINUTE);
    time.set = by;
    await pass(10 * MINUTE);
    assert.deepEqual(subjects(), ['[NOMAD] Now watching 1 upload'], 'it was tried and not taken');
    inbox.setHooks({});
    // No wait is longer than the outage was.
    await pass(21 * MINUTE);
    assert.deepEqual(subjects().slice(1), ['[NOMAD] batch failed: KeyError: x']);
  });

  test(`${told(by)}, while it was not running: the same within two hours`, async (context) => {
    const { time, inbox, upload, pass, run, restart, subjects } = await setUp(context);
    inbox.setHooks(away);
    fail(upload, time.real, ['KeyError: x']);
    await pass(10 * MINUTE);
    await restart();
    time.set = by;
    inbox.setHooks({});
    for (let minute = 0; minute < 120; minute += 5) {
      time.real += 5 * MINUTE;
      await run('poll', RELAY);
    }
    assert.deepEqual(subjects().slice(1), ['[NOMAD] batch failed: KeyError: x']);
  });

  test(`${told(by)}: what MAIL_MAX_PER_HOUR holds comes within two hours`, async (context) => {
    const { time, upload, pass, run, subjects } = await setUp(context, { env: { MAIL_MAX_PER_HOUR: '1' } });
    fail(upload, time.real, ['KeyError: x']);
    await pass(MINUTE);
    assert.equal(subjects().length, 1, 'the baseline was the one of this hour');
    time.set = by;
    for (let minute = 0; minute < 120; minute += 5) {
      time.real += 5 * MINUTE;
      await run('poll', RELAY);
    }
    assert.deepEqual(subjects().slice(1), ['[NOMAD] batch failed: KeyError: x']);
  });

  test(`${told(by)}: nothing is told because of it, by password or by token`, async (context) => {
    for (const options of [{}, { login: appToken }]) {
      const { time, pass, found } = await setUp(context, options);
      await pass(5 * MINUTE);
      time.set = by;
      await pass(20 * MINUTE);
      time.set = 0;
      await pass(20 * MINUTE);
      assert.deepEqual(found(), ['monitor.baseline']);
    }
  });

  test(`${told(by)}: no more than five refused logins in the hour that passes`, async (context) => {
    const { time, nomad, requests, pass, run } = await setUp(context);
    for (const { token } of nomad.requests) if (token !== null) nomad.tokens.revoke(token);
    nomad.setFault(({ path }) =>
      path === '/auth/token' ? { status: 401, body: '{"detail":"Incorrect username or password"}' } : undefined,
    );
    const before = requests().length;
    await pass(20 * MINUTE);
    time.set = by;
    for (let minute = 0; minute < 39; minute += 1) {
      time.real += MINUTE;
      await run('poll', 'renew');
    }
    const logins = requests()
      .slice(before)
      .filter((line) => line.startsWith('POST /auth/token'));
    assert.ok(logins.length <= 5, `${logins.length} logins`);
  });

  test(`${told(by)}: a NOMAD that asked to be left alone for an hour is`, async (context) => {
    const { time, nomad, requests, run } = await setUp(context);
    nomad.setFault(() => ({ status: 503, headers: { 'retry-after': '3600' } }));
    time.real += MINUTE;
    await run('poll');
    const before = requests().length;
    for (let minute = 1; minute < 60; minute += 1) {
      time.real += MINUTE;
      if (minute === 20) time.set = by;
      await run('poll');
    }
    assert.equal(requests().length, before);
    time.real += 2 * MINUTE;
    await run('poll');
    assert.ok(requests().length > before, 'and asked again after it');
  });
}

test('a clock set far ahead takes no history with it, unless it stays so for a day', async (context) => {
  const { time, stateDir, run } = await setUp(context, { env: { RETENTION: '7d' } });
  const history = async () => {
    const operator = openSqliteOperator(stateDir);
    const events = await operator.events({ since: 0, uploadId: null, kinds: [] });
    await operator.close();
    return events.map(({ kind }) => kind);
  };
  time.real += MINUTE;
  time.set = 30 * DAY;
  await run('prune');
  time.set = 0;
  time.real += 12 * HOUR;
  await run('poll', 'prune');
  assert.deepEqual(await history(), ['monitor.baseline']);
  time.set = 30 * DAY;
  await run('prune');
  time.real += DAY;
  await run('prune');
  assert.deepEqual(await history(), []);
});

test('an outage is as long as it really was, though the clock is set in the middle of it', async (context) => {
  for (const by of JUMPS) {
    const { time, nomad, found, run } = await setUp(context);
    nomad.setFault(() => ({ status: 502 }));
    const failing = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        time.real += MINUTE;
        await run('poll');
      }
    };
    await failing(5);
    time.set = by;
    await failing(5);
    assert.deepEqual(found(), ['monitor.baseline']);
    await failing(10);
    assert.deepEqual(found(), ['monitor.baseline', 'nomad.unreachable']);
  }
});

test('a token that renews itself outlives a clock set back by more than it has left', async (context) => {
  const { time, pass, run, found } = await setUp(context, {
    login: (nomad) => {
      // Only there does an app token renew itself.
      Object.assign(nomad.world, { generation: '1.3' });
      return appToken(nomad);
    },
  });
  await pass(5 * MINUTE);
  time.set = -20 * HOUR;
  for (let hours = 0; hours < 60; hours += 1) {
    time.real += HOUR;
    await run('poll', 'renew');
  }
  assert.deepEqual(found(), ['monitor.baseline']);
});
