// What is served over HTTP, put together: pages, API, metrics, health, readiness.
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/value-parsers.ts';
import { noRecipientText } from '../domain/notify/no-recipient.ts';
import type { Rules } from '../domain/notify/routing.ts';
import { loginFingerprint } from './nomad.ts';
import { notifiedOf } from './notified.ts';
import { metricsForm } from '../http/metrics-form.ts';
import { type Changes, createChanges } from '../http/server-sent-events.ts';
import { type HttpServer, startHttp } from '../http/server.ts';
import type { WriteWatch } from '../jobs/write-watch.ts';
import type { LastPoll } from '../jobs/last-poll.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { nextTime } from '../scheduler.ts';
import type { State } from './state.ts';
import { createViews } from '../views/queries.ts';

export interface AppHttpOptions {
  readonly config: Config;
  readonly version: string;
  /** Those in force now. */
  readonly rules: () => Rules;
  readonly state: State;
  readonly metrics: Metrics;
  readonly lastPoll: LastPoll;
  readonly writeWatch: WriteWatch;
  /** Names of the loops that do not move. */
  readonly stuck: () => readonly string[];
  readonly tokenExpiresAt: () => number | null;
  readonly clock: () => number;
  readonly scrub: (text: string) => string;
  readonly log: Log;
}

export interface AppHttp {
  readonly changes: Changes;
  /** Rejects when the port cannot be had. */
  start(): Promise<HttpServer>;
}

export function createHttp(options: AppHttpOptions): AppHttp {
  const { config, version, state, metrics, lastPoll, writeWatch, stuck, tokenExpiresAt, clock, scrub, log } = options;
  const { store, reader, leadership } = state;
  const login = loginFingerprint(config.nomad);
  async function noRecipient(): Promise<string | null> {
    const health = await store.loadHealth(`${config.nomad.url} ${login}`);
    return noRecipientText(options.rules(), notifiedOf(config), health?.identity ?? null);
  }
  const changes = createChanges();
  const views = createViews({
    config,
    version,
    login,
    reader,
    store,
    last: lastPoll.get,
    isLeading: () => leadership.isLeading(),
    nextPollAt: (now) => nextTime(config.pollSchedule, config.timeZone, now),
    tokenExpiresAt,
    noRecipient,
  });

  /** One that stands by has no polls of its own. */
  async function notReady(): Promise<string | null> {
    const problem = await writeWatch.problem();
    if (problem !== null || !leadership.isLeading()) return problem;
    return (lastPoll.get()?.good ?? null) === null ? 'no poll has received a complete listing yet' : null;
  }

  return {
    changes,
    start: () =>
      startHttp({
        ...config.http,
        isLoopback: isLoopback(config.http.host),
        metrics: async (accept) => {
          const { form, contentType } = metricsForm(accept);
          return { contentType, body: await metrics.render(form) };
        },
        stuckLoops: stuck,
        version,
        views,
        changes,
        clock,
        scrub,
        onError: (error) => {
          log.error({ err: error }, 'an HTTP request failed');
        },
        onRefusal: ({ status, detail, who }) => {
          // A browser that has not been asked for the password yet is refused as well.
          log[status === 401 ? 'info' : 'warn']({ status, ...who }, `a request was refused: ${detail}`);
        },
        notReady,
        noRecipient,
      }),
  };
}
