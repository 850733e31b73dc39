// A disk that refuses while the monitor runs: said once, nothing told that is not stored, nothing lost, nothing twice, no restart.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Channel } from '../../src/channels/channel.ts';
import { createApp } from '../../src/app/app.ts';
import { openState } from '../../src/app/state.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload, fail, start, succeed } from '../../src/demo/nomad-state.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { createClockWatch, createTimeShift } from '../../src/jobs/clock-watch.ts';
import { createWriteWatch } from '../../src/jobs/write-watch.ts';
import { createLoginRefusals } from '../../src/jobs/login-refusals.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { createScrubber } from '../../src/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { StateNotWrittenError } from '../../src/store/store.ts';
import { harness } from '../faults/harness.ts';
import { MINUTE, T0, event, reader } from '../support/builders.ts';
import { logger } from '../support/logger.ts';
import { type Refusing, refusing } from '../support/refusing.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 60 * MINUTE;
const signal = new AbortController().signal;

async function relayOn(context: TestContext, refusal?: Error, clock = () => T0) {
  const { store, refuse } = refusing(openSqliteStore(tempDir(context)), refusal);
  context.after(() => store.close());
  const sent: string[] = [];
  const channel: Channel = {
    send: ({ id }) => {
      sent.push(id);
      return Promise.resolve({ result: 'delivered' });
    },
    close: () => undefined,
  };
  const { logged, log } = logger();
  const relay = createRelay({
    store,
    channels: { mail: channel },
    readerOf: () => reader(),
    quietAt: () => () => null,
    mailMaxPerHour: 100,
    log,
    clock,
    random: () => 0.5,
  });
  const { id: account } = await store.openAccount('n', 'ada', T0);
  const found = (id: string) =>
    store.commitHealth({
      account,
      login: 'ada',
      health: HEALTHY,
      events: [event({ id })],
      notifications: [{ eventId: id, channel: 'mail', recipient: 'ada@lab.example' }],
      now: T0,
    });
  return { store, refuse, relay, sent, logged, found };
}

test('taken by the server and not noted: noted before anything else is sent, and not sent again, however late', async (context) => {
  const { store, refuse, relay, sent, logged, found } = await relayOn(context);
  await found('e1');
  refuse('settleDelivery');
  const first = await relay.runChannel('mail', T0);
  assert.deepEqual(
    first.map(({ result }) => result),
    ['delivered'],
  );
  await found('e2');
  for (const later of [5000, MINUTE, 2 * HOUR])
    await assert.rejects(relay.runChannel('mail', T0 + later), StateNotWrittenError);
  assert.equal(sent.length, 1);
  refuse();
  const outcomes = await relay.runChannel('mail', T0 + 3 * HOUR);
  assert.deepEqual(
    outcomes.map(({ result }) => result),
    ['delivered'],
  );
  assert.equal(sent.length, 2);
  assert.equal(new Set(sent).size, 2);
  assert.deepEqual(logged, ['info delivered', 'info delivered']);
  assert.deepEqual(
    (await store.outboxCounts()).map(({ pending, dead, waiting }) => [pending, dead, waiting]),
    [],
  );
});

test('taken and not noted for a reason that nobody knows: not sent again either, and noted when it can be', async (context) => {
  const { store, refuse, relay, sent, found } = await relayOn(context, new Error('connect ENETDOWN'));
  await found('e1');
  refuse('settleDelivery');
  for (const later of [0, MINUTE, 2 * HOUR]) await assert.rejects(relay.runChannel('mail', T0 + later), /ENETDOWN/);
  refuse();
  await relay.runChannel('mail', T0 + 3 * HOUR);
  assert.equal(sent.length, 1);
  assert.deepEqual(await store.outboxCounts(), []);
});

test('a process that was stopped between claim and send claims anew before it sends: another may have sent it meanwhile', async (context) => {
  // Claimed at T0, woken a minute later.
  const readings = [T0, T0 + MINUTE];
  const { store, relay, sent, found } = await relayOn(context, undefined, () => readings.shift() ?? T0 + MINUTE);
  await found('e1');
  const claims = context.mock.method(store, 'claimDeliveries');
  const outcomes = await relay.runChannel('mail', T0);
  assert.deepEqual([sent.length, outcomes.map(({ result }) => result)], [1, ['delivered']]);
  assert.equal(claims.mock.callCount(), 3, 'given back, claimed anew, nothing left');
});

