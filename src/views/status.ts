// How things stand as a whole: NOMAD, the polls, the counts of uploads, what was not delivered.
import { DAY } from '../domain/text/durations.ts';
import type { Health } from '../domain/nomad/health.ts';
import { notLookedAt } from '../domain/report/conditions.ts';
import { nomadDays } from '../domain/report/run-history.ts';
import type { LastPolls } from '../jobs/last-poll.ts';
import type { KnownAccount } from '../store/operator.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import type { LatestUploads } from './latest-uploads.ts';
import { authorCounts } from './authors.ts';
import { type OutboxSource, messageCounts, undelivered } from './outbox.ts';
import { type Ranking, NO_UPLOADS } from './ranking.ts';
import type { FrameView, StatusView } from './views.ts';

export interface StatusSource extends OutboxSource {
  readonly reader: Pick<Reader, 'events' | 'undelivered'>;
  readonly store: Pick<Store, 'loadHealth' | 'outboxCounts'>;
  readonly healthKey: string;
  readonly latest: LatestUploads;
  readonly ranking: Ranking;
  /** The last poll of this process. */
  readonly last: () => LastPolls | null;
  /** Whether this instance polls. */
  readonly isLeading: () => boolean;
  /** Never: infinity. */
  readonly nextPollAt: (now: number) => number;
  readonly tokenExpiresAt: () => number | null;
}

const MAX_UNDELIVERED = 50;
const MAX_OUTAGES = 1000;
const DAYS = 30;

export async function statusView(
  source: StatusSource,
  frame: FrameView,
  account: KnownAccount | null,
): Promise<StatusView> {
  const { now } = frame;
  const nextPollAt = source.nextPollAt(now);
  const standsBy = !source.isLeading();
  const latest = await source.latest(account);
  const asOf = latest?.snapshot.takenAt ?? null;
  const health = await source.store.loadHealth(source.healthKey);
  const messages = await messageCounts(source, account);
  return {
    ...frame,
    asOf,
    uploads: latest?.snapshot.uploads.size ?? 0,
    counts: source.ranking.counts(latest ?? NO_UPLOADS),
    authors: authorCounts(latest ?? NO_UPLOADS),
    polledAt: standsBy ? asOf : (source.last()?.any.startedAt ?? null),
    standsBy,
    nextPollAt: Number.isFinite(nextPollAt) ? nextPollAt : null,
    ...troubleOf(health),
    notLookedAt: latest === null ? 0 : notLookedAt(latest.snapshot),
    tokenExpiresAt: source.tokenExpiresAt(),
    days: await daysOf(source, account, health?.failing ?? null, now),
    watchedSince: account?.createdAt ?? null,
    ...messages,
    noRecipient: await source.noRecipient(),
    undelivered: await undelivered(source, now, account, messages, MAX_UNDELIVERED),
  };
}

function troubleOf(health: Health | null): Pick<StatusView, 'failing' | 'refusedSince' | 'stalledSince'> {
  const failing = health?.failing ?? null;
  return {
    failing: failing === null ? null : { since: failing.since, problem: failing.problem, isLong: failing.told },
    refusedSince: health?.refused?.since ?? null,
    stalledSince: health?.stall?.told?.since ?? null,
  };
}

async function daysOf(
  { reader }: StatusSource,
  account: KnownAccount | null,
  failing: Health['failing'],
  now: number,
): Promise<StatusView['days']> {
  const since = now - DAYS * DAY;
  const asked = { since, kinds: ['nomad.reachable'], uploadId: null, after: 0, limit: MAX_OUTAGES } as const;
  return nomadDays({
    events: account === null ? [] : (await reader.events(account.id, asked)).events,
    from: account?.createdAt ?? now,
    awaySince: failing?.told === true ? failing.since : null,
    days: DAYS,
    now,
  });
}
