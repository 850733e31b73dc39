// PostgreSQL as one end of a copy from database to database: the rows of one login, or of all that a SQLite file knows. No instance of these
// logins works meanwhile. What is written is one transaction.
import type { Health } from '../../domain/nomad/health.ts';
import type { CopySource, CopyTarget } from './transfer.ts';
import type { Into, Session, Value } from '../database.ts';
import { ACCOUNT, BATCH, type Cells, LOGIN, REFUSAL, type StoredColumn, type Table } from './tables.ts';
import { databaseName } from '../postgres/inspect.ts';
import type { DatabaseTarget } from '../postgres/connect.ts';
import { type PostgresDatabase, openDatabase } from '../postgres/database.ts';
import { migratePostgres, postgresMigrations, versionOf } from '../postgres/migrate.ts';
import { lockOutbox } from '../postgres/guard.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

export interface Scope {
  /** Of the configuration, with the deployment before it. */
  readonly login: string;
  /** Under which the refused logins of its accounts are counted. */
  readonly refusalKeys: readonly string[];
}

/** Throws StateError when there is no state, a monitor of this login runs on it, or it cannot be used as it is. */
export async function fromPostgres<T>(
  target: DatabaseTarget,
  { login, refusalKeys }: Scope,
  work: (source: CopySource) => Promise<T>,
): Promise<T> {
  return connected(target, async (db) => {
    const [version, known] = [await versionOf(db), postgresMigrations().length];
    if (version === 0) throw new StateError(`state: none in ${databaseName(target)}; name a database with a state`);
    if (version !== known) {
      throw new StateError(
        `state: ${databaseName(target)} was written by ${version < known ? 'an older version; start the monitor once' : 'a newer version; install that one'}`,
      );
    }
    return db.transaction(async (locks) => {
      await keepOut(locks, [login], target);
      await noneIsSending(db, login);
      // As any new leader does: what one before it is still about to commit is refused.
      await db.rows('UPDATE login SET epoch = epoch + 1 WHERE login = $1', login);
      return db.reading(async (session) => {
        await session.rows(PATIENT);
        const accounts = await accountsOf(session, [login]);
        if (accounts.length === 0) {
          throw new StateError(
            `state: ${databaseName(target)} has no state of this login; use the configuration of its monitor`,
          );
        }
        const reach = { accounts, logins: [login], refusalKeys };
        return work(sourceOf(session, reach, () => locks.rows('SELECT 1')));
      });
    });
  });
}

/** `logins`: all that the source knows. Throws StateError when a monitor of one of them runs on it, or it cannot be used. */
export async function intoPostgres<T>(
  target: DatabaseTarget,
  { login }: Pick<Scope, 'login'>,
  source: CopySource,
  work: (target: CopyTarget) => Promise<T>,
): Promise<T> {
  const health = await allOf(source, LOGIN);
  const logins = [...new Set([login, ...health.map(([name]) => String(name))])].sort();
  const refusalKeys = [...new Set((await allOf(source, REFUSAL)).map(([name]) => String(name)))];
  return connected(target, async (db) => {
    await migratePostgres(db);
    return db.transaction(async (session) => {
      await session.rows(PATIENT);
      await keepOut(session, logins, target);
      const known = await accountsOf(session, logins);
      const [told] = await session.rows('SELECT 1 FROM login WHERE login = ANY($1) AND health IS NOT NULL', logins);
      const isEmpty = known.length === 0 && told === undefined;
      const given = isEmpty ? await allOf(source, ACCOUNT) : [];
      await noneIsAnothers(session, given);
      const bases = isEmpty ? await reserve(db, source) : new Map<string, number>();
      const accounts = isEmpty ? given.map(([id]) => Number(id) + (bases.get('account') ?? 0)) : known;
      const there = sourceOf(session, { accounts, logins, refusalKeys });
      return work({
        ...there,
        isEmpty,
        write: (table, rows) => write(session, { table, rows, bases }),
        finish: () => assign(session, { accounts: given, health, login, base: bases.get('account') ?? 0 }),
      });
    });
  });
}

/** The other side may be slow for a while; a copy whose machine sleeps is ended. */
const PATIENT = "SET LOCAL idle_in_transaction_session_timeout = '1min'";

