// A bare system in a folder: commands in it, files of it, and the package's program as a process.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const USER = 'nomad-upload-monitor';
/** Nothing of ours: a service gets no more. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
const CHROOT = '/usr/sbin/chroot';

export interface Chroot {
  readonly root: string;
  /** What it wrote, both streams. Throws unless the code is 0. */
  run(...command: readonly string[]): string;
  code(...command: readonly string[]): number | null;
  /** The same while this process goes on, and answers as NOMAD and mail server; whatever its code. */
  meanwhile(...command: readonly string[]): Promise<Ended>;
  read(path: string): string;
  /** Every file and folder, but for what the kernel or a package manager keeps. */
  list(): readonly string[];
  /** The daemon, as the service user; resolves when it watches. */
  daemon(): Promise<Daemon>;
}

export interface Ended {
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
}

export interface Daemon {
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

export function openChroot(root: string): Chroot {
  const start = (command: readonly string[]) =>
    spawnSync(CHROOT, [root, ...command], { env: ENVIRONMENT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    root,
    run(...command) {
      const { status, stdout, stderr } = start(command);
      if (status !== 0) throw new Error(`${command.join(' ')}: code ${String(status)}\n${stdout}${stderr}`);
      return `${stdout}${stderr}`;
    },
    code: (...command) => start(command).status,
    meanwhile: (...command) => meanwhile(root, command),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    list: () =>
      start(['find', '/', '-xdev'])
        .stdout.split('\n')
        .filter((path) => !/^\/(dev|tmp|run|var\/(lib\/dpkg|log|cache\/(debconf|ldconfig)))\//.test(path)),
    daemon: () => startDaemon(root),
  };
}

async function meanwhile(root: string, command: readonly string[]): Promise<Ended> {
  const child = spawn(CHROOT, [root, ...command], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  await once(child, 'close');
  return { code: child.exitCode, output };
}

async function startDaemon(root: string): Promise<Daemon> {
  const file = '/etc/nomad-upload-monitor/env';
  const command = ['/usr/bin/nomad-upload-monitor', '--env-file', file, 'run'];
  const child = spawn(CHROOT, [`--userspec=${USER}:${USER}`, root, ...command], {
    env: { ...ENVIRONMENT, STATE_DIRECTORY: `/var/lib/${USER}`, LOG_FORMAT: 'json' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit').then(() => child.exitCode);
  await watching(child);
  return {
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function watching(child: ChildProcess): Promise<void> {
  let written = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      if (written.includes('"msg":"watching"')) resolve();
    });
    child.on('exit', () => {
      reject(new Error(`the program ended first:\n${written}`));
    });
  });
}

/** The archive that setup.sh made, unpacked, with what a program needs of the kernel. Called in a mount namespace of its own. */
export function unpack(archive: string, root: string): void {
  execFileSync('tar', ['-C', root, '-xf', archive]);
  execFileSync('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
}

export function removeTree(root: string): void {
  execFileSync('umount', [join(root, 'proc')]);
  rmSync(root, { recursive: true });
}
