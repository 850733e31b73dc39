// The way to PostgreSQL: the server among those named that may be written, sessions, transactions. The only file that knows the driver.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { postgresFaultOf, isLost } from './errors.ts';
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

export type Value = string | number | null | readonly (string | number | null)[];

export interface Session {
  rows(sql: string, ...values: Value[]): Promise<readonly Row[]>;
}

/** A session of its own, for what belongs to the session: advisory locks. */
export interface OwnSession extends Session {
  end(): void;
}

export interface Database extends Session {
  /** For small things that must not keep anybody waiting. */
  readonly brief: Session;
  /** All of the work, or none of it. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Everything read in it is of one moment. */
  reading<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** The server ends it when it is silent for `idle` ms. `onEnd`: it is of no more use. */
  session(idle: number, onEnd: () => void): Promise<OwnSession>;
  close(): Promise<void>;
}

export const SCHEMA = 'nomad_upload_monitor';

/** ms. Whoever waits longer is told that the state cannot be used, and tries again. */
const CONNECT = 5000;
const STATEMENT = 60_000;
const LOCK = 10_000;
const BRIEF = 4000;
const CLOSE = 1000;
/** A process that was stopped in the middle of a transaction holds its locks no longer than this, ms. */
const IDLE_IN_TRANSACTION = 5000;

/** Connects with the first use. Every fault of the server or of the way to it is a StateNotWrittenError: it can be tried again. */
export function openDatabase(target: DatabaseTarget, connections: number): Database {
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

  return {
    rows: (sql, ...values) => withClient((client) => sessionOf(client).rows(sql, ...values)),
    brief: { rows: (sql, ...values) => withClient((client) => sessionOf(client, BRIEF).rows(sql, ...values)) },
    transaction: (work) => within('BEGIN', work),
    reading: (work) => within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    async session(idle, onEnd) {
      try {
        const client = await connected(await writable(servers()), `-c idle_session_timeout=${idle}`, idle);
        client.once('end', onEnd);
        client.on('error', onEnd);
        return {
          async rows(sql, ...values) {
            try {
              return await sessionOf(client).rows(sql, ...values);
            } catch (error) {
              throw postgresFaultOf(error) ?? error;
            }
          },
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

/** `patience`: ms; null: that of the connection. */
function sessionOf(client: pg.ClientBase, patience: number | null = null): Session {
  return {
    async rows(sql, ...values) {
      const within = patience === null ? {} : { query_timeout: patience };
      const asked = { text: sql, values: values.map(storable), ...within };
      const { rows } = await client.query<Record<string, unknown>>(asked);
      return rows;
    },
  };
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
    const why = error instanceof Error ? error.message : String(error);
    throw new StateError(`DATABASE_URL: sslrootcert cannot be read (${why}); name a file of certificates in PEM`);
  }
}
