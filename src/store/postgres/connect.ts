// The way to PostgreSQL: which of the servers that are named may be written, and how a connection to it is made.
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { MINUTE } from '../../domain/text/durations.ts';
import { textOf } from '../../domain/text/error.ts';
import { StateError } from '../store.ts';

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

export const SCHEMA = 'nomad_upload_monitor';

/** ms. Whoever waits longer is told that the state cannot be used, and tries again. */
const CONNECT = 5000;
const STATEMENT = MINUTE;
const LOCK = 10_000;
/** A process that was stopped in the middle of a transaction holds its locks no longer than this, ms. */
const IDLE_IN_TRANSACTION = 5000;
const IDLE_IN_POOL = 30_000;

export interface Connector {
  /** `connections`: no more at once. */
  pool(connections: number): Promise<pg.Pool>;
  /** One connection beside the pool. `patience`: ms for an answer; `options`: for the server, as `-c name=value`. */
  client(options: string, patience: number): Promise<pg.Client>;
}

export function connectorTo(target: DatabaseTarget): Connector {
  /** Read once: while it is changed for a new one it may not be there. */
  let authorities: string | null = null;

  function server(): Promise<pg.ClientConfig> {
    const { hosts, tls } = target;
    const caFile = tls?.caFile ?? null;
    if (caFile !== null) authorities ??= read(caFile);
    const ssl = tls === null ? false : { rejectUnauthorized: true, ...(authorities !== null && { ca: authorities }) };
    return writable(hosts.map(({ host, port }) => ({ ...configOf(target, host, port), ssl })));
  }

  return {
    async pool(connections) {
      const { Pool } = await driver();
      const made = new Pool({
        ...(await server()),
        types: await withNumbers(),
        max: connections,
        idleTimeoutMillis: IDLE_IN_POOL,
      });
      // An idle connection that ends is only forgotten; whoever is using one is told by what it waits for.
      made.on('error', () => undefined);
      made.on('connect', (client) => client.on('error', () => undefined));
      return made;
    },
    client: async (options, patience) => connected(await server(), options, patience),
  };
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
      last ??= new Error(`none of the ${configs.length} servers of DATABASE_URL is writable; connection closed`);
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
    throw new StateError(`DATABASE_URL: sslrootcert cannot be read (${why}); name a file of PEM certificates`);
  }
}
