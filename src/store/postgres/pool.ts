// The connections that are shared: one is borrowed for each use. When one is lost, the server is looked for again.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Connector } from './connect.ts';
import { isLost, postgresFaultOf } from './errors.ts';
import { checkServer } from './server-check.ts';
import { sessionOf } from './session.ts';

/** ms. */
const CLOSE = 1000;

export interface SharedConnections {
  /** Rejects with StateNotWrittenError where the server, or the way to it, is at fault. */
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects with the first use. */
export function shareConnections(connector: Connector, connections: number): SharedConnections {
  let pool: Promise<pg.Pool> | null = null;

  function current(): Promise<pg.Pool> {
    pool ??= connector.pool(connections).catch((error: unknown) => {
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

  return {
    async withClient(work) {
      const used = current();
      try {
        return await borrowed(await used, work);
      } catch (error) {
        if (isLost(error)) forget(used);
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

/** What was asked of a connection once need not be asked again. */
const checked = new WeakSet<pg.PoolClient>();

async function borrowed<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    if (!checked.has(client)) await checkServer(sessionOf(client), processIdOf(client));
    checked.add(client);
    const result = await work(client);
    isBroken = false;
    return result;
  } catch (error) {
    isBroken = isLost(error);
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** As the server gave it; the types of the driver leave it out. */
function processIdOf(client: pg.PoolClient): number | null {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : null;
}
