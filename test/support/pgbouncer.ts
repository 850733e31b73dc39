// Debian's PgBouncer in front of a server of the tests, as an administrator might set it up.
import { spawn } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { PASSWORD, type Server, USER, ownFolder } from './postgres.ts';

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startPgBouncer(
  server: Server,
  mode: 'session' | 'transaction',
  settings = '',
): Promise<PgBouncer> {
  const folder = ownFolder();
  const port = await freePort();
  const users = join(folder, 'users.txt');
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(users, `"${USER}" "${PASSWORD}"\n`);
  writeFileSync(
    file,
    `[databases]\n* = host=127.0.0.1 port=${server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\n` +
      `auth_type = plain\nauth_file = ${users}\npool_mode = ${mode}\nunix_socket_dir =\n${settings}\n`,
  );
  const isRoot = process.getuid?.() === 0;
  const nobody = { uid: 65_534, gid: 65_534 };
  if (isRoot) for (const path of [users, file]) chownSync(path, nobody.uid, nobody.gid);
  const child = spawn('pgbouncer', ['-q', file], { ...(isRoot && nobody), stdio: 'ignore' });
  const ended = new Promise<void>(
    (resolve) =>
      void child.once('exit', () => {
        resolve();
      }),
  );
  process.once('exit', () => child.kill('SIGKILL'));
  await answering(port);
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (isThere) return;
    await delay(50);
  }
  throw new Error('PgBouncer does not answer; on Debian: apt install pgbouncer');
}
