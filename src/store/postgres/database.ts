// The way to PostgreSQL: the server among those named that may be written, sessions, transactions. The only file that knows the driver.
import { textOf } from '../../domain/text/error.ts';
import { MINUTE } from '../../domain/text/durations.ts';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { postgresFaultOf, isLost } from './errors.ts';
import type { Database, Dialect, Into, Session, Value } from '../database.ts';
import { StateError } from '../store.ts';
import type { Row } from '../rows.ts';

/** Where the state lives. */
export interface DatabaseTarget {
  /** In the order in which they are tried; a host that begins with a slash is a folder with a Unix socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  /** null: as .pgpass or the server has it. */
  readonly password: string | null;
  readonly database: string;
  /** Certificate and host name are verified, by the authorities in `caFile` or by those that Node knows. */
  readonly tls: { readonly caFile: string | null } | null;
}

/** A session of its own, for what belongs to the session: advisory locks. */
export interface OwnSession extends Session {
  end(): void;
}

export interface PostgresDatabase extends Database {
  /** For small things that must not keep anybody waiting. */
  readonly brief: Session;
  /** The server ends it when it is silent for `idle` ms. `onEnd`: it is of no more use. */
  session(idle: number, onEnd: () => void): Promise<OwnSession>;
}

export const SCHEMA = 'nomad_upload_monitor';

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

/** ms. Whoever waits longer is told that the state cannot be used, and tries again. */
const CONNECT = 5000;
const STATEMENT = MINUTE;
const LOCK = 10_000;
const BRIEF = 4000;
const CLOSE = 1000;
/** A process that was stopped in the middle of a transaction holds its locks no longer than this, ms. */
const IDLE_IN_TRANSACTION = 5000;

/** Connects with the first use. Every fault of the server or of the way to it is a StateNotWrittenError: it can be tried again. */
export function openDatabase(target: DatabaseTarget, connections: number): PostgresDatabase {
  let pool: Promise<pg.Pool> | null = null;
  /** Read once: while it is changed for a new one it may not be there. */
  let authorities: string | null = null;

  function servers(): readonly pg.ClientConfig[] {
    const { hosts, tls } = target;
    const caFile = tls?.caFile ?? null;
    if (caFile !== null) authorities ??= read(caFile);
    const ssl = tls === null ? false : { rejectUnauthorized: true, ...(authorities !== null && { ca: authorities }) };
    return hosts.map(({ host, port }) => ({ ...configOf(target, host, port), ssl }));
  }

  async function newPool(): Promise<pg.Pool> {
    const { Pool } = await driver();
    const made = new Pool({
      ...(await writable(servers())),
      types: await withNumbers(),
      max: connections,
      idleTimeoutMillis: 30_000,
    });
    // An idle connection that ends is only forgotten; whoever is using one is told by what it waits for.
    made.on('error', () => undefined);
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  }

  function current(): Promise<pg.Pool> {
    pool ??= newPool().catch((error: unknown) => {
      pool = null;
      throw error;
    });
    return pool;
  }

  /** The server may not be the one that may be written any more: it is looked for again. */
  function forget(used: Promise<pg.Pool>): void {
    if (pool !== used) return;
    pool = null;
    void used.then((old) => old.end()).catch(() => undefined);
  }

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const used = current();
    try {
      const client = await (await used).connect();
      let broken = true;
      try {
        const result = await work(client);
        broken = false;
        return result;
      } catch (error) {
        broken = isLost(error);
        throw error;
      } finally {
        client.release(broken);
      }
    } catch (error) {
      if (isLost(error)) forget(used);
      throw postgresFaultOf(error) ?? error;
    }
  }

  const within = <T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> =>
    withClient(async (client) => {
      await client.query(begin);
      try {
        const result = await work(sessionOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        if (!isLost(error)) await client.query('ROLLBACK');
        throw error;
      }
    });

  const transaction = <T>(work: (session: Session) => Promise<T>): Promise<T> => within('BEGIN', work);
  const ask = (sql: string, values: readonly Value[], patience: number | null = null) =>
    withClient((client) => rowsOf(client, sql, values, patience));

  return {
    ...sessionOn((sql, values) => ask(sql, values)),
    insert: (into, rows) => transaction((session) => session.insert(into, rows)),
    brief: sessionOn((sql, values) => ask(sql, values, BRIEF)),
    transaction,
    reading: (work) => within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    async session(idle, onEnd) {
      try {
        const client = await connected(await writable(servers()), `-c idle_session_timeout=${idle}`, idle);
        client.once('end', onEnd);
        client.on('error', onEnd);
        return {
          ...sessionOn((sql, values) =>
            rowsOf(client, sql, values).catch((error: unknown) => {
              throw postgresFaultOf(error) ?? error;
            }),
          ),
          end: () => {
            void client.end().catch(() => undefined);
          },
        };
      } catch (error) {
        throw postgresFaultOf(error) ?? error;
      }
    },
    async close() {
      const used = pool;
      pool = null;
      // What a server that says nothing was asked would be waited for.
      const ended = used?.then((old) => old.end()).catch(() => undefined);
      await Promise.race([ended, sleep(CLOSE, undefined, { ref: false })]);
    },
  };
}

