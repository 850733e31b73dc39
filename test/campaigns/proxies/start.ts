// Starts a proxy of Debian as an ordinary user, on a free port of loopback, and ends it with the test.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../src/demo/free-port.ts';
import { tempDir } from '../../support/temp.ts';
import { type Wanted, commandOf } from './configurations.ts';
import { type Kind, NAME } from './document.ts';

/** nobody. Who is no ordinary user starts the proxies as this one. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : null;
const FILES = ['crt', 'key', 'pem'].map((end) => `${NAME}.${end}`);

/** A folder with a certificate for the name, its key, and both in one file. */
export function makeCertificate(context: TestContext): string {
  const folder = tempDir(context);
  const [crt = '', key = '', both = ''] = FILES.map((each) => join(folder, each));
  const made = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${NAME} -addext subjectAltName=DNS:${NAME}`;
  execFileSync('openssl', [...made.split(' '), '-keyout', key, '-out', crt], { stdio: 'pipe' });
  writeFileSync(both, execFileSync('cat', [crt, key]));
  return folder;
}

export interface ProxyOptions extends Omit<Wanted, 'folder' | 'port'> {
  /** The configuration as it is documented. */
  readonly text: string;
  readonly certificates: string;
}

/** Answers with the address under which the monitor is then reached: `https://monitor.lab.example:PORT`. */
export async function startProxy(context: TestContext, kind: Kind, options: ProxyOptions): Promise<string> {
  const { text, certificates, ...wanted } = options;
  const folder = tempDir(context);
  const port = await freePort();
  const command = commandOf(kind, text, { ...wanted, folder, port });
  for (const each of FILES) copyFileSync(join(certificates, each), join(folder, each));
  writeFileSync(join(folder, 'configuration'), command.text);
  if (NOBODY !== null) for (const each of ['', ...readdirSync(folder)]) chownSync(join(folder, each), NOBODY, NOBODY);
  const child = spawn(command.file, command.args, {
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(NOBODY !== null && { uid: NOBODY, gid: NOBODY }),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => (said += more));
  const ended = once(child, 'exit').then(
    () => true,
    (error: unknown) => {
      said += String(error);
      return true;
    },
  );
  // Not by SIGKILL: that would leave the workers of nginx and Apache behind.
  context.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  while (!(await isOpen(port))) {
    const isOver = await Promise.race([ended, pause(20, false)]);
    if (isOver) throw new Error(`${kind} did not start:\n${said}\n${command.text}`);
  }
  return `${wanted.scheme}://${NAME}:${port}`;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
