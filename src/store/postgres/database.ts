// The driver for PostgreSQL: statements, transactions, and sessions of one's own.
import type pg from 'pg';
import type { Database, Session, Value } from '../database.ts';
import { type Connector, type DatabaseTarget, connectorTo } from './connect.ts';
import { isLost, postgresFaultOf } from './errors.ts';
import { shareConnections } from './pool.ts';
import { rowsOf, sessionOf, sessionOn } from './session.ts';

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

/** ms for an answer to what must not keep anybody waiting. */
const BRIEF = 4000;

/** Connects with the first use. Every fault of the server or of the way to it is a StateNotWrittenError: it can be tried again. */
export function openDatabase(target: DatabaseTarget, connections: number): PostgresDatabase {
  const connector = connectorTo(target);
  const { withClient, close } = shareConnections(connector, connections);
  const ask = (sql: string, values: readonly Value[], patience: number | null = null) =>
    withClient((client) => rowsOf(client, sql, values, patience));
  const transaction = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withClient((client) => within(client, 'BEGIN', work));
  return {
    ...sessionOn((sql, values) => ask(sql, values)),
    insert: (into, rows) => transaction((session) => session.insert(into, rows)),
    brief: sessionOn((sql, values) => ask(sql, values, BRIEF)),
    transaction,
    reading: (work) => withClient((client) => within(client, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work)),
    session: (idle, onEnd) => explained(ownSession(connector, idle, onEnd)),
    close,
  };
}

async function within<T>(client: pg.ClientBase, begin: string, work: (session: Session) => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    const result = await work(sessionOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (!isLost(error)) await client.query('ROLLBACK');
    throw error;
  }
}

async function ownSession(connector: Connector, idle: number, onEnd: () => void): Promise<OwnSession> {
  const client = await connector.client(`-c idle_session_timeout=${idle}`, idle);
  client.once('end', onEnd);
  client.on('error', onEnd);
  return {
    ...sessionOn((sql, values) => explained(rowsOf(client, sql, values))),
    end: () => {
      void client.end().catch(() => undefined);
    },
  };
}

/** What PostgreSQL says, in a sentence for the operator. */
async function explained<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw postgresFaultOf(error) ?? error;
  }
}
