// What the pages show, put together from the last poll and the state. Reads only; while there was no poll yet, it shows what was known before.
import type { Config } from './config/config.ts';
import { type CheckRow, type Ranked, ranked, rowOf } from './domain/check.ts';
import { nomadDays, runsOf } from './domain/history.ts';
import { uploadLink, guiOf } from './domain/links.ts';
import { CONDITIONS, type Condition } from './domain/overview.ts';
import type { Snapshot } from './domain/upload.ts';
import type {
  DatedListView,
  ListedUpload,
  OutboxPlace,
  OutboxView,
  StatusView,
  UploadView,
  Views,
  Wanted,
} from './http/view.ts';
import type { Latest } from './jobs/latest.ts';
import type { KnownAccount, Undelivered } from './store/desk.ts';
import type { EventsPage, Reader } from './store/reader.ts';
import type { Store } from './store/store.ts';

export interface ViewingOptions {
  readonly config: Config;
  readonly version: string;
  /** Names the login without telling it. */
  readonly login: string;
  readonly reader: Reader;
  readonly store: Pick<Store, 'loadHealth' | 'outboxCounts'>;
  /** The last poll, and the last that was good, of this process. */
  readonly last: () => Latest | null;
  /** Never: infinity. */
  readonly nextPollAt: (now: number) => number;
  readonly tokenExpiresAt: () => number | null;
}

const ON_A_PAGE = 50;
const RUNS_IN_LIST = 20;
const RUNS_OF_ONE = 60;
const MOST_EVENTS = 200;
const MOST_TOLD = 500;
const MOST_UNDELIVERED = 50;
const MOST_OUTAGES = 1000;
const DAYS = 30;
const DAY = 86_400_000;
const NO_EVENTS: EventsPage = { events: [], next: null };

interface Sorted {
  readonly snapshot: Snapshot;
  readonly all: readonly Ranked[];
}

