// The store on PostgreSQL: shared by the instances of one login, and by many logins that do not see one another.
import { MINUTE } from '../../domain/text/durations.ts';
import type { Session } from '../database.ts';
import type { Sharing } from '../sharing.ts';
import { createSqlStore } from '../sql/store.ts';
import { StateNotWrittenError, type Store } from '../store.ts';
import type { PostgresDatabase } from './database.ts';
import { asLeader, onOutbox } from './guard.ts';

export interface PostgresStoreOptions {
  readonly db: PostgresDatabase;
  /** With the deployment: what the instances of one configuration have in common. */
  readonly login: string;
  readonly instance: string;
  readonly clock: () => number;
  /** Of this instance's leadership; null: it does not lead. */
  readonly epoch: () => number | null;
  /** Throws StateError when another login's leader works on the account. */
  readonly claimAccount: (account: number) => Promise<void>;
  /** What time it is for leases, ms: the database's clock. */
  readonly leaseTime: LeaseTime;
  /** Whether the database has answered this instance for so long that whoever else is sending something has renewed its lease. */
  readonly isSteady: () => boolean;
  /** Why this instance may send nothing, in a sentence; null: it may. */
  readonly clockProblem: () => string | null;
  /** Why this instance can never lead as things are; null: it could. */
  readonly sessionProblem: () => string | null;
}

/** `now`: of this instance's clock. */
export type LeaseTime = (session: Session, now: number) => Promise<number>;

export async function databaseTime(session: Session): Promise<number> {
  const [row] = await session.rows('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS time');
  return Number(row?.['time']);
}

export interface PostgresStore extends Store {
  /** Keeps what this instance is sending: to be called every few seconds. */
  renewLeases(): Promise<void>;
}

/** ms. What a dead instance was sending is tried by another one after this. */
const LEASE = MINUTE;

export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { db, login, instance, clock, leaseTime, clockProblem, sessionProblem } = options;
  const { store, inHand } = createSqlStore({ db, login, sharing: sharingOf(options) });
  return {
    ...store,
    claimDeliveries: async (...wanted) => (clockProblem() === null ? store.claimDeliveries(...wanted) : []),
    async renewLeases() {
      if (inHand.size === 0) return;
      await db.brief.rows(
        "UPDATE delivery SET lease_until = $3 WHERE id = ANY($1) AND lease_by = $2 AND state = 'pending'",
        [...inHand],
        instance,
        (await leaseTime(db.brief, clock())) + LEASE,
      );
    },
    // Times in a shared state are by the clocks of all: nothing moves because one was set. An instance whose clock is wrong does nothing here.
    shiftTimes: () => Promise.resolve(),
    // PostgreSQL gives room back by itself (autovacuum).
    shrink: () => Promise.resolve(true),
    async probe(now) {
      const problem = clockProblem() ?? sessionProblem();
      if (problem !== null) throw new StateNotWrittenError(problem);
      // A row that is locked is being written at this moment.
      await db.brief.rows(
        'UPDATE login SET probed_at = $2 WHERE login = (SELECT login FROM login WHERE login = $1 FOR NO KEY UPDATE SKIP LOCKED)',
        login,
        now,
      );
    },
  };
}

function sharingOf({ db, login, instance, ...options }: PostgresStoreOptions): Sharing {
  return {
    instance,
    asLeader: asLeader(db, login, options.epoch),
    onOutbox: onOutbox(db, login),
    async admit(session, account) {
      // One that may not work on it must not see its messages either.
      await options.claimAccount(account);
      await session.rows('INSERT INTO login_account VALUES ($1, $2) ON CONFLICT DO NOTHING', login, account);
    },
    // By everybody's clock. While it is not steady, whoever is still sending has not had the time to renew its own: no lease counts as ended.
    async lease(session, now, until) {
      const time = await options.leaseTime(session, now);
      return { endedBy: options.isSteady() ? time : 0, until: time + Math.min(until - now, LEASE) };
    },
  };
}
