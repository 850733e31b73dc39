// A monitor that has seen a quiet NOMAD once, so that a fault can be put before it: what is told, counted and logged, and what is left.
import type { TestContext } from 'node:test';
import { type SimulatedNomad, startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload, fail, succeed } from '../../src/demo/nomad-state.ts';
import { createClockWatch, createTimeShift } from '../../src/jobs/clock-watch.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import type { Fields } from '../../src/log.ts';
import { createOneMetrics } from '../support/metrics.ts';
import { createClient } from '../../src/nomad/client.ts';
import { createNomad } from '../../src/nomad/nomad.ts';
import type { LoginCredentials } from '../../src/nomad/login.ts';
import { createTokenSource } from '../../src/nomad/token-source.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';

export interface HarnessOptions {
  readonly uploads?: number;
  /** How far our clock is ahead of NOMAD's, ms. */
  readonly skew?: number;
  /** How far the `Date` of answers is ahead of NOMAD's clock, ms; null: answers have none. */
  readonly dateAhead?: number | null;
  readonly credentials?: (server: SimulatedNomad) => LoginCredentials;
  /** Puts another store around the real one. */
  readonly store?: (store: Store) => Store;
}

/** How long an answer is waited for, ms: longer than any machine needs, however busy, and for where none comes. */
const PATIENT = 30_000;
export const IMPATIENT = 400;

export async function harness(
  context: TestContext,
  { uploads = 3, skew = 0, dateAhead = 0, credentials, store: around = (store) => store }: HarnessOptions = {},
) {
  const time = { now: T0, set: 0 };
  const server = await startSimulatedNomad({ now: () => time.now, dateAhead });
  for (let index = 0; index < uploads; index += 1) {
    const upload = addUpload(server.world, `u${String(index).padStart(3, '0')}`, T0 - (uploads - index) * MINUTE, {
      process: 'process_upload',
    });
    if (index % 2 === 0) succeed(upload, T0 - MINUTE);
    else fail(upload, T0 - MINUTE, ['KeyError: x']);
  }
  const store = around(openSqliteStore(tempDir(context)));
  const logged: string[] = [];
  const write = (fields: Fields, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const metrics = createOneMetrics({
    version: '0',
    nodeVersion: '0',
    maxUploads: 10,
    outbox: () => store.outboxCounts(),
    configuredAt: T0,
    group: null,
  });
  const clock = () => time.now + skew + time.set;
  const address = { url: server.url, timeout: PATIENT };
  const login: LoginCredentials = { kind: 'password', username: ADA.username, password: ADA.password };
  const refusals: number[] = [];
  const made = new Map<string, ReturnType<typeof build>>();

  function build({ url, timeout }: typeof address) {
    const client = createClient({
      url,
      userAgent: 'test',
      proxyEnv: {},
      timeout,
      onRequest: (count) => {
        metrics.onRequest(count);
      },
    });
    context.after(() => {
      client.close();
    });
    const tokens = createTokenSource({
      client,
      credentials: credentials?.(server) ?? login,
      lifetime: 86_400,
      refusals: {
        recent: () => Promise.resolve(refusals),
        add: (at) => Promise.resolve(void refusals.push(at)),
      },
      clock,
      random: () => 0.5,
    });
    return createNomad({ client, tokens, roles: [], clock });
  }

  /** NOMAD where it is believed to be at the moment: another address is the same deployment gone wrong. */
  const at = () => {
    const key = JSON.stringify(address);
    const nomad = made.get(key) ?? build(address);
    made.set(key, nomad);
    return nomad;
  };
  const poll = createPoll({
    nomad: {
      identity: (signal) => at().identity(signal),
      list: (now, signal) => at().list(now, signal),
      listPart: (question, now, signal) => at().listPart(question, now, signal),
      verdict: (id, user, signal) => at().verdict(id, user, signal),
      upload: (id, user, signal) => at().upload(id, user, signal),
      newest: (signal) => at().newest(signal),
      entries: (id, signal) => at().entries(id, signal),
      failing: (id, failed, signal) => at().failing(id, failed, signal),
      entryLog: (id, timeout, signal) => at().entryLog(id, timeout, signal),
      unfinished: (id, failed, signal) => at().unfinished(id, failed, signal),
      version: (signal) => at().version(signal),
      names: (ids, signal) => at().names(ids, signal),
      renew: (signal) => at().renew(signal),
      tokenLife: () => at().tokenLife(),
    },
    store,
    log: { debug: write, info: write, warn: write, error: write },
    deployment: server.url,
    login: 'ada',
    routing: routing(),
    stuckAfter: 120 * MINUTE,
    unreachableAfter: 10 * MINUTE,
    sweepAfter: (time) => time + 900_000,
    clock,
    monotonic: () => time.now,
    random: () => 0.5,
  });
  const clockWatch = createClockWatch(clock, () => time.now);
  clockWatch.onJump(poll.clockSet);
  const timeShift = createTimeShift({
    watch: clockWatch,
    store,
    tokens: { clockSet: () => undefined },
    log: { debug: write, info: write, warn: write, error: write },
    monotonic: () => time.now,
  });
  context.after(async () => {
    await store.close();
    await server.close();
  });

  return {
    server,
    time,
    address,
    refusals,
    logged,
    /** A poll, so many minutes after the first. */
    async at(minute: number) {
      time.now = T0 + minute * MINUTE;
      await timeShift.notice(clock());
      const outcome = await poll.runOnce(clock());
      metrics.onPoll(outcome);
      return { result: outcome.result, kinds: outcome.events.map(({ kind }) => kind), events: outcome.events };
    },
    metrics: () => metrics.render('text'),
    requests: () => server.requests.map(({ line }) => line),
  };
}