async function connected<T>(target: DatabaseTarget, work: (db: PostgresDatabase) => Promise<T>): Promise<T> {
  const db = openDatabase(target, 2);
  try {
    return await work(db);
  } catch (error) {
    throw error instanceof StateNotWrittenError ? new StateError(error.message, { cause: error }) : error;
  } finally {
    await db.close();
  }
}

/** Until the transaction ends: no instance of these logins leads or sends, and nobody else copies. */
async function keepOut(session: Session, logins: readonly string[], target: DatabaseTarget): Promise<void> {
  await session.rows(PATIENT);
  const isFree = async (what: string) => {
    const [row] = await session.rows(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('nomad_upload_monitor ' || $1, 0)) AS free",
      what,
    );
    return row?.['free'] === true;
  };
  if (!(await isFree('copy'))) {
    throw new StateError(`state: another copy is running on ${databaseName(target)}; copy again when it has finished`);
  }
  for (const login of logins) {
    if (!(await isFree(`leader ${login}`))) {
      throw new StateError(
        `state: a monitor is running on ${databaseName(target)}; stop all its instances, and copy again`,
      );
    }
    await lockOutbox(session, login);
  }
}

async function noneIsSending(db: PostgresDatabase, login: string): Promise<void> {
  const [row] = await db.rows(
    `SELECT count(*) AS n FROM delivery WHERE account_id IN (SELECT account_id FROM login_account WHERE login = $1)
       AND state = 'pending' AND lease_until > extract(epoch FROM clock_timestamp()) * 1000`,
    login,
  );
  if (Number(row?.['n']) === 0) return;
  throw new StateError(
    'state: an instance has just been sending a message; check that all are stopped, and copy again in a minute',
  );
}

async function accountsOf(session: Session, logins: readonly string[]): Promise<readonly number[]> {
  const rows = await session.rows(
    'SELECT DISTINCT account_id FROM login_account WHERE login = ANY($1) ORDER BY account_id',
    logins,
  );
  return rows.map((row) => Number(row['account_id']));
}

async function noneIsAnothers(session: Session, accounts: readonly Cells[]): Promise<void> {
  for (const [, deployment, user] of accounts) {
    const [row] = await session.rows(
      'SELECT 1 FROM account WHERE deployment = $1 AND user_id = $2',
      deployment ?? null,
      user ?? null,
    );
    if (row === undefined) continue;
    throw new StateError(
      `state: the database already contains the account ${String(user)} of ${String(deployment)}, of a monitor with another login; name another database`,
    );
  }
}

const NUMBERED: readonly (readonly [table: string, key: string])[] = [
  ['account', 'id'],
  ['event', 'seq'],
  ['delivery', 'seq'],
  ['notification', 'seq'],
];

/**
 * Room for as many numbers behind those that are taken, so that the order stays and nobody else's next one is among them. A table is locked
 * for a moment only: whoever writes to it goes on during the copy. Answers with what is added to each number, by table.
 */
