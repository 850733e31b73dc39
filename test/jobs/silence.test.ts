// A NOMAD that hangs: told at the first moment at which it has failed for UNREACHABLE_AFTER, counted from the first request without an answer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createPoll } from '../../src/jobs/poll.ts';
import type { Nomad } from '../../src/nomad/nomad.ts';
import { createClient } from '../../src/nomad/client.ts';
import { failure } from '../../src/nomad/failure.ts';
import { createNomad } from '../../src/nomad/nomad.ts';
import { createTokenSource } from '../../src/nomad/token-source.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { ADA_LOGIN, wire } from '../support/nomad.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const SECOND = 1000;

async function setUp(context: TestContext, unreachableAfter = MINUTE) {
  const wiring = await wire();
  const { time } = wiring;
  const store = openSqliteStore(tempDir(context));
  context.after(async () => {
    await store.close();
    await wiring.close();
  });
  const answered = { at: 0 };
  const make = (instead: Partial<Nomad> = {}) =>
    createPoll({
      nomad: { ...wiring.nomad, ...instead },
      store,
      log: silent,
      deployment: wiring.server.url,
      login: 'token x',
      stuckAfter: 120 * MINUTE,
      unreachableAfter,
      sweepAfter: (at) => at + 900_000,
      monotonic: () => time.now,
      answeredAt: () => answered.at,
      routing: routing({ notifyOn: [] }),
      clock: () => time.now,
      random: () => 0.5,
    });
  /** A listing that is given up when the test says so, so many seconds after the beginning of all. */
  const hanging = () => {
    const hung = Promise.withResolvers<null>();
    const begun = Promise.withResolvers<null>();
    const list: Nomad['list'] = async () => {
      begun.resolve(null);
      await hung.promise;
      return failure('unreachable', 'list of uploads: ETIMEDOUT');
    };
    return { list, giveUp: hung.resolve, begun: begun.promise };
  };
  const set = (second: number) => (time.now = T0 + second * SECOND);
  return { ...wiring, store, answered, make, hanging, set };
}

const kindsOf = (told: { readonly events: readonly { readonly kind: string }[] } | null) =>
  told?.events.map(({ kind }) => kind) ?? [];

test('a request that takes 70 s to be given up counts from its start: told at its end, since its start', async (context) => {
  const { make, hanging, set } = await setUp(context);
  const { list, giveUp, begun } = hanging();
  const poll = make({ list });
  const running = poll.runOnce(set(0));
  await begun;
  set(70);
  giveUp(null);
  const outcome = await running;
  assert.deepEqual(kindsOf(outcome), ['nomad.unreachable']);
  assert.equal(outcome.events[0]?.time, T0 + 70 * SECOND);
  assert.deepEqual(outcome.health.failing, { since: T0, problem: 'list of uploads: ETIMEDOUT', told: true });
});

test('it is told while the request still hangs, at UNREACHABLE_AFTER, once; the first good poll ends it', async (context) => {
  const { make, hanging, set, nomad } = await setUp(context);
  const { list, giveUp, begun } = hanging();
  let isHanging = true;
  const poll = make({ list: (...given) => (isHanging ? list(...given) : nomad.list(...given)) });
  const running = poll.runOnce(set(0));
  await begun;
  const told: string[] = [];
  for (let second = 5; second <= 65; second += 5)
    for (const kind of kindsOf(await poll.lookAtSilence(set(second)))) told.push(`${second} ${kind}`);
  assert.deepEqual(told, ['60 nomad.unreachable']);
  set(70);
  giveUp(null);
  assert.deepEqual(kindsOf(await running), []);
  isHanging = false;
  assert.deepEqual(kindsOf(await poll.runOnce(set(94))), ['nomad.reachable', 'monitor.baseline']);
});

test('an answer that comes after all: unreachable was told, and reachable with it', async (context) => {
  const { make, set, nomad } = await setUp(context);
  const { promise, resolve } = Promise.withResolvers<null>();
  const asked = Promise.withResolvers<null>();
  const poll = make({
    list: async (...given) => {
      asked.resolve(null);
      await promise;
      return nomad.list(...given);
    },
  });
  const running = poll.runOnce(set(0));
  await asked.promise;
  assert.deepEqual(kindsOf(await poll.lookAtSilence(set(60))), ['nomad.unreachable']);
  resolve(null);
  assert.deepEqual(kindsOf(await running), ['nomad.reachable', 'monitor.baseline']);
  assert.equal(await poll.lookAtSilence(set(300)), null);
});

test('slow is not silent: each answer begins the count anew, and so does the failure that follows them', async (context) => {
  const { make, hanging, set, answered } = await setUp(context);
  const { list, giveUp, begun } = hanging();
  const poll = make({ list });
  const running = poll.runOnce(set(0));
  await begun;
  for (const second of [20, 40, 80]) {
    answered.at = T0 + second * SECOND;
    assert.equal(await poll.lookAtSilence(set(second + 39)), null);
  }
  set(130);
  giveUp(null);
  const outcome = await running;
  assert.deepEqual(kindsOf(outcome), []);
  assert.equal(outcome.health.failing?.since, T0 + 80 * SECOND);
  assert.deepEqual(kindsOf(await poll.runOnce(set(140))), ['nomad.unreachable']);
});

