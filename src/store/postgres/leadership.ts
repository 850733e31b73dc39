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
  readonly warn: (note: string) => void;
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

interface State extends LeadershipOptions {
  session: OwnSession | null;
  /** `heardAt`: monotonic. */
  leading: { readonly epoch: number; heardAt: number } | null;
  /** Those whose lock the session has. */
  accounts: Set<number>;
  ticking: Promise<void> | null;
  /** Our clock less the database's, ms. */
  skew: number;
  /** Monotonic; null: the database does not answer. */
  answersSince: number | null;
  problem: string | null;
}

export function createPostgresLeadership(options: LeadershipOptions): PostgresLeadership {
  const { monotonic } = options;
  const state: State = {
    ...options,
    ...{ session: null, leading: null, accounts: new Set(), ticking: null, skew: 0, answersSince: null, problem: null },
  };
  return {
    isLeading: () => isLeading(state),
    problem: () => (isLeading(state) ? null : (state.problem ?? clockProblem(state))),
    isSteady: () => state.answersSince !== null && monotonic() - state.answersSince >= STEADY_AFTER,
    sessionProblem: () => state.problem,
    clockProblem: () => clockProblem(state),
    epoch: () => (isLeading(state) ? (state.leading?.epoch ?? null) : null),
    tick() {
      state.ticking ??= tick(state).finally(() => (state.ticking = null));
      return state.ticking;
    },
    claimAccount: (account) => claimAccount(state, account),
    close() {
      state.session?.end();
      [state.session, state.leading] = [null, null];
      return Promise.resolve();
    },
  };
}

function isLeading({ leading, monotonic }: State): boolean {
  return leading !== null && monotonic() - leading.heardAt < LEADER_TIMEOUT;
}

function clockProblem({ skew }: State): string | null {
  if (Math.abs(skew) <= SKEW) return null;
  const by = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} that of the database`;
  return `the clock of this machine is ${by}: this instance neither leads nor sends until both are right; check NTP on both`;
}

async function tick(state: State): Promise<void> {
  try {
    await step(state);
    state.problem = null;
  } catch (error) {
    const why = textOf(error);
    if (why !== state.problem) state.warn(`this instance cannot lead: ${why}`);
    state.problem = why;
    lose(state, why);
  }
}

/** Sees whether it still leads; takes the lead when nobody has it. */
async function step(state: State): Promise<void> {
  const { login, clock, monotonic } = state;
  const askedAt = monotonic();
  const session = state.session ?? (await open(state));
  const [row] = await session.rows(`SELECT ${TIME}, (SELECT epoch FROM login WHERE login = $1) AS epoch`, login);
  state.skew = clock() - Number(row?.['time']);
  state.answersSince ??= monotonic();
  const wrong = clockProblem(state);
  if (state.leading !== null) {
    state.leading.heardAt = askedAt;
    if (wrong !== null) lose(state, wrong);
    else if (Number(row?.['epoch']) !== state.leading.epoch) lose(state, 'another instance leads now');
    return;
  }
  if (wrong === null) await takeLead(state, session);
}

async function open(state: State): Promise<OwnSession> {
  await state.prepare();
  let made: OwnSession | null = null;
  made = await state.db.session(SESSION_TIMEOUT, () => {
    if (made !== null && state.session === made) lose(state, 'the connection to PostgreSQL closed');
  });
  state.session = made;
  return made;
}

function lose(state: State, why: string): void {
  const was = state.leading !== null;
  state.session?.end();
  Object.assign(state, { session: null, leading: null, accounts: new Set(), answersSince: null });
  if (was) state.onChange(false, why);
}

async function takeLead(state: State, session: OwnSession): Promise<void> {
  const { login, instance, monotonic } = state;
  const heardAt = monotonic();
  const [got] = await session.rows(
    "SELECT pg_try_advisory_lock(hashtextextended('nomad_upload_monitor leader ' || $1, 0)) AS locked",
    login,
  );
  if (!isLocked(got)) return;
  const [counted] = await session.rows(
    `INSERT INTO login (login, epoch, leader) VALUES ($1, 1, $2)
     ON CONFLICT (login) DO UPDATE SET epoch = login.epoch + 1, leader = $2 RETURNING epoch`,
    login,
    instance,
  );
  // It may have ended while the answer was on its way, and has been given up then.
  if (state.session !== session)
    throw new StateNotWrittenError('the connection to PostgreSQL closed while this instance took the lead');
  state.leading = { epoch: Number(counted?.['epoch']), heardAt };
  state.onChange(true, `epoch ${state.leading.epoch}`);
}

async function claimAccount({ session, accounts }: State, account: number): Promise<void> {
  if (accounts.has(account)) return;
  if (session === null)
    throw new StateNotWrittenError('the state in PostgreSQL cannot be used: this instance is not connected');
  const [got] = await session.rows(
    "SELECT pg_try_advisory_lock(hashtextextended('nomad_upload_monitor account ' || $1, 0)) AS locked",
    String(account),
  );
  if (!isLocked(got)) {
    throw new StateError(
      'state: a monitor with another login watches this account in the same database; stop it, or give this one its own database',
    );
  }
  accounts.add(account);
}

function isLocked(row: Row | undefined): boolean {
  return row?.['locked'] === true;
}
