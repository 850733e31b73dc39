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
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = { statement: db.prepare(sql.replaceAll('$', '?')), values: valuesIn(sql) };
    prepared.set(sql, made);
    return made;
  }
  function all(sql: string, given: readonly Value[]): readonly Row[] {
    const { statement, values } = prepare(sql);
    return statement.all(...given.slice(0, values).map(bindable));
  }
  return {
    dialect: DIALECT,
    rows: (sql, ...values) => answer(() => all(sql, values)),
    rowsOfEach: (keys, sql, ...values) =>
      answer(() => {
        const text = sql('$1');
        return new Map(keys.map((key) => [key, all(text, [key, ...values])]));
      }),
    insert: (into, rows) => answer(() => insertAll(prepare(insertInto(into)).statement, into, rows)),
  };
}

interface Prepared {
  readonly statement: StatementSync;
  /** How many it takes; more may be given, where the other database needs them. */
  readonly values: number;
}

/** A promise that rejects where the work throws. */
async function answer<T>(work: () => T): Promise<T> {
  return work();
}

function valuesIn(sql: string): number {
  return Math.max(0, ...Array.from(sql.matchAll(/\$(\d+)/g), ([, n]) => Number(n)));
}

/** A list is one text of JSON; half a character in it becomes the sign for what cannot be shown, as it does in a value by itself. */
function bindable(value: Value): Scalar {
  if (!Array.isArray(value)) return value as Scalar;
  return JSON.stringify(value.map((each: Scalar) => (typeof each === 'string' ? each.toWellFormed() : each)));
}

function insertInto({ table, columns, then = '' }: Into): string {
  const names = Object.keys(columns);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ${then}`;
}

function insertAll(
  statement: StatementSync,
  { then = '' }: Into,
  rows: readonly (readonly Scalar[])[],
): readonly Row[] {
  if (then.includes('RETURNING')) return rows.flatMap((row) => statement.all(...row));
  for (const row of rows) statement.run(...row);
  return [];
}
