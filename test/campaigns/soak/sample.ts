// What a process holds at one moment, after everything that can be collected was: memory, descriptors, timers, listeners, the state.
import { getEventListeners } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Sample {
  /** Simulated days since the beginning. */
  readonly days: number;
  /** Bytes, after a collection. */
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  readonly fds: number;
  /** What keeps the process alive, by type: timers, sockets. */
  readonly resources: Readonly<Record<string, number>>;
  readonly timers: number;
  /** On the process, and on the signal that all runs are given. */
  readonly listeners: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Bytes. */
  readonly database: number;
  readonly wal: number;
}

interface About {
  readonly days: number;
  readonly stateDir: string;
  readonly signal: AbortSignal;
}

const TABLES = [
  'upload',
  'event',
  'notification',
  'delivery',
  'reminder',
  'summary',
  'ack',
  'mute',
  'refusal',
  'login',
  'account',
];

export async function takeSample({ days, stateDir, signal }: About): Promise<Sample> {
  await collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
  const file = join(stateDir, 'state.sqlite');
  return {
    days,
    heap: heapUsed,
    external,
    rss,
    // The one that reads the folder is not counted.
    fds: readdirSync('/proc/self/fd').length - 1,
    resources,
    timers: resources['Timeout'] ?? 0,
    listeners: listenersOn(process) + getEventListeners(signal, 'abort').length,
    rows: rowsOf(file),
    database: statSync(file).size,
    wal: statSync(`${file}-wal`).size,
  };
}

/** Finalizers run in turns of the loop between two collections, and free more. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function listenersOn(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

function rowsOf(file: string): Readonly<Record<string, number>> {
  const db = new DatabaseSync(file, { readOnly: true });
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const rows = Object.fromEntries(TABLES.map((table) => [table, count(table)]));
  db.close();
  return rows;
}
