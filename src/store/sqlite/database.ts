// The driver for SQLite. Its calls return at once, but work that waits between two of them must not meet other work on the same connection:
// everything waits in one line.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database, Dialect, Into, Scalar, Session, Value } from '../database.ts';
import type { Row } from '../rows.ts';

const DIALECT: Dialect = {
  oneOf: (column, n) => `${column} IN (SELECT value FROM json_each($${n}))`,
  ours: 'account_id IN (SELECT id FROM account)',
  forUpdate: '',
  forUpdateSkipLocked: '',
};

export interface SqliteDatabase extends Database {
  /** Calls of the driver itself, in line with the others. */
  alone<T>(work: (db: DatabaseSync) => T): Promise<T>;
}

export interface SqliteDatabaseOptions {
  /** What an error of SQLite becomes for the caller. */
  readonly explain?: (error: unknown) => unknown;
  /** Called with the last close. */
  readonly onClose?: () => void;
}

export function databaseOn(db: DatabaseSync, options: SqliteDatabaseOptions = {}): SqliteDatabase {
  const { explain = (error: unknown) => error, onClose = () => undefined } = options;
  const session = sessionOn(db);
  let last: Promise<unknown> = Promise.resolve();

  function inLine<T>(work: () => T | Promise<T>): Promise<T> {
    const done = last.then(work).catch((error: unknown) => {
      throw explain(error);
    });
    last = done.catch(() => undefined);
    return done;
  }

  const within =
    (begin: string) =>
    <T>(work: (session: Session) => Promise<T>): Promise<T> =>
      inLine(async () => {
        db.exec(begin);
        try {
          const result = await work(session);
          db.exec('COMMIT');
          return result;
        } catch (error) {
          if (db.isTransaction) db.exec('ROLLBACK');
          throw error;
        }
      });
  // Takes the right to write at once, so that nothing read in it can change before it is written.
  const transaction = within('BEGIN IMMEDIATE');

  return {
    dialect: DIALECT,
    rows: (sql, ...values) => inLine(() => session.rows(sql, ...values)),
    rowsOfEach: (keys, sql, ...values) => inLine(() => session.rowsOfEach(keys, sql, ...values)),
    insert: (into, rows) => transaction(() => session.insert(into, rows)),
    transaction,
    reading: within('BEGIN'),
    alone: (work) => inLine(() => work(db)),
    close: () =>
      inLine(() => {
        db.close();
        onClose();
      }),
  };
}

/** Each statement is prepared once. */
function sessionOn(db: DatabaseSync): Session {
  const prepared = new Map<string | Into, Prepared>();
  function prepare(what: string | Into): Prepared {
    const sql = typeof what === 'string' ? what : insertInto(what);
    const made = { statement: db.prepare(sql.replaceAll('$', '?')), values: valuesIn(sql) };
    prepared.set(what, made);
    return made;
  }
  // Asynchronous, so that what throws is a promise that rejects.
  async function rows(sql: string, ...given: Value[]): Promise<readonly Row[]> {
    const { statement, values } = prepared.get(sql) ?? prepare(sql);
    const bound = given
      .slice(0, values)
      .map((value) => (typeof value === 'object' && value !== null ? listText(value) : value));
    return statement.all(...bound);
  }
  return {
    dialect: DIALECT,
    rows,
    async rowsOfEach(keys, sql, ...values) {
      const text = sql('$1');
      const found = new Map<string, readonly Row[]>();
      for (const key of keys) found.set(key, await rows(text, key, ...values));
      return found;
    },
    async insert(into, rows) {
      const { statement } = prepared.get(into) ?? prepare(into);
      const stored: Row[] = [];
      const isReturning = into.then?.includes('RETURNING') === true;
      for (const row of rows) {
        if (isReturning) stored.push(...statement.all(...row));
        else statement.run(...row);
      }
      return stored;
    },
  };
}

interface Prepared {
  readonly statement: StatementSync;
  /** How many it takes; more may be given, where the other database needs them. */
  readonly values: number;
}

function valuesIn(sql: string): number {
  return Math.max(0, ...Array.from(sql.matchAll(/\$(\d+)/g), ([, n]) => Number(n)));
}

/** A list is one text of JSON; half a character in it becomes the sign for what cannot be shown, as it does in a value by itself. */
function listText(list: readonly Scalar[]): string {
  return JSON.stringify(list.map((each) => (typeof each === 'string' ? each.toWellFormed() : each)));
}

function insertInto({ table, columns, then = '' }: Into): string {
  const names = Object.keys(columns);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ${then}`;
}
