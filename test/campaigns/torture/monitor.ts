// The real program as a process that can be killed: by the clock, or by strace exactly at the Nth system call of a kind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Killed at the entry of a call: what comes before the Nth has happened, the Nth has not. */
export interface SystemCall {
  readonly name: 'fsync' | 'pwrite64' | 'write' | 'writev';
  /** From 1. */
  readonly nth: number;
}

export interface Monitor {
  /** By which signal, or with which code, it ended, and when, ms. */
  readonly ended: Promise<{ readonly how: string; readonly at: number }>;
  readonly pid: number;
  signal(name: 'SIGKILL' | 'SIGTERM'): void;
  /** Where the system call that killed it was aimed; null: none did. */
  place(): string | null;
  output(): string;
}

export interface MonitorOptions {
  /** Holds `src`. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly killedAt: SystemCall | null;
  /** Where strace may write. */
  readonly scratch: string;
  /** What listens where, to name places by. */
  readonly ports: ReadonlyMap<number, string>;
}

export function startMonitor({ root, env, killedAt, scratch, ports }: MonitorOptions): Monitor {
  const trace = join(scratch, 'trace');
  const program = [process.execPath, join(root, 'src/main.ts'), 'run', '--env-file', '/dev/null'];
  const [command = '', ...args] = killedAt === null ? program : [...tracer(killedAt, trace), ...program];
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  // Nothing is left running when the campaign is ended.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    ended: once(child, 'exit').then(([code, signal]) => ({ how: String(signal ?? code), at: Date.now() })),
    pid: child.pid ?? 0,
    signal: (name) => child.kill(name),
    place: () => (killedAt === null || !existsSync(trace) ? null : placeOf(readFileSync(trace, 'utf8'), ports)),
    output: () => output,
  };
}

/** `-D`: the monitor stays our own child. Not with `--seccomp-bpf`: no signal is injected then (strace 6.1). */
function tracer({ name, nth }: SystemCall, trace: string): readonly string[] {
  const filter = ['-e', `trace=${name}`, '-e', `inject=${name}:signal=KILL:when=${nth}`];
  return ['strace', '-D', '-f', '-qq', '-yy', '-s', '0', ...filter, '-o', trace];
}

/** From the last call that strace wrote down. */
export function placeOf(trace: string, ports: ReadonlyMap<number, string>): string | null {
  const call = trace.split('\n').findLast((line) => /^\d+ +\w+\(\d+</.test(line));
  const [, name, target] = /^\d+ +(\w+)\(\d+<(.+?)>(?:[,)]| <)/.exec(call ?? '') ?? [];
  if (name === undefined || target === undefined) return null;
  const port = /->[\d.]+:(\d+)\]$/.exec(target)?.[1];
  if (port !== undefined) return `${name}: ${ports.get(Number(port)) ?? 'another connection'}`;
  const file = /\/(state\.sqlite[\w-]*|lock[\w-]*)$/.exec(target)?.[1];
  return `${name}: ${file ?? (target.startsWith('/') ? 'the folder' : 'log, or within the process')}`;
}
