// What the pages show, put together from the last poll and the state. Reads only; while there was no poll yet, it shows what was known before.
import type { Config } from '../config/config.ts';
import { type Ranked, rowOf } from '../domain/report/report.ts';
import { type ToldRunEnd, nomadDays, runsOf } from '../domain/report/run-history.ts';
import { DAY } from '../domain/text/durations.ts';
import { uploadLink, guiOf } from '../domain/text/links.ts';
import { EMPTY_SNAPSHOT, conditionsOf, notLookedAt } from '../domain/report/conditions.ts';
import { isAbout } from '../domain/report/sort.ts';
import { phaseOf } from '../domain/upload.ts';
import { standingAdvice } from '../domain/message/advice.ts';
import { type RankedSnapshot, createRanking } from './ranking.ts';
import type {
  DatedListView,
  FrameView,
  ListedUpload,
  OutboxPlace,
  OutboxView,
  StatusView,
  UploadView,
  Views,
  ListQuery,
} from './views.ts';
import type { LastPolls } from '../jobs/last-poll.ts';
import type { KnownAccount, Undelivered } from '../store/operator.ts';
import type { EventsPage, Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';

export interface ViewingOptions {
  readonly config: Config;
  readonly version: string;
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
}

const ON_A_PAGE = 50;
const RUNS_IN_LIST = 20;
const RUNS_OF_ONE = 60;
const MAX_EVENTS = 200;
const MAX_TOLD = 500;
const MAX_UNDELIVERED = 50;
const MAX_OUTAGES = 1000;
const DAYS = 30;
const NO_EVENTS: EventsPage = { events: [], next: null };
const NO_UPLOADS: RankedSnapshot = { snapshot: EMPTY_SNAPSHOT, names: new Map() };

export function createViews({ config, reader, store, last, ...options }: ViewingOptions): Views {
  const deployment = config.nomad.url;
  const gui = guiOf(deployment);
  const healthKey = `${deployment} ${options.login}`;
  let remembered: RankedSnapshot | null = null;
  const ranking = createRanking();

  async function seenNow(account: KnownAccount | null): Promise<RankedSnapshot | null> {
    const good = last()?.good ?? null;
    const isOurs = good !== null && good.snapshot !== null;
    remembered = isOurs ? null : await storedNow(account, remembered);
    return isOurs ? { snapshot: good.snapshot, names: good.names } : remembered;
  }

  /** While another instance polls, what it stored is newer than what was read before. */
  async function storedNow(
    account: KnownAccount | null,
    before: RankedSnapshot | null,
  ): Promise<RankedSnapshot | null> {
    const snapshot = account === null ? null : await reader.snapshot(account.id, before?.snapshot ?? null);
    if (snapshot === null) return null;
    if (before?.snapshot === snapshot) return before;
    const health = await store.loadHealth(healthKey);
    return { snapshot, names: new Map(Object.entries(health?.names ?? {})) };
  }

  function accountNow(): Promise<KnownAccount | null> {
    return reader.account(deployment, options.login);
  }

  async function withRuns(
    found: readonly Ranked[],
    { names }: RankedSnapshot,
    limit: number,
    account: KnownAccount | null,
  ): Promise<readonly ListedUpload[]> {
    const ids = found.map(({ watched }) => watched.upload.id);
    const ends = account === null ? new Map<string, never[]>() : await reader.runEnds(account.id, ids, limit);
    return found.map((each) => {
      const { id } = each.watched.upload;
      const ofIt: readonly ToldRunEnd[] = ends.get(id) ?? [];
      const last = ofIt.at(-1);
      const took = ofIt.find((end) => end.run === last?.run && end.took !== null);
      const row = rowOf(each, names, (uploadId) => uploadLink(gui, uploadId));
      const { upload, oldMessage } = each.watched;
      const step = phaseOf(upload, oldMessage) === 'active' ? upload.message : null;
      return { ...row, runs: runsOf(ofIt), took_ms: took?.took ?? null, step };
    });
  }

  async function messageCounts() {
    const all = await store.outboxCounts();
    const sum = (of: 'pending' | 'dead' | 'waiting') => all.reduce((total, each) => total + each[of], 0);
    return { held: sum('waiting'), pending: sum('pending'), dead: sum('dead') };
  }

  async function undelivered(
    now: number,
    { pending, dead }: { readonly pending: number; readonly dead: number },
    limit?: number,
  ) {
    return pending + dead === 0 ? [] : reader.undelivered(now, limit);
  }

  async function outbox(now: number, after: OutboxPlace | null, limit: number): Promise<OutboxView> {
    const messages = await messageCounts();
    // By time and id: places that stay, whatever is delivered between two questions.
    const all = (await undelivered(now, messages)).toSorted(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    const isBehind = ({ createdAt, id }: Undelivered) =>
      after === null || createdAt > after.time || (createdAt === after.time && id > after.at);
    const rest = all.filter(isBehind);
    return { ...messages, deliveries: rest.slice(0, limit), more: rest.length > limit };
  }

  function frame(now: number): FrameView {
    return { now, version: options.version, timeZone: config.timeZone, gui };
  }

  async function status(now: number, account: KnownAccount | null): Promise<StatusView> {
    const nextPollAt = options.nextPollAt(now);
    const standsBy = !options.isLeading();
    const seen = await seenNow(account);
    const health = await store.loadHealth(healthKey);
    const messages = await messageCounts();
    const failing = health?.failing ?? null;
    const outages =
      account === null
        ? NO_EVENTS
        : await reader.events(account.id, {
            since: now - DAYS * DAY,
            kinds: ['nomad.reachable'],
            uploadId: null,
            after: 0,
            limit: MAX_OUTAGES,
          });
    return {
      ...frame(now),
      asOf: seen?.snapshot.takenAt ?? null,
      uploads: seen?.snapshot.uploads.size ?? 0,
      counts: ranking.counts(seen ?? NO_UPLOADS),
      polledAt: standsBy ? (seen?.snapshot.takenAt ?? null) : (last()?.any.startedAt ?? null),
      standsBy,
      nextPollAt: Number.isFinite(nextPollAt) ? nextPollAt : null,
      failing: failing === null ? null : { since: failing.since, problem: failing.problem, isLong: failing.told },
      refusedSince: health?.refused?.since ?? null,
      stalledSince: health?.stall?.told?.since ?? null,
      notLookedAt: seen === null ? 0 : notLookedAt(seen.snapshot),
      tokenExpiresAt: options.tokenExpiresAt(),
      days: nomadDays({
        events: outages.events,
        from: account?.createdAt ?? now,
        awaySince: failing?.told === true ? failing.since : null,
        days: DAYS,
        now,
      }),
      ...messages,
      undelivered: await undelivered(now, messages, MAX_UNDELIVERED),
    };
  }

  async function list(
    { condition, text, sort, page }: ListQuery,
    account: KnownAccount | null,
  ): Promise<DatedListView> {
    const known = await seenNow(account);
    const seen = known ?? NO_UPLOADS;
    const every = ranking.sorted(seen, sort);
    const there = condition === null ? every : every.filter(({ conditions }) => conditions.includes(condition));
    const found = text === '' ? there : there.filter(isAbout(text, seen.names));
    const pages = Math.max(1, Math.ceil(found.length / ON_A_PAGE));
    const shown = Math.min(Math.max(1, page), pages);
    const onPage = found.slice((shown - 1) * ON_A_PAGE, shown * ON_A_PAGE);
    const rows = await withRuns(onPage, seen, RUNS_IN_LIST, account);
    return { asOf: known?.snapshot.takenAt ?? null, rows, matching: found.length, page: shown, pages };
  }

  async function upload(id: string): Promise<UploadView | null> {
    const account = await accountNow();
    const seen = (await seenNow(account)) ?? NO_UPLOADS;
    const watched = seen.snapshot.uploads.get(id);
    const events = account === null ? [] : await reader.eventsOf(account.id, id, MAX_EVENTS);
    if (watched === undefined && events.length === 0) return null;
    const found = watched === undefined ? [] : [{ watched, conditions: conditionsOf(watched) }];
    const [row = null] = await withRuns(found, seen, RUNS_OF_ONE, account);
    return {
      id,
      row,
      advice: standingAdvice(id, watched ?? null, events),
      warnings: watched?.upload.warnings ?? [],
      events,
      told: account === null ? [] : await reader.toldOf(account.id, id, MAX_TOLD),
    };
  }

  return {
    frame,
    status: async (now) => status(now, await accountNow()),
    async home(now, query) {
      const account = await accountNow();
      return { status: await status(now, account), list: await list(query, account) };
    },
    list: async (query) => list(query, await accountNow()),
    datedList: async (query) => list(query, await accountNow()),
    upload,
    outbox,
    async newest(since, limit) {
      const account = await accountNow();
      return account === null ? [] : reader.newest(account.id, since, limit);
    },
    async events(asked) {
      const account = await accountNow();
      return account === null ? NO_EVENTS : reader.events(account.id, asked);
    },
  };
}
