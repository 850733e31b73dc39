// A PostgreSQL server of its own on loopback, from the system's packages, and databases in it. Gone with the tests.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseTarget } from '../../src/store/postgres/connect.ts';
import { openDatabase, type PostgresDatabase } from '../../src/store/postgres/database.ts';
import { freePort } from '../../src/demo/free-port.ts';

export const USER = 'monitor';
export const PASSWORD = 'a password that nobody may see';
const ADMIN = 'postgres';
/** PostgreSQL refuses to be run by root. */
const NOBODY = 65_534;
const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

export interface Server {
  readonly port: number;
  readonly folder: string;
  readonly process: () => ChildProcess;
  /** A new, empty database that USER owns. */
  database(name?: string): Promise<DatabaseTarget>;
  /** As the administrator. */
  admin(database?: string): PostgresDatabase;
  /** Starts it again after it was ended. */
  start(): Promise<void>;
  /** SIGINT: fast shutdown; SIGKILL: none. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
  remove(): Promise<void>;
}

/** The folder of PostgreSQL's programs. */
export function binaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  for (const folder of [...versions.map((version) => join(debian, version, 'bin')), '/usr/local/bin', '/usr/bin']) {
    if (existsSync(join(folder, 'initdb'))) return folder;
  }
  throw new Error('PostgreSQL is not there; on Debian: apt install postgresql');
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(join(binaries(), program), args, {
    ...asUser,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-postgres-'));
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** `durable`: commits reach the disk, as they do in use. */
export async function startServer({ durable = false, settings = '' } = {}): Promise<Server> {
  const folder = ownFolder();
  run(
    'initdb',
    '--pgdata',
    folder,
    '--username',
    ADMIN,
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
  );
  const port = await freePort();
  appendFileSync(
    join(folder, 'postgresql.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = '${folder}'\nmax_connections = 200\n` +
      `fsync = ${durable ? 'on' : 'off'}\nlog_min_messages = warning\n${settings}\n`,
  );
  const server = await serverIn(folder, port);
  const admin = server.admin();
  await admin.rows(`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}'`);
  await admin.close();
  return server;
}

/** A standby of a server, by streaming replication; from then on the server waits for it with each commit. */
export async function startReplica(primary: Server): Promise<Server> {
  const folder = ownFolder();
  const from = ['--host', '127.0.0.1', '--port', String(primary.port), '--username', ADMIN];
  run('pg_basebackup', '--pgdata', folder, ...from, '--write-recovery-conf', '--checkpoint', 'fast', '--no-sync');
  const port = await freePort();
  appendFileSync(join(folder, 'postgresql.conf'), `port = ${port}\nunix_socket_directories = '${folder}'\n`);
  const replica = await serverIn(folder, port);
  const admin = primary.admin();
  const streams = async () =>
    (await admin.rows("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")).length > 0;
  while (!(await streams()));
  await admin.rows("ALTER SYSTEM SET synchronous_standby_names = '*'");
  await admin.rows('SELECT pg_reload_conf()');
  await admin.close();
  return replica;
}

async function serverIn(folder: string, port: number): Promise<Server> {
  let child = begin(folder);
  let count = 0;
  const targetOf = (user: string, database: string): DatabaseTarget => ({
    hosts: [{ host: '127.0.0.1', port }],
    user,
    password: user === USER ? PASSWORD : null,
    database,
    tls: null,
  });
  const server: Server = {
    port,
    folder,
    process: () => child,
    admin: (database = 'postgres') => openDatabase(targetOf(ADMIN, database), 1),
    async database(name = `test_${process.pid}_${(count += 1)}`) {
      const admin = server.admin();
      await admin.rows(`CREATE DATABASE ${name} OWNER ${USER}`);
      await admin.close();
      return targetOf(USER, name);
    },
    async start() {
      child = begin(folder);
      await answering(server, child);
    },
    async stop(signal = 'SIGINT') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      // Killed, it leaves its children behind for a moment, and the new one must not meet them.
      if (signal === 'SIGKILL') await delay(300);
    },
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await answering(server, child);
  return server;
}

function begin(folder: string): ChildProcess {
  const child = spawn(join(binaries(), 'postgres'), ['-D', folder], {
    ...asUser,
    stdio: ['ignore', 'ignore', openSync(join(folder, 'log'), 'a')],
  });
  // Nothing is left running when the tests are ended.
  const end = () => child.kill('SIGQUIT');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

async function answering(server: Server, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start in ${server.folder}`);
    const admin = server.admin();
    try {
      await admin.rows('SELECT 1');
      return;
    } catch {
      await delay(50);
    } finally {
      await admin.close();
    }
  }
  throw new Error(`PostgreSQL does not answer: ${readFileSync(join(server.folder, 'log'), 'utf8')}`);
}