function sessionOf(client: pg.ClientBase): Session {
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
      for (let from = 0; from < rows.length; from += BATCH) {
        const some = rows.slice(from, from + BATCH);
        const columns = Object.keys(into.columns).map((_, index) => some.map((row) => row[index] ?? null));
        stored.push(...(await ask(insertInto(into), columns)));
      }
      return stored;
    },
  };
}

/** Each column is one array. */
function insertInto({ table, columns, then = '' }: Into): string {
  const names = Object.keys(columns).join(', ');
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  return `INSERT INTO ${table} (${names}) SELECT ${names}
    FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS given (${names}, position) ORDER BY position ${then}`;
}

/** `patience`: ms; null: that of the connection. */
async function rowsOf(
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

/** The first server that answers and may be written. */
async function writable(configs: readonly pg.ClientConfig[]): Promise<pg.ClientConfig> {
  const [only, ...others] = configs;
  if (only !== undefined && others.length === 0) return only;
  let last: unknown = null;
  for (const config of configs) {
    try {
      const client = await connected(config, '', CONNECT);
      const isReadOnly = await client
        .query<{ transaction_read_only: string }>('SHOW transaction_read_only')
        .then(({ rows }) => rows[0]?.transaction_read_only !== 'off')
        .finally(() => void client.end().catch(() => undefined));
      if (!isReadOnly) return config;
      last ??= new Error(`none of the ${configs.length} servers of DATABASE_URL may be written; connection closed`);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function connected(config: pg.ClientConfig, options: string, patience: number): Promise<pg.Client> {
  const { Client } = await driver();
  const client = new Client({
    ...config,
    types: await withNumbers(),
    options: `${config.options ?? ''} ${options}`,
    query_timeout: patience,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function configOf(target: DatabaseTarget, host: string, port: number): pg.ClientConfig {
  const { user, password, database } = target;
  return {
    host,
    port,
    user,
    database,
    ...(password !== null && { password }),
    application_name: 'nomad-upload-monitor',
    options: `-c search_path=${SCHEMA} -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION} -c lock_timeout=${LOCK}`,
    connectionTimeoutMillis: CONNECT,
    statement_timeout: STATEMENT,
    query_timeout: STATEMENT + 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Our bigints are times and counters: far below what a number holds exactly. */
async function withNumbers(): Promise<pg.CustomTypesConfig> {
  const { TypeOverrides, types } = await driver();
  const numbers = new TypeOverrides();
  numbers.setTypeParser(types.builtins.INT8, Number);
  return numbers;
}

/** Read when it is used: with SQLite it would be ten megabytes for nothing. */
async function driver(): Promise<typeof pg> {
  return (await import('pg')).default;
}

function read(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    const why = textOf(error);
    throw new StateError(`DATABASE_URL: sslrootcert cannot be read (${why}); name a file of certificates in PEM`);
  }
}
