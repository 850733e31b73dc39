// Who leads, by PostgreSQL's own means: an advisory lock that belongs to a session. The server ends a session that is silent for SILENCE
// (a process that was stopped, a machine that was cut off), and the lock with it. Whoever gets the lock counts the epoch up, which every
// commit of a leader is compared with: one that wakes after another took over can store nothing.
import type { Leadership } from './leadership.ts';
import type { Database, OwnSession, Row } from './postgres-connect.ts';
import { DiskError, StateError } from './store.ts';

export interface PostgresLeadership extends Leadership {
  /** Of this instance's leadership; null: it does not lead. */
  epoch(): number | null;
  /** No other login's leader may work on this account. Throws StateError when one does. */
  claimAccount(account: number): Promise<void>;
  /** How far this instance's clock is ahead of the database's, ms. */
  skew(): number;
  /** This instance's clock differs so much from the database's that it may do nothing: a sentence; null: it does not. */
  clockProblem(): string | null;
}

export interface LeadershipOptions {
  readonly db: Database;
  readonly login: string;
  readonly instance: string;
  readonly clock: () => number;
  /** Time that no one sets: ms since whenever. */
  readonly elapsed: () => number;
  /** The login's row is there from then on, and the schema with it. */
  readonly prepare: () => Promise<void>;
  readonly onChange: (isLeading: boolean, why: string) => void;
}

/** The server ends a session that says nothing for this long, ms. */
const SILENCE = 8000;
/** An instance that has heard nothing for this long does not count itself as leading, ms: before the server gives the lock to another. */
const DEAF = 6000;
/** What instances share is timed by their clocks: they may differ from the database's by no more, ms. */
const SKEW = 60_000;
/** What was noted within this time, was noted just now. */
const JUST_NOW = "clock_timestamp() - interval '10 seconds'";
const TIME = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS time';

export function createPostgresLeadership(options: LeadershipOptions): PostgresLeadership {
  const { db, login, instance, clock, elapsed } = options;
  let session: OwnSession | null = null;
  let leading: { readonly epoch: number; heardAt: number } | null = null;
  let accounts = new Set<number>();
  let ticking: Promise<void> | null = null;
  let restUntil = 0;
  let skew = 0;

  async function open(): Promise<OwnSession> {
    await options.prepare();
    let made: OwnSession | null = null;
    made = await db.session(SILENCE, () => {
      if (made !== null && session === made) lose('the connection to PostgreSQL ended');
    });
    session = made;
    return made;
  }

  function lose(why: string): void {
    const was = leading !== null;
    session?.end();
    [session, leading, accounts] = [null, null, new Set()];
    if (was) options.onChange(false, why);
  }

  async function step(): Promise<void> {
    const askedAt = elapsed();
    const own = session ?? (await open());
    const [row] = await own.rows(`SELECT ${TIME}`);
    skew = clock() - Number(row?.['time']);
    const problem = clockProblem();
    if (leading !== null) {
      leading.heardAt = askedAt;
      if (problem !== null) lose(problem);
      return;
    }
    if (problem !== null || askedAt < restUntil) return;
    const heardAt = elapsed();
    const [got] = await own.rows(
      "SELECT pg_try_advisory_lock(hashtextextended('nomad_upload_monitor leader ' || $1, 0)) AS locked",
      login,
    );
    if (!isLocked(got)) return;
    const [counted] = await own.rows(
      'UPDATE login SET epoch = epoch + 1, leader = $2, asked_at = NULL, offered_at = NULL WHERE login = $1 RETURNING epoch',
      login,
      instance,
    );
    leading = { epoch: Number(counted?.['epoch']), heardAt };
    options.onChange(true, `epoch ${leading.epoch}`);
  }

  function isLeading(): boolean {
    return leading !== null && elapsed() - leading.heardAt < DEAF;
  }

  function clockProblem(): string | null {
    if (Math.abs(skew) <= SKEW) return null;
    const by = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} that of the database`;
    return `the clock of this machine is ${by}: this instance neither leads nor sends until both are right; see to NTP on both`;
  }

  async function note(column: 'asked_at' | 'offered_at'): Promise<void> {
    await db.rows(`UPDATE login SET ${column} = clock_timestamp() WHERE login = $1`, login);
  }

  async function isNoted(column: 'asked_at' | 'offered_at'): Promise<boolean> {
    const [row] = await db.rows(`SELECT ${column} > ${JUST_NOW} AS is_noted FROM login WHERE login = $1`, login);
    return row?.['is_noted'] === true;
  }

  return {
    isLeading,
    skew: () => skew,
    clockProblem,
    epoch: () => (isLeading() ? (leading?.epoch ?? null) : null),
    tick() {
      ticking ??= step()
        .catch((error: unknown) => {
          lose(error instanceof Error ? error.message : String(error));
        })
        .finally(() => (ticking = null));
      return ticking;
    },
    resign(why, rest) {
      restUntil = elapsed() + rest;
      lose(why);
    },
    ask: () => note('asked_at'),
    isAsked: () => isNoted('asked_at'),
    offer: () => note('offered_at'),
    isOffered: () => isNoted('offered_at'),
    async claimAccount(account) {
      if (accounts.has(account)) return;
      if (session === null)
        throw new DiskError('the state in PostgreSQL cannot be used: this instance is not connected');
      const [got] = await session.rows(
        "SELECT pg_try_advisory_lock(hashtextextended('nomad_upload_monitor account ' || $1, 0)) AS locked",
        String(account),
      );
      if (!isLocked(got)) {
        throw new StateError(
          'state: a monitor with another login watches this account on the same database; end it, or give this one its own database',
        );
      }
      accounts.add(account);
    },
    close() {
      session?.end();
      [session, leading] = [null, null];
      return Promise.resolve();
    },
  };
}

function isLocked(row: Row | undefined): boolean {
  return row?.['locked'] === true;
}
