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

  const within = <T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> =>
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
  const transaction = <T>(work: (session: Session) => Promise<T>): Promise<T> => within('BEGIN IMMEDIATE', work);

  return {
    dialect: DIALECT,
    rows: (sql, ...values) => inLine(() => session.rows(sql, ...values)),
    rowsOfEach: (keys, sql, ...values) => inLine(() => session.rowsOfEach(keys, sql, ...values)),
    insert: (into, rows) => transaction((within) => within.insert(into, rows)),
    transaction,
    reading: (work) => within('BEGIN', work),
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
  const prepared = new Map<string, Prepared>();
  function prepare(sql: string): Prepared {
    const made = prepared.get(sql) ?? { statement: db.prepare(sql.replaceAll('$', '?')), values: valuesIn(sql) };
    prepared.set(sql, made);
    return made;
  }
  function all(sql: string, given: readonly Value[]): readonly Row[] {
    const { statement, values } = prepare(sql);
    return statement.all(...bindable(given.slice(0, values)));
  }
  // Asynchronous, so that what throws is a promise that rejects.
  return {
    dialect: DIALECT,
    rows: async (sql, ...values) => all(sql, values),
    async rowsOfEach(keys, sql, ...values) {
      const text = sql('$1');
      return new Map(keys.map((key) => [key, all(text, [key, ...values])]));
    },
    async insert(into, rows) {
      const { statement } = prepare(insertInto(into));
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
function bindable(values: readonly Value[]): Scalar[] {
  return values.map((value) =>
    isList(value)
      ? JSON.stringify(value.map((each) => (typeof each === 'string' ? each.toWellFormed() : each)))
      : value,
  );
}

function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

function insertInto({ table, columns, then = '' }: Into): string {
  const names = Object.keys(columns);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ${then}`;
}