test('nothing is sent that was not claimed', async (context) => {
  const { refuse, relay, sent, found } = await relayOn(context);
  await found('e1');
  for (const refused of ['formDeliveries', 'claimDeliveries'] as const) {
    refuse(refused);
    await assert.rejects(relay.runChannel('mail', T0), StateNotWrittenError);
  }
  refuse('loadQueue');
  await assert.rejects(relay.runChannel('mail', T0), StateNotWrittenError);
  assert.deepEqual(sent, []);
  refuse();
  await relay.runChannel('mail', T0);
  assert.equal(sent.length, 1);
});

test('what a loop meets is said once when it begins and once when it ends; another loop that is well ends nothing', async () => {
  const full = new StateNotWrittenError(
    'the state in /s cannot be written (database or disk is full): free some space',
  );
  const { logged, log } = logger();
  const disk = { isProbeGood: false, isRunGood: false, runs: 0 };
  const probe = () => (disk.isProbeGood ? Promise.resolve() : Promise.reject(full));
  const { watched, problem } = createWriteWatch({ store: { probe }, log, clock: () => T0 });
  const poll = watched('poll', () => {
    disk.runs += 1;
    return disk.isRunGood ? Promise.resolve() : Promise.reject(full);
  });
  const relay = watched('relay', () => Promise.resolve());
  const both = async () => {
    await poll(T0, signal);
    await relay(T0, signal);
  };
  await both();
  await both();
  assert.equal(disk.runs, 1, 'no second run while nothing can be written');
  // Room for a little, not for what has to be stored.
  disk.isProbeGood = true;
  await both();
  await both();
  assert.equal(await problem(), full.message);
  assert.deepEqual(logged, [`error ${full.message}; until then no messages are sent; they resume automatically`]);
  disk.isRunGood = true;
  await both();
  await both();
  assert.equal(await problem(), null);
  assert.deepEqual(logged.slice(1), ['warn the state can be written again: resuming']);
  disk.isProbeGood = false;
  assert.equal(await problem(), full.message, 'nobody has to meet it first');
});

test('an error that is not of the disk goes on to the schedule', async () => {
  const { log } = logger();
  const { watched } = createWriteWatch({ store: { probe: () => Promise.resolve() }, log, clock: () => T0 });
  await assert.rejects(watched('poll', () => Promise.reject(new Error('a bug')))(T0, signal), /a bug/);
});

test('refused logins that cannot be written count all the same, for an hour', async (context) => {
  const { store, refuse } = refusing(openSqliteStore(tempDir(context)));
  context.after(() => store.close());
  const refusals = createLoginRefusals(store);
  await refusals.add('ada', T0);
  refuse('all');
  await refusals.add('ada', T0 + 1);
  await refusals.add('grace', T0 + 2);
  assert.deepEqual(await refusals.recent('ada', T0), [T0, T0 + 1]);
  refuse();
  await refusals.add('ada', T0 + 3);
  assert.deepEqual(await refusals.recent('ada', T0 + 1), [T0 + 1, T0 + 3]);
  assert.deepEqual(await refusals.recent('ada', T0 + 2), [T0 + 3]);
});

test('a clock that was set while nothing could be written: what is stored is moved along when it can be', async () => {
  const moved: number[] = [];
  const time = { now: T0, monotonic: 0, isFull: true };
  const tokens: number[] = [];
  const watch = createClockWatch(
    () => time.now,
    () => time.monotonic,
  );
  const shift = createTimeShift({
    watch,
    store: {
      shiftTimes: (by: number) => {
        if (time.isFull) return Promise.reject(new StateNotWrittenError('full'));
        moved.push(by);
        return Promise.resolve();
      },
    },
    tokens: { clockSet: (by: number) => void tokens.push(by) },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    monotonic: () => time.monotonic,
  });
  time.now += HOUR;
  await assert.rejects(shift.notice(time.now), StateNotWrittenError);
  await assert.rejects(shift.notice(time.now), StateNotWrittenError);
  time.isFull = false;
  time.now += 2 * HOUR;
  await shift.notice(time.now);
  await shift.notice(time.now);
  assert.deepEqual([moved, tokens], [[3 * HOUR], [HOUR, 2 * HOUR]]);
});

