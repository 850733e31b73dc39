// Who leads, by PostgreSQL's own means: an advisory lock that belongs to a session. The server ends a session that is silent for SESSION_TIMEOUT
// (a process that was stopped, a machine that was cut off), and the lock with it. Whoever gets the lock counts the epoch up, which every
// commit of a leader is compared with: one that wakes after another took over can store nothing.
import { textOf } from '../../domain/text/error.ts';
import { MINUTE } from '../../domain/text/durations.ts';
import type { Leadership } from '../leadership.ts';
import type { OwnSession, PostgresDatabase } from './database.ts';
import type { Row } from '../rows.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

export interface PostgresLeadership extends Omit<Leadership, 'renew'> {
  /** Of this instance's leadership; null: it does not lead. */
  epoch(): number | null;
  /** No other login's leader may work on this account. Throws StateError when one does. */
  claimAccount(account: number): Promise<void>;
  /** Whether the database has answered this instance for long enough that whoever else is sending something has renewed its lease. */
  isSteady(): boolean;
  /** Why this instance can never lead as things are; null: it could. */
  sessionProblem(): string | null;
  /** This instance's clock differs so much from the database's that it may do nothing: a sentence; null: it does not. */
  clockProblem(): string | null;
}

export interface LeadershipOptions {
  readonly db: PostgresDatabase;
  readonly login: string;
  readonly instance: string;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** The login's row is there from then on, and the schema with it. */
  readonly prepare: () => Promise<void>;
  /** Takes what an operator should know. */
  readonly tell: (note: string) => void;
  readonly onChange: (isLeading: boolean, why: string) => void;
}

/** The server ends a session that says nothing for this long, ms. */
const SESSION_TIMEOUT = 8000;
/** An instance that has heard nothing for this long does not count itself as leading, ms: before the server gives the lock to another. */
const LEADER_TIMEOUT = 6000;
/** What instances share is timed by their clocks: they may differ from the database's by no more, ms. */
const SKEW = MINUTE;
/** After the database was away others need this long to say that they are still sending, ms. */
const STEADY_AFTER = 15_000;
const TIME = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS time';

export function createPostgresLeadership(options: LeadershipOptions): PostgresLeadership {
  const { db, login, instance, clock, monotonic } = options;
  let session: OwnSession | null = null;
  let leading: { readonly epoch: number; heardAt: number } | null = null;
  let accounts = new Set<number>();
  let ticking: Promise<void> | null = null;
  let skew = 0;
  /** By the time that passes; null: the database does not answer. */
  let answersSince: number | null = null;
  let problem: string | null = null;

  async function open(): Promise<OwnSession> {
    await options.prepare();
    let made: OwnSession | null = null;
    made = await db.session(SESSION_TIMEOUT, () => {
      if (made !== null && session === made) lose('the connection to PostgreSQL ended');
    });
    session = made;
    return made;
  }

  function lose(why: string): void {
    const was = leading !== null;
    session?.end();
    [session, leading, accounts, answersSince] = [null, null, new Set(), null];
    if (was) options.onChange(false, why);
  }

  async function step(): Promise<void> {
    const askedAt = monotonic();
    const own = session ?? (await open());
    const [row] = await own.rows(`SELECT ${TIME}, (SELECT epoch FROM login WHERE login = $1) AS epoch`, login);
    skew = clock() - Number(row?.['time']);
    answersSince ??= monotonic();
    const wrong = clockProblem();
    if (leading !== null) {
      leading.heardAt = askedAt;
      if (wrong !== null) lose(wrong);
      else if (Number(row?.['epoch']) !== leading.epoch) lose('another instance leads by now');
      return;
    }
    if (wrong !== null) return;
    const heardAt = monotonic();
    const [got] = await own.rows(
      "SELECT pg_try_advisory_lock(hashtextextended('nomad_upload_monitor leader ' || $1, 0)) AS locked",
      login,
    );
    if (!isLocked(got)) return;
    const [counted] = await own.rows(
      `INSERT INTO login (login, epoch, leader) VALUES ($1, 1, $2)
       ON CONFLICT (login) DO UPDATE SET epoch = login.epoch + 1, leader = $2 RETURNING epoch`,
      login,
      instance,
    );
    // It may have ended while the answer was on its way, and has been given up then.
    if (session !== own)
      throw new StateNotWrittenError('the connection to PostgreSQL ended while this instance took the lead');
    leading = { epoch: Number(counted?.['epoch']), heardAt };
    options.onChange(true, `epoch ${leading.epoch}`);
  }

  function isLeading(): boolean {
    return leading !== null && monotonic() - leading.heardAt < LEADER_TIMEOUT;
  }

  function clockProblem(): string | null {
    if (Math.abs(skew) <= SKEW) return null;
    const by = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} that of the database`;
    return `the clock of this machine is ${by}: this instance neither leads nor sends until both are right; see to NTP on both`;
  }

  return {
    isLeading,
    isSteady: () => answersSince !== null && monotonic() - answersSince >= STEADY_AFTER,
    sessionProblem: () => problem,
    clockProblem,
    epoch: () => (isLeading() ? (leading?.epoch ?? null) : null),
    tick() {
      ticking ??= step()
        .then(() => {
          problem = null;
        })
        .catch((error: unknown) => {
          const why = textOf(error);
          if (why !== problem) options.tell(`this instance cannot lead: ${why}`);
          problem = why;
          lose(why);
        })
        .finally(() => (ticking = null));
      return ticking;
    },
    async claimAccount(account) {
      if (accounts.has(account)) return;
      if (session === null)
        throw new StateNotWrittenError('the state in PostgreSQL cannot be used: this instance is not connected');
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
