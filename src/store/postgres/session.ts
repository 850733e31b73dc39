// How statements are asked on PostgreSQL: the words of its own, values, many rows in one statement.
import type pg from 'pg';
import type { Dialect, Into, Scalar, Session, Value } from '../database.ts';
import type { Row } from '../rows.ts';

/** `$1` is the login. */
const OURS = 'account_id IN (SELECT account_id FROM login_account WHERE login = $1)';

const DIALECT: Dialect = {
  oneOf: (column, n) => `${column} = ANY($${n})`,
  ours: OURS,
  forUpdate: 'FOR UPDATE',
  forUpdateSkipLocked: 'FOR UPDATE SKIP LOCKED',
};
/** Rows in one statement. */
const BATCH = 1000;

export function sessionOf(client: pg.ClientBase): Session {
  return sessionOn((sql, values) => rowsOf(client, sql, values));
}

/** A session that is one way to ask. */
export function sessionOn(ask: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>): Session {
  return {
    dialect: DIALECT,
    rows: (sql, ...values) => ask(sql, values),
    async rowsOfEach(keys, sql, ...values) {
      const rows = await ask(
        `SELECT wanted.key AS wanted_key, found.* FROM unnest($1::text[]) AS wanted (key), LATERAL (${sql('wanted.key')}) AS found`,
        [keys, ...values],
      );
      return Map.groupBy(rows, (row) => String(row['wanted_key']));
    },
    async insert(into, rows) {
      const stored: Row[] = [];
      for (const some of batches(rows)) {
        const columns = Object.keys(into.columns).map((_, index) => some.map((row) => row[index] ?? null));
        stored.push(...(await ask(insertInto(into), columns)));
      }
      return stored;
    },
  };
}

function* batches(rows: Iterable<readonly Scalar[]>): Generator<readonly (readonly Scalar[])[]> {
  let some: (readonly Scalar[])[] = [];
  for (const row of rows) {
    some.push(row);
    if (some.length < BATCH) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** Each column is one array. */
function insertInto({ table, columns, then = '' }: Into): string {
  const names = Object.keys(columns).join(', ');
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  return `INSERT INTO ${table} (${names}) SELECT ${names}
    FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS given (${names}, position) ORDER BY position ${then}`;
}

/** `patience`: ms; null: that of the connection. */
export async function rowsOf(
  client: pg.ClientBase,
  sql: string,
  values: readonly Value[],
  patience: number | null = null,
): Promise<readonly Row[]> {
  const within = patience === null ? {} : { query_timeout: patience };
  const { rows } = await client.query<Record<string, unknown>>({ text: sql, values: values.map(storable), ...within });
  return rows;
}

/** No text in PostgreSQL holds a NUL, which a mail server may say: it becomes the sign for what cannot be shown. Documents have it as \u0000. */
function storable(value: Value): Value {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd');
  return Array.isArray(value)
    ? value.map((each: string | number | null) => storable(each) as string | number | null)
    : value;
}