async function reserve(db: PostgresDatabase, source: CopySource): Promise<ReadonlyMap<string, number>> {
  const bases = new Map<string, number>();
  for (const [table, key] of NUMBERED) {
    const last = await source.greatest(table, key);
    const base = await db.transaction(async (session) => {
      await session.rows(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
      const [row] = await session.rows(`SELECT coalesce(max(${key}), 0) AS taken FROM ${table}`);
      const taken = Number(row?.['taken']);
      if (last === 0) return taken;
      await session.rows(
        `SELECT setval(name, greatest($1, coalesce(pg_sequence_last_value(name), 0)))
         FROM CAST(pg_get_serial_sequence('${table}', '${key}') AS regclass) AS name`,
        taken + last,
      );
      return taken;
    });
    bases.set(table, base);
  }
  return bases;
}

interface Written {
  readonly table: Table;
  readonly rows: readonly Cells[];
  readonly bases: ReadonlyMap<string, number>;
}

async function write(session: Session, { table, rows, bases }: Written): Promise<void> {
  const baseOf = ({ kind }: StoredColumn) =>
    kind === 'account' ? bases.get('account') : kind === 'seq' ? bases.get(table.name) : undefined;
  const moved = rows.map((row) =>
    table.columns.map((column, index) => {
      const base = baseOf(column);
      return base === undefined ? (row[index] ?? null) : Number(row[index]) + base;
    }),
  );
  await session.insert(intoOf(table), moved);
}

function intoOf({ name, columns }: Table): Into {
  const types = columns.map((column) => [column.name, column.kind === 'text' ? 'text' : 'bigint'] as const);
  // The row of the configuration's login may be there.
  const then = name === LOGIN.name ? 'ON CONFLICT (login) DO UPDATE SET health = excluded.health' : '';
  return { table: name, columns: Object.fromEntries(types), then };
}

interface Assigned {
  readonly accounts: readonly Cells[];
  readonly health: readonly Cells[];
  readonly login: string;
  readonly base: number;
}

/** Accounts go to the logins that were seen to be them; one that no login was seen to be, to the login of the configuration. */
async function assign(session: Session, { accounts, health, login, base }: Assigned): Promise<void> {
  await session.rows('INSERT INTO login (login) VALUES ($1) ON CONFLICT DO NOTHING', login);
  for (const [id, deployment, user] of accounts) {
    const seen = health.filter(([name, document]) => {
      const { identity } = JSON.parse(String(document)) as Health;
      const isOf = `${String(deployment)} `;
      return String(name).startsWith(isOf) && (identity?.userId === user || String(name) === `${isOf}${String(user)}`);
    });
    for (const name of seen.length > 0 ? seen.map(([each]) => String(each)) : [login]) {
      await session.rows('INSERT INTO login_account VALUES ($1, $2)', name, Number(id) + base);
    }
  }
}

interface Reach {
  readonly accounts: readonly number[];
  readonly logins: readonly string[];
  readonly refusalKeys: readonly string[];
}

/** Read through a cursor of the session, so that only some rows are in memory. `keep`: called while it goes on; rejects when it may not. */
function sourceOf(session: Session, reach: Reach, keep: () => Promise<unknown> = () => Promise.resolve()): CopySource {
  let cursors = 0;
  return {
    async count(table) {
      const [from, value] = fromOf(table, reach);
      const [row] = await session.rows(`SELECT count(*) AS n FROM ${from}`, value);
      return Number(row?.['n']);
    },
    async greatest(table, column) {
      const own = table === 'account' ? 'id' : 'account_id';
      const [row] = await session.rows(
        `SELECT max(${column}) AS n FROM ${table} WHERE ${own} = ANY($1::bigint[])`,
        reach.accounts,
      );
      return Number(row?.['n'] ?? 0);
    },
    async *read(table) {
      const [from, value] = fromOf(table, reach);
      const cursor = `copied_${(cursors += 1)}`;
      const names = table.columns.map(({ name }) => name).join(', ');
      await session.rows(
        `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT ${names} FROM ${from} ORDER BY ${table.order.join(', ')}`,
        value,
      );
      for (;;) {
        await keep();
        const rows = await session.rows(`FETCH ${BATCH} FROM ${cursor}`);
        if (rows.length > 0) yield rows.map((row) => Object.values(row) as Cells);
        if (rows.length < BATCH) break;
      }
      await session.rows(`CLOSE ${cursor}`);
    },
  };
}

/** The rows of a table that belong to it, as SQL with one value in it. */
function fromOf({ name }: Table, { accounts, logins, refusalKeys }: Reach): readonly [sql: string, value: Value] {
  switch (name) {
    case ACCOUNT.name:
      return ['account WHERE id = ANY($1::bigint[])', accounts];
    case LOGIN.name:
      return ['login WHERE login = ANY($1) AND health IS NOT NULL', logins];
    case REFUSAL.name:
      return ['refusal WHERE login = ANY($1)', refusalKeys];
    default:
      return [`${name} WHERE account_id = ANY($1::bigint[])`, accounts];
  }
}

async function allOf(source: CopySource, table: Table): Promise<readonly Cells[]> {
  const all: Cells[] = [];
  for await (const rows of source.read(table)) all.push(...rows);
  return all;
}
