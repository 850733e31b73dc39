// The uploads as last seen: of this process's last good poll, else what is stored, so that something is shown before the first poll, and on
// an instance that stands by.
import type { LastPolls } from '../jobs/last-poll.ts';
import type { KnownAccount } from '../store/operator.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import { type RankedSnapshot, NO_UPLOADS } from './ranking.ts';

export interface LatestUploadsOptions {
  readonly reader: Pick<Reader, 'snapshot'>;
  readonly store: Pick<Store, 'loadHealth'>;
  /** The last poll, and the last that was good, of this process. */
  readonly last: () => LastPolls | null;
  readonly healthKey: string;
}

export interface LatestSnapshot extends RankedSnapshot {
  /** Of NOMAD; null: not known. */
  readonly nomadVersion: string | null;
  /** When the poll began that it is of, ms; null: not known. */
  readonly polledAt: number | null;
  /** When the last poll began that listed all uploads, ms; null: not known. */
  readonly wholeAt: number | null;
}

export const NOTHING_SEEN: LatestSnapshot = { ...NO_UPLOADS, nomadVersion: null, polledAt: null, wholeAt: null };

/** null: nothing is known yet. */
export type LatestUploads = (account: KnownAccount | null) => Promise<LatestSnapshot | null>;

export function createLatestUploads({ reader, store, last, healthKey }: LatestUploadsOptions): LatestUploads {
  let stored: LatestSnapshot | null = null;

  /** While another instance polls, what it stored is newer than what was read before. */
  async function storedNow(
    account: KnownAccount | null,
    before: LatestSnapshot | null,
  ): Promise<LatestSnapshot | null> {
    const snapshot = account === null ? null : await reader.snapshot(account.id, before?.snapshot ?? null);
    if (snapshot === null) return null;
    if (before?.snapshot === snapshot) return before;
    const health = await store.loadHealth(healthKey);
    const nomadVersion = health?.version?.text ?? null;
    const isGood = health !== null && health.failing === null && health.refused === null;
    const polledAt = isGood ? health.lookedAt : null;
    return { snapshot, names: new Map(Object.entries(health?.names ?? {})), nomadVersion, polledAt, wholeAt: null };
  }

  return async (account) => {
    const polls = last();
    const good = polls?.good ?? null;
    if (good !== null && good.snapshot !== null) {
      stored = null;
      const { snapshot, names, health, startedAt } = good;
      const nomadVersion = health.version?.text ?? null;
      return { snapshot, names, nomadVersion, polledAt: startedAt, wholeAt: polls?.wholeAt ?? null };
    }
    stored = await storedNow(account, stored);
    return stored;
  };
}
