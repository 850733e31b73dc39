// The port to a database: what the drivers for SQLite and PostgreSQL do for the statements in sql/. A statement uses words that both know;
// the values in it are $1, $2 and so on. Where the two need different words, the dialect has them.
import type { Row } from './rows.ts';

export type Scalar = string | number | null;
export type Value = Scalar | readonly Scalar[];

export interface Dialect {
  /** The condition that a column is one of the list that is value number `n`. */
  oneOf(column: string, n: number): string;
  /** The condition that a row of a table with an `account_id` belongs to the login that is $1. A SQLite file has one owner: all rows are. */
  readonly ours: string;
  /** Ends a SELECT within a transaction: nobody else changes these rows until it ends. Empty where only one transaction writes at a time. */
  readonly forUpdate: string;
  /** The same, without the rows that somebody else has locked. */
  readonly forUpdateSkipLocked: string;
}

/** Where rows are put: one constant for each kind of row, which a driver may know again. */
export interface Into {
  readonly table: string;
  readonly columns: Readonly<Record<string, 'text' | 'bigint'>>;
  /** What follows the values: ON CONFLICT, RETURNING. */
  readonly then?: string;
}

export interface Session {
  readonly dialect: Dialect;
  rows(sql: string, ...values: Value[]): Promise<readonly Row[]>;
  /** The rows of one statement for each of `keys`, by key. `sql` is given what stands for the key; other values begin with $2. */
  rowsOfEach(
    keys: readonly string[],
    sql: (key: string) => string,
    ...values: Value[]
  ): Promise<ReadonlyMap<string, readonly Row[]>>;
  /** In this order, however many; each row in the order of the columns, and only read when it is its turn: all of them can be large. Returns what RETURNING names. */
  insert(into: Into, rows: Iterable<readonly Scalar[]>): Promise<readonly Row[]>;
}

export interface Database extends Session {
  /** All of the work, or none of it. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Everything read in it is of one moment. */
  reading<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
