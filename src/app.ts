// The composition root: builds everything from a Config, starts it, stops it. The one place that names implementations.
import { createMailChannel } from './channels/mail.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/values.ts';
import { connect, loginOf } from './connection.ts';
import { type HttpServer, startHttp } from './http/server.ts';
import { type PollOutcome, createPoll } from './jobs/poll.ts';
import { createRelay } from './jobs/relay.ts';
import type { Log, Scrubber } from './log.ts';
import { createMetrics } from './metrics.ts';
import { type Loop, nextTime, startScheduler } from './scheduler.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';

export interface AppOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly scrubber: Scrubber;
  readonly clock?: () => number;
  readonly random?: () => number;
}

export interface App {
  /** Everything that is due, once: a poll, then what it gave to send. */
  runOnce(now: number): Promise<PollOutcome>;
  /** Opens the port and begins the schedule; the first poll at once. */
  start(): Promise<{ readonly url: string }>;
  /** What runs is finished, or cut after 10 s. */
  stop(): Promise<void>;
}

const GRACE = 10_000;
const MINUTE = 60_000;

/** Throws StateError when the state cannot be used. */
export function createApp({ config, version, log, scrubber, clock = Date.now, random = Math.random }: AppOptions): App {
  const store = openSqliteStore(config.stateDir);
  const metrics = createMetrics({
    version,
    nodeVersion: process.versions.node,
    maxUploads: config.metricsMaxUploads,
    outbox: () => store.outboxCounts(),
    configuredAt: clock(),
  });
  const { client, nomad } = connect({
    config: config.nomad,
    version,
    scrubber,
    clock,
    random,
    refusals: {
      recent: (key, since) => store.recentRefusals(key, since),
      add: (key, time) => store.addRefusal(key, time),
    },
    onRequest: (count) => {
      metrics.onRequest(count);
    },
    onToken: (token) => {
      metrics.onToken(token);
    },
    onRenewal: (result) => {
      metrics.onRenewal(result);
      if (result === 'ok') log.info({}, 'token renewed');
    },
  });
  const channels = config.mail === null ? {} : { mail: mailChannel(config.mail) };
  const poll = createPoll({
    nomad,
    store,
    log,
    clock,
    random,
    deployment: config.nomad.url,
    login: loginOf(config.nomad),
    stuckAfter: config.stuckAfter,
    unreachableAfter: config.unreachableAfter,
    sweepAfter: (time) => nextTime(config.sweepSchedule, config.timeZone, time),
    elapsed: () => performance.now(),
    notifyOn: config.notifyOn,
    mail: config.mail,
  });
  const relay = createRelay({ store, channels, log, clock, random });
  let wasPolled = false;
  let http: HttpServer | null = null;
  let scheduler: ReturnType<typeof startScheduler> | null = null;

  function mailChannel(mail: NonNullable<Config['mail']>) {
    const host = new URL(mail.smtpUrl).hostname;
    return createMailChannel({
      ...mail,
      isLoopback: isLoopback(host),
      timeZone: config.timeZone,
      scrub: scrubber.scrub,
    });
  }

  async function pollOnce(now: number, signal?: AbortSignal): Promise<PollOutcome> {
    const outcome = await poll.runOnce(now, signal);
    metrics.onPoll(outcome);
    wasPolled ||= outcome.result === 'ok';
    return outcome;
  }

  async function relayOnce(now: number, signal?: AbortSignal): Promise<void> {
    for (const outcome of await relay.runOnce(now, signal)) metrics.onDelivery(outcome);
  }

  const loops: readonly Loop[] = [
    {
      name: 'poll',
      pattern: config.pollSchedule,
      longest: 30 * MINUTE,
      run: async (now, signal) => {
        const { events } = await pollOnce(now, signal);
        if (events.length > 0) void scheduler?.trigger('relay');
      },
      onSkip: () => {
        metrics.onSkippedPoll();
        log.warn({}, 'a poll came due while the one before was still running: skipped');
      },
    },
    { name: 'relay', pattern: '*/5 * * * * *', longest: 15 * MINUTE, run: relayOnce },
    { name: 'renew', pattern: '30 * * * * *', longest: 5 * MINUTE, run: (_now, signal) => nomad.renew(signal) },
    {
      name: 'prune',
      pattern: '17 3 * * *',
      longest: 30 * MINUTE,
      run: async (now) => {
        log.info(await store.prune(now - config.retention), 'old events and messages removed');
      },
    },
  ];

  return {
    async runOnce(now) {
      const outcome = await pollOnce(now);
      await relayOnce(now);
      return outcome;
    },
    async start() {
      http = await startHttp({
        ...config.http,
        isLoopback: isLoopback(config.http.host),
        metrics: (accept) => metrics.render(accept),
        stuckLoops: () => scheduler?.stuck(clock()) ?? [],
        notReady: () => notReady(store, wasPolled, clock()),
      });
      scheduler = startScheduler({
        loops,
        timeZone: config.timeZone,
        clock,
        onError: (loop, error) => {
          log.error({ loop, err: error }, 'a run ended with an error; the schedule goes on');
        },
      });
      void scheduler.trigger('poll');
      return { url: http.url };
    },
    async stop() {
      await scheduler?.stop(GRACE);
      await http?.close();
      channels.mail?.close();
      client.close();
      await store.close();
    },
  };
}

async function notReady(store: Store, wasPolled: boolean, now: number): Promise<string | null> {
  try {
    await store.probe(now);
  } catch (error) {
    return `the state cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
  return wasPolled ? null : 'no poll has got a complete listing yet';
}
