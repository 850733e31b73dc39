// The store on PostgreSQL: shared by the instances of one login, and by many logins that do not see one another.
import type { Health } from '../../domain/nomad/health.ts';
import { storeHealth, storePoll, storeStanding } from './commit.ts';
import type { Database, Session } from './database.ts';
import { claim, form, loadMutes, loadQueue, outboxCounts, settle } from './outbox.ts';
import { pruneStep } from './prune.ts';
import { fence, lockOutbox } from './guard.ts';
import { loadSnapshot } from './snapshot.ts';
import { number } from '../rows.ts';
import { type Account, StateNotWrittenError, type Memory, type Store } from '../store.ts';

export interface PostgresStoreOptions {
  readonly db: Database;
  /** The schema is there from then on. Called before each use. */
  readonly prepare: () => Promise<void>;
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

const DAY = 86_400_000;

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
const LEASE = 60_000;

export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { db, prepare, login, instance } = options;
  /** What this instance has claimed and not settled. */
  const inHand = new Set<string>();

  async function transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await prepare();
    return db.transaction(work);
  }

  /** For what only a leader stores. */
  async function asLeader<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const epoch = options.epoch();
    return transaction(async (session) => {
      await fence(session, login, epoch);
      return work(session);
    });
  }

  async function rows(...[sql, ...values]: Parameters<Session['rows']>) {
    await prepare();
    return db.rows(sql, ...values);
  }

  async function openAccount(deployment: string, user: string, now: number): Promise<Account> {
    return asLeader(async (session) => {
      await session.rows(
        'INSERT INTO account (deployment, user_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (deployment, user_id) DO NOTHING',
        deployment,
        user,
        now,
      );
      const [row] = await session.rows(
        'SELECT id, created_at FROM account WHERE deployment = $1 AND user_id = $2',
        deployment,
        user,
      );
      const found = { id: Number(row?.['id']), createdAt: Number(row?.['created_at']) };
      // One that may not work on it must not see its messages either.
      await options.claimAccount(found.id);
      await session.rows('INSERT INTO login_account VALUES ($1, $2) ON CONFLICT DO NOTHING', login, found.id);
      return found;
    });
  }

  async function loadMemory(account: number): Promise<Memory> {
    const times = async (table: 'ack' | 'reminder') =>
      new Map(
        (await rows(`SELECT upload_id, at FROM ${table} WHERE account_id = $1`, account)).map(
          (row) => [String(row['upload_id']), Number(row['at'])] as const,
        ),
      );
    const [row] = await rows('SELECT digested_at FROM account WHERE id = $1', account);
    return { acks: await times('ack'), reminded: await times('reminder'), digestedAt: number(row?.['digested_at']) };
  }

  return {
    openAccount,
    async loadSnapshot(account, held = null) {
      await prepare();
      return loadSnapshot(db, account, held);
    },
    commitPoll: (commit) => asLeader((session) => storePoll(session, commit)),
    commitHealth: (commit) => asLeader((session) => storeHealth(session, commit)),
    async loadHealth(key) {
      const [row] = await rows('SELECT health FROM login WHERE login = $1 AND health IS NOT NULL', key);
      return row === undefined ? null : (JSON.parse(String(row['health'])) as Health);
    },
    async loadQueue(now) {
      await prepare();
      return db.reading((session) => loadQueue(session, login, now));
    },
    async loadMutes(now) {
      await prepare();
      return loadMutes(db, login, now);
    },
    formDeliveries: (formed, now) =>
      transaction(async (session) => {
        await lockOutbox(session, login);
        for (const each of formed) await form(session, each, now);
      }),
    loadMemory,
    commitStanding: (commit) => asLeader((session) => storeStanding(session, commit)),
    async countEvents(account, from, to) {
      const found = await rows(
        'SELECT kind, count(*) AS n FROM event WHERE account_id = $1 AND time > $2 AND time <= $3 GROUP BY kind',
        account,
        from,
        to,
      );
      return Object.fromEntries(found.map(({ kind, n }) => [String(kind), Number(n)]));
    },
    async claimDeliveries(channel, now, leaseUntil, limit) {
      // Leases are by everybody's clock.
      if (options.clockProblem() !== null) return [];
      const claims = await transaction(async (session) => {
        await lockOutbox(session, login);
        const time = await options.leaseTime(session, now);
        const lease = { endedBy: options.isSteady() ? time : 0, until: time + Math.min(leaseUntil - now, LEASE) };
        return claim(session, { login, instance, channel, now, lease, limit, inHand: [...inHand] });
      });
      for (const { id } of claims) inHand.add(id);
      return claims;
    },
    async settleDelivery(id, settlement) {
      await transaction(async (session) => {
        await lockOutbox(session, login);
        await settle(session, id, settlement, instance);
      });
      inHand.delete(id);
    },
    async renewLeases() {
      if (inHand.size === 0) return;
      await prepare();
      await db.brief.rows(
        "UPDATE delivery SET lease_until = $3 WHERE id = ANY($1) AND lease_by = $2 AND state = 'pending'",
        [...inHand],
        instance,
        (await options.leaseTime(db.brief, options.clock())) + LEASE,
      );
    },
    async outboxCounts() {
      await prepare();
      return outboxCounts(db, login);
    },
    async recentRefusals(key, since) {
      const found = await rows('SELECT time FROM refusal WHERE login = $1 AND time >= $2 ORDER BY time', key, since);
      return found.map((row) => Number(row['time']));
    },
    addRefusal: (key, time) =>
      transaction(async (session) => {
        await session.rows('DELETE FROM refusal WHERE login = $1 AND time < $2', key, time - DAY);
        await session.rows('INSERT INTO refusal VALUES ($1, $2)', key, time);
      }),
    // Times in a shared state are by the clocks of all: nothing moves because one was set. An instance whose clock is wrong does nothing here.
    shiftTimes: () => Promise.resolve(),
    prune: (before) => asLeader((session) => pruneStep(session, login, before)),
    // PostgreSQL gives room back by itself (autovacuum).
    shrink: () => Promise.resolve(true),
    async probe(now) {
      const problem = options.clockProblem() ?? options.sessionProblem();
      if (problem !== null) throw new StateNotWrittenError(problem);
      await prepare();
      // A row that is locked is being written at this moment.
      await db.brief.rows(
        'UPDATE login SET probed_at = $2 WHERE login = (SELECT login FROM login WHERE login = $1 FOR NO KEY UPDATE SKIP LOCKED)',
        login,
        now,
      );
    },
    close: () => db.close(),
  };
}