test('a sweep whose commit was refused is made again by the next poll', async (context) => {
  const refuses: { disk?: Refusing } = {};
  const monitor = await harness(context, {
    uploads: 1200,
    store: (store) => {
      refuses.disk = refusing(store);
      return refuses.disk.store;
    },
  });
  await monitor.at(0);
  const upload = monitor.server.world.uploads.get('u000');
  assert.ok(upload !== undefined);
  await monitor.at(14);
  // A whole run between two polls: only a sweep sees it.
  start(upload);
  fail(upload, T0 + 14.5 * MINUTE, ['KeyError: y']);
  refuses.disk?.refuse('commitPoll');
  await assert.rejects(monitor.at(15), StateNotWrittenError);
  refuses.disk?.refuse();
  assert.deepEqual((await monitor.at(16)).kinds, ['upload.failed']);
});

test('the whole monitor: 503 with the reason, alive, metrics served, one line when it begins and one when it ends', async (context) => {
  const nomad = await startSimulatedNomad();
  let onMail: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (onMail = resolve));
  const inbox = await startInbox({
    onMail: () => {
      onMail();
    },
  });
  const upload = addUpload(nomad.world, 'u1', T0, { name: 'batch-42', process: 'process_upload' });
  succeed(upload, T0, 3);
  const stateDir = tempDir(context);
  const parsed = parseConfig(
    {
      NOMAD_URL: nomad.url,
      NOMAD_USERNAME: ADA.username,
      NOMAD_PASSWORD: ADA.password,
      SMTP_URL: inbox.url,
      MAIL_FROM: 'm@lab.example',
      STATE_DIR: stateDir,
      HTTP_PORT: '0',
    },
    { scheduleProblem: () => null },
  );
  assert.ok('config' in parsed);
  const { logged, log } = logger();
  const made: { disk?: Refusing } = {};
  // Its own schedule rests: the loops are run here.
  const config = { ...parsed.config, pollSchedule: '0 0 1 1 *' };
  const app = createApp({
    config,
    accounts: [{ name: null, config, rules: NO_RULES }],
    version: '0',
    log,
    scrubber: createScrubber([]),
    open: (options) => {
      const state = openState(options);
      made.disk = refusing(state.store);
      return { ...state, store: made.disk.store };
    },
  });
  context.after(async () => {
    await app.stop();
    await nomad.close();
    await inbox.close();
  });
  const refuse: Refusing['refuse'] = (...names) => made.disk?.refuse(...names);
  const run = async (times: number) => {
    for (let time = 0; time < times; time += 1)
      for (const loop of app.loops()) if (loop.name !== 'prune') await loop.run(Date.now(), signal);
  };
  const { url } = await app.start();
  await arrived;
  await run(1);
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { code: answer.status, text: await answer.text() };
  };
  assert.equal((await get('/readyz')).code, 200);
  assert.equal(inbox.mails.length, 1);

  refuse('all');
  start(upload);
  fail(upload, Date.now(), ['KeyError: x']);
  const before = logged.length;
  await run(1);
  const asked = nomad.requests.length;
  await run(5);
  assert.equal(nomad.requests.length, asked, 'NOMAD is not asked for what cannot be kept');
  assert.deepEqual(logged.slice(before).filter((line) => line.includes('cannot be written')).length, 1);
  const ready = await get('/readyz');
  assert.deepEqual(
    [ready.code, ready.text],
    [503, 'the state in /s cannot be written (database or disk is full): free some space\n'],
  );
  assert.equal((await get('/healthz')).code, 200);
  assert.match((await get('/metrics')).text, /nomad_upload_monitor_nomad_up 1\n/);
  assert.equal(inbox.mails.length, 1, 'nothing is told that is not stored');
  refuse('all', 'outboxCounts');
  assert.match((await get('/metrics')).text, /deliveries_pending\{channel="mail"\} 0\n/, 'as last known');

  const next = new Promise<void>((resolve) => (onMail = resolve));
  refuse();
  await run(3);
  await next;
  assert.equal((await get('/readyz')).code, 200);
  assert.deepEqual(
    inbox.mails.slice(1).map(({ subject }) => subject),
    ['[NOMAD] batch-42 failed: KeyError: x'],
  );
  assert.equal(logged.filter((line) => line.endsWith('the state can be written again: resuming')).length, 1);
  assert.deepEqual(logged.filter((line) => line.startsWith('error')).length, 1);
});
