// What is served over HTTP, put together: pages, API, metrics, health, readiness.
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/value-parsers.ts';
import { metricsForm } from '../http/metrics-form.ts';
import { createChanges } from '../http/server-sent-events.ts';
import { type HttpServer, startHttp } from '../http/server.ts';
import type { WriteWatch } from '../jobs/write-watch.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { overviewView } from '../views/overview.ts';
import type { Accounts } from './accounts.ts';
import type { State } from './state.ts';

export interface AppHttpOptions {
  readonly config: Config;
  readonly version: string;
  readonly accounts: Accounts;
  readonly state: State;
  readonly metrics: Metrics;
  readonly writeWatch: WriteWatch;
  /** Names of the loops that do not move. */
  readonly stuck: () => readonly string[];
  /** Calls back when something has changed that a page of all accounts shows. */
  readonly onPageChange: (listener: () => void) => unknown;
  readonly clock: () => number;
  readonly scrub: (text: string) => string;
  readonly log: Log;
}

export interface AppHttp {
  /** Rejects when the port cannot be had. */
  start(): Promise<HttpServer>;
}

export function createHttp(options: AppHttpOptions): AppHttp {
  const { config, version, accounts, metrics, stuck, clock, scrub, log } = options;
  const changes = createChanges();
  options.onPageChange(changes.notify);

  return {
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
        accounts: accounts.all,
        overview: async () => {
          const facts = accounts.all().map(async ({ name, views }) => ({ name: name ?? '', ...(await views.facts()) }));
          return overviewView(await Promise.all(facts));
        },
        changes,
        timeZone: config.timeZone,
        clock,
        scrub,
        onError: (error) => {
          log.error({ err: error }, 'an HTTP request failed');
        },
        onRefusal: ({ status, detail, who }) => {
          // A browser that has not been asked for the password yet is refused as well.
          log[status === 401 ? 'info' : 'warn']({ status, ...who }, `a request was refused: ${detail}`);
        },
        notReady: () => notReady(options),
        noRecipient: () => noRecipient(accounts),
      }),
  };
}

/** One that stands by has no polls of its own. Of several accounts, one that can be watched is enough: the others are reported by themselves. */
async function notReady({ accounts, state: { leadership }, writeWatch }: AppHttpOptions): Promise<string | null> {
  const problem = await writeWatch.problem();
  if (problem !== null || !leadership.isLeading()) return problem;
  const isPolled = accounts.all().some(({ last }) => (last()?.good ?? null) !== null);
  return isPolled ? null : 'no poll has received a complete listing yet';
}

async function noRecipient(accounts: Accounts): Promise<string | null> {
  const all = accounts.all();
  const sentences = await Promise.all(
    all.map(async ({ name, noRecipient: find }) => {
      const found = await find();
      return found === null ? null : all.length < 2 ? found : `${name ?? ''}: ${found}`;
    }),
  );
  const found = sentences.filter((each) => each !== null);
  return found.length === 0 ? null : found.join('\n');
}
