// What the pages show, put together from the last poll and the state. Reads only; while there was no poll yet, it shows what was known before.
import type { Config } from '../config/config.ts';
import { guiOf } from '../domain/text/links.ts';
import { hashOf } from '../jobs/hash.ts';
import type { LastPolls } from '../jobs/last-poll.ts';
import type { KnownAccount } from '../store/operator.ts';
import type { EventsPage, Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import { createLatestUploads } from './latest-uploads.ts';
import { outboxView } from './outbox.ts';
import { NO_UPLOADS, createRanking } from './ranking.ts';
import { statusView } from './status.ts';
import { listView, uploadSight, uploadView } from './uploads.ts';
import type { FrameView, Views } from './views.ts';

export interface ViewingOptions {
  readonly config: Config;
  readonly version: string;
  /** Its name where several accounts are watched; null: it is the only one. */
  readonly account: () => string | null;
  /** A name for the login that does not reveal it. */
  readonly login: string;
  readonly reader: Reader;
  readonly store: Pick<Store, 'loadHealth' | 'outboxCounts'>;
  /** The last poll, and the last that was good, of this process. */
  readonly last: () => LastPolls | null;
  /** Whether this instance polls. */
  readonly isLeading: () => boolean;
  /** Never: infinity. */
  readonly nextPollAt: (now: number) => number;
  readonly tokenExpiresAt: () => number | null;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: () => Promise<string | null>;
}

const NO_EVENTS: EventsPage = { events: [], next: null };

export function createViews({ config, version, login, ...options }: ViewingOptions): Views {
  const { reader } = options;
  const { timeZone } = config;
  const deployment = config.nomad.url;
  const gui = guiOf(deployment);
  const healthKey = `${deployment} ${login}`;
  const latest = createLatestUploads({ ...options, healthKey });
  const ranking = createRanking();
  const source = { ...options, healthKey, latest, ranking, gui, deployment, version };
  const frame = (now: number): FrameView => ({ now, version, timeZone, gui, account: options.account() });
  const accountNow = (): Promise<KnownAccount | null> => reader.account(deployment, login);

  return {
    frame,
    async facts() {
      const polled = options.last();
      const found = await latest(polled?.good ? null : await accountNow());
      const health = polled?.any.health ?? (await options.store.loadHealth(healthKey));
      const { snapshot = null, names = new Map<string, string>() } = found ?? {};
      return { deployment, health, snapshot, names, counts: ranking.counts(found ?? NO_UPLOADS) };
    },
    status: async (now) => statusView(source, frame(now), await accountNow()),
    async home(now, query) {
      const account = await accountNow();
      return { status: await statusView(source, frame(now), account), list: await listView(source, query, account) };
    },
    list: async (query) => listView(source, query, await accountNow()),
    datedList: async (query) => listView(source, query, await accountNow()),
    upload: async (id) => uploadView(source, id, await accountNow()),
    sight: async (id) => uploadSight(source, id, await accountNow()),
    outbox: async (now, after, limit) => outboxView(source, now, await accountNow(), after, limit),
    async feed(since, limit) {
      const account = await accountNow();
      if (account === null) return { account: null, updatedAt: 0, events: [] };
      const events = await reader.newest(account.id, since, limit);
      const [newest] = events.length > 0 ? events : await reader.newest(account.id, 0, 1);
      return {
        account: hashOf(`${deployment} ${account.identity.userId ?? login}`),
        updatedAt: newest?.time ?? account.createdAt,
        events,
      };
    },
    async events(asked) {
      const account = await accountNow();
      return account === null ? NO_EVENTS : reader.events(account.id, asked);
    },
  };
}
