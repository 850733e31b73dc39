// A state in PostgreSQL, put together: connections, schema, leadership, store, reader.
import { createReader } from '../sql/reader.ts';
import type { DatabaseTarget } from './connect.ts';
import { type PostgresDatabase, openDatabase } from './database.ts';
import { isLasting } from './errors.ts';
import { createPostgresLeadership } from './leadership.ts';
import { migratePostgres } from './migrate.ts';
import { checkWritable } from './server-check.ts';
import { type LeaseTime, createPostgresStore, databaseTime } from './store.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

export interface PostgresOptions {
  readonly target: DatabaseTarget;
  /** With the deployment before it: what the instances of one configuration have in common. */
  readonly login: string;
  /** Another one with each start of the program. */
  readonly instance: string;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** Takes what an operator should know and that hinders nothing. */
  readonly warn: (note: string) => void;
  readonly onLead: (isLeading: boolean, why: string) => void;
  /** Where a test keeps the time. */
  readonly leaseTime?: LeaseTime;
}

/** Beside the session of the lock: one that may be at work for long (a large first listing), and one for all that is short meanwhile. */
const CONNECTIONS = 2;

export function openPostgres(options: PostgresOptions) {
  const { target, login, instance, clock, monotonic, warn, onLead, leaseTime = databaseTime } = options;
  const db = openDatabase(target, CONNECTIONS);
  const prepare = once(() => prepareFor(db, login, warn));
  const leadership = createPostgresLeadership({
    db,
    login,
    instance,
    clock,
    monotonic,
    prepare,
    warn,
    onChange: onLead,
  });
  const ready = preparedFirst(db, prepare);
  const store = createPostgresStore({ db: ready, login, instance, clock, leaseTime, ...leadership });
  const reader = { ...createReader(ready, login), close: () => Promise.resolve() };
  return {
    store,
    reader,
    leadership: { ...leadership, renew: store.renewLeases },
    async open(): Promise<void> {
      try {
        await prepare();
      } catch (error) {
        if (!(error instanceof StateNotWrittenError)) throw error;
        if (isLasting(error)) throw new StateError(error.message, { cause: error });
        // The first try to take the lead meets the same, and says it.
      }
    },
    async close(): Promise<void> {
      await leadership.close();
      await store.close();
    },
  };
}

/** The same database, where each use waits until the schema is there. */
function preparedFirst(db: PostgresDatabase, prepare: () => Promise<void>): PostgresDatabase {
  const first =
    <Given extends unknown[], T>(use: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      await prepare();
      return use(...given);
    };
  return {
    ...db,
    rows: first(db.rows),
    rowsOfEach: first(db.rowsOfEach),
    insert: first(db.insert),
    brief: { ...db.brief, rows: first(db.brief.rows) },
    transaction: (work) => first(() => db.transaction(work))(),
    reading: (work) => first(() => db.reading(work))(),
  };
}

/** The schema, and the row of this login. */
async function prepareFor(db: PostgresDatabase, login: string, warn: (note: string) => void): Promise<void> {
  await checkWritable(db);
  const { before, now } = await migratePostgres(db);
  if (before > 0 && before < now) warn(`the state was migrated from schema ${before} to ${now}`);
  await db.rows('INSERT INTO login (login) VALUES ($1) ON CONFLICT DO NOTHING', login);
  const [row] = await db.rows(
    "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits, current_setting('full_page_writes') AS pages",
  );
  const risky = [
    row?.['fsync'] === 'off' && 'fsync',
    row?.['commits'] === 'off' && 'synchronous_commit',
    row?.['pages'] === 'off' && 'full_page_writes',
  ];
  const named = risky.filter((each) => each !== false);
  if (named.length > 0) {
    warn(
      `PostgreSQL is running with ${named.join(' and ')} off: after a crash of its machine, messages can be lost or sent twice`,
    );
  }
}

/** Done once when it was good; tried again with the next call when not. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () =>
    (done ??= work().catch((error: unknown) => {
      done = null;
      throw error;
    }));
}