export function createViews({ config, reader, store, last, ...options }: ViewingOptions): Views {
  const deployment = config.nomad.url;
  const gui = guiOf(deployment);
  const healthKey = `${deployment} ${options.login}`;
  let remembered: Snapshot | null = null;
  let sorted: Sorted | null = null;

  async function snapshotNow(): Promise<Snapshot | null> {
    const good = last()?.good?.snapshot ?? null;
    // While another instance polls, what it stored is newer than what was read before.
    const account = good === null ? await accountNow() : null;
    remembered = account === null ? null : await reader.snapshot(account.id, remembered);
    return good ?? remembered;
  }

  function accountNow(): Promise<KnownAccount | null> {
    return reader.account(deployment, options.login);
  }

  async function sortedNow(): Promise<Sorted | null> {
    const snapshot = await snapshotNow();
    if (snapshot === null) return null;
    if (sorted?.snapshot !== snapshot) sorted = { snapshot, all: ranked(snapshot) };
    return sorted;
  }

  async function all(): Promise<readonly Ranked[]> {
    return (await sortedNow())?.all ?? [];
  }

  function toRow(each: Ranked): CheckRow {
    return rowOf(each, last()?.good?.names ?? new Map(), (id) => uploadLink(gui, id));
  }

  async function withRuns(rows: readonly CheckRow[], most: number): Promise<readonly ListedUpload[]> {
    const account = await accountNow();
    const ids = rows.map(({ upload_id }) => upload_id);
    const ends = account === null ? new Map<string, never[]>() : await reader.runEnds(account.id, ids, most);
    return rows.map((row) => ({ ...row, runs: runsOf(ends.get(row.upload_id) ?? []) }));
  }

  async function messageCounts() {
    const outbox = await store.outboxCounts();
    const sum = (of: 'pending' | 'dead' | 'waiting') => outbox.reduce((total, each) => total + each[of], 0);
    return { held: sum('waiting'), pending: sum('pending'), dead: sum('dead') };
  }

  async function undelivered(now: number, { pending, dead }: { readonly pending: number; readonly dead: number }) {
    return pending + dead === 0 ? [] : reader.undelivered(now);
  }

  async function outbox(now: number, after: OutboxPlace | null, most: number): Promise<OutboxView> {
    const messages = await messageCounts();
    // By time and id: places that stay, whatever is delivered between two questions.
    const all = (await undelivered(now, messages)).toSorted(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    const isBehind = ({ createdAt, id }: Undelivered) =>
      after === null || createdAt > after.time || (createdAt === after.time && id > after.at);
    const rest = all.filter(isBehind);
    return { ...messages, deliveries: rest.slice(0, most), more: rest.length > most };
  }

  async function status(now: number): Promise<StatusView> {
    const nextPollAt = options.nextPollAt(now);
    const snapshot = await snapshotNow();
    const account = await accountNow();
    const health = await store.loadHealth(healthKey);
    const counts = new Map<Condition, number>();
    for (const { conditions } of await all()) {
      for (const condition of conditions) counts.set(condition, (counts.get(condition) ?? 0) + 1);
    }
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
            most: MOST_OUTAGES,
          });
    return {
      now,
      version: options.version,
      timeZone: config.timeZone,
      gui,
      asOf: snapshot?.takenAt ?? null,
      uploads: snapshot?.uploads.size ?? 0,
      counts: Object.fromEntries(CONDITIONS.map((each) => [each, counts.get(each) ?? 0])) as StatusView['counts'],
      polledAt: last()?.any.startedAt ?? null,
      nextPollAt: Number.isFinite(nextPollAt) ? nextPollAt : null,
      failing: failing === null ? null : { since: failing.since, problem: failing.problem, isLong: failing.told },
      refusedSince: health?.refused?.since ?? null,
      tokenExpiresAt: options.tokenExpiresAt(),
      days: nomadDays({
        events: outages.events,
        from: account?.createdAt ?? now,
        awaySince: failing?.told === true ? failing.since : null,
        days: DAYS,
        now,
      }),
      ...messages,
      undelivered: (await undelivered(now, messages)).slice(0, MOST_UNDELIVERED),
    };
  }

  async function list({ condition, text, page }: Wanted): Promise<DatedListView> {
    const words = text.toLowerCase();
    const names = last()?.good?.names ?? new Map<string, string>();
    const isWanted = ({ watched: { upload }, conditions }: Ranked) => {
      if (condition !== null && !conditions.includes(condition)) return false;
      if (words === '') return true;
      const told = [upload.name ?? '', upload.id, names.get(upload.mainAuthor) ?? '', upload.message ?? ''];
      return [...told, ...upload.errors].some((each) => each.toLowerCase().includes(words));
    };
    const known = await sortedNow();
    const every = known?.all ?? [];
    const found = condition === null && words === '' ? every : every.filter(isWanted);
    const pages = Math.max(1, Math.ceil(found.length / ON_A_PAGE));
    const shown = Math.min(Math.max(1, page), pages);
    const rows = await withRuns(found.slice((shown - 1) * ON_A_PAGE, shown * ON_A_PAGE).map(toRow), RUNS_IN_LIST);
    return { asOf: known?.snapshot.takenAt ?? null, rows, matching: found.length, page: shown, pages };
  }

  async function upload(id: string): Promise<UploadView | null> {
    const account = await accountNow();
    const found = (await all()).find(({ watched }) => watched.upload.id === id);
    const events = account === null ? [] : await reader.eventsOf(account.id, id, MOST_EVENTS);
    if (found === undefined && events.length === 0) return null;
    const [row = null] = found === undefined ? [] : await withRuns([toRow(found)], RUNS_OF_ONE);
    return {
      id,
      row,
      warnings: found?.watched.upload.warnings ?? [],
      events,
      told: account === null ? [] : await reader.toldOf(account.id, id, MOST_TOLD),
    };
  }

  return {
    status,
    list,
    datedList: list,
    upload,
    outbox,
    async newest(since, most) {
      const account = await accountNow();
      return account === null ? [] : reader.newest(account.id, since, most);
    },
    async events(asked) {
      const account = await accountNow();
      return account === null ? NO_EVENTS : reader.events(account.id, asked);
    },
  };
}