test('a poll that has just begun says nothing of an outage that may be over', async (context) => {
  const { make, hanging, set } = await setUp(context, 90 * SECOND);
  const { list, giveUp, begun } = hanging();
  let isDown = true;
  const poll = make({
    list: (...given) => (isDown ? Promise.resolve(failure('unreachable', 'ECONNREFUSED')) : list(...given)),
  });
  assert.deepEqual(kindsOf(await poll.runOnce(set(0))), []);
  isDown = false;
  const running = poll.runOnce(set(100));
  await begun;
  assert.equal(await poll.lookAtSilence(set(109)), null);
  assert.deepEqual(kindsOf(await poll.lookAtSilence(set(110))), ['nomad.unreachable']);
  giveUp(null);
  assert.equal((await running).health.failing?.since, T0);
});

test('a pause longer than UNREACHABLE_AFTER: told within it, at its time; the pause begins when NOMAD asked for it', async (context) => {
  const { make, set } = await setUp(context);
  const { promise, resolve } = Promise.withResolvers<null>();
  const asked = Promise.withResolvers<null>();
  const poll = make({
    list: async () => {
      asked.resolve(null);
      await promise;
      return failure('unreachable', 'list of uploads: NOMAD answered 503', 10 * MINUTE);
    },
  });
  const running = poll.runOnce(set(0));
  await asked.promise;
  set(30);
  resolve(null);
  assert.deepEqual(kindsOf(await running), []);
  assert.equal(await poll.lookAtSilence(set(59)), null);
  assert.deepEqual(kindsOf(await poll.lookAtSilence(set(60))), ['nomad.unreachable']);
  assert.equal(await poll.lookAtSilence(set(65)), null);
  assert.deepEqual(
    [629, 630].map((second) => poll.isWaiting(T0 + second * SECOND)),
    [true, false],
  );
});

test('polls far apart: nothing is told of the time in which nobody asked', async (context) => {
  const { make, set } = await setUp(context);
  const poll = make({ list: async () => failure('unreachable', 'ECONNREFUSED') });
  await poll.runOnce(set(0));
  assert.equal(await poll.lookAtSilence(set(3000)), null);
  assert.deepEqual(kindsOf(await poll.runOnce(set(3600))), ['nomad.unreachable']);
});

test('the time a monitor was away is not counted, also when its first request hangs', async (context) => {
  const { make, set, hanging } = await setUp(context, 10 * MINUTE);
  await make({ list: async () => failure('unreachable', 'down') }).runOnce(set(0));
  const { list, giveUp, begun } = hanging();
  const again = make({ list });
  const running = again.runOnce(set(590));
  await begun;
  assert.deepEqual(kindsOf(await again.lookAtSilence(set(605))), ['nomad.unreachable'], 'away for less than that');
  giveUp(null);
  await running;
  const later = hanging();
  const third = await setUp(context, 10 * MINUTE);
  await third.make({ list: async () => failure('unreachable', 'down') }).runOnce(set(0));
  const after = third.make({ list: later.list });
  third.set(601);
  const last = after.runOnce(third.time.now);
  await later.begun;
  assert.equal(await after.lookAtSilence(third.set(1200)), null, 'it begins at 601');
  assert.deepEqual(kindsOf(await after.lookAtSilence(third.set(1201))), ['nomad.unreachable']);
  later.giveUp(null);
  await last;
});

test(
  'a server that never answers: told at UNREACHABLE_AFTER, while the first login still waits',
  { timeout: 20_000 },
  async (context) => {
    const { store, time, set } = await setUp(context);
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
    const client = createClient({ url, userAgent: 'test', proxyEnv: {}, timeout: 1000 });
    context.after(() => {
      client.close();
      server.closeAllConnections();
      server.close();
    });
    const clock = () => time.now;
    const refusals = { recent: async () => [], add: async () => undefined };
    const options = { client, clock, random: () => 0.5 };
    const tokens = createTokenSource({ ...options, credentials: ADA_LOGIN, lifetime: 3600, refusals });
    const poll = createPoll({
      ...{ nomad: createNomad({ client, tokens, roles: [], clock }), store, log: silent, deployment: url, login: 'x' },
      ...{ stuckAfter: MINUTE, unreachableAfter: MINUTE, sweepAfter: Number, monotonic: clock, clock },
      ...{ routing: routing({ notifyOn: [] }), random: () => 0.5 },
    });
    const arrived = once(server, 'request');
    const running = poll.runOnce(set(0));
    await arrived;
    assert.equal(await poll.lookAtSilence(set(59)), null);
    const told = await poll.lookAtSilence(set(60));
    assert.deepEqual(kindsOf(told), ['nomad.unreachable']);
    assert.deepEqual(told?.events[0]?.details, { since: T0, problem: 'no answer yet to a request sent 1 min ago' });
    assert.equal((await running).result, 'unreachable');
    const later = await poll.runOnce(set(359));
    assert.deepEqual([later.result, kindsOf(later)], ['skipped', []], 'no login within five minutes after it');
  },
);
