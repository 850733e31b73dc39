// The processes of a bench: sides that run and report one JSON line, and servers that stay until they are stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Server {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export interface StartedSide<T> extends Server {
  /** What its first message says. */
  readonly at: T;
}

const SIDES = join(import.meta.dirname, 'sides');

/** Starts a side as a server; answers with what its first message says. */
export async function startSide<T>(name: string, args: readonly string[] = []): Promise<StartedSide<T>> {
  const child = spawn(process.execPath, [join(SIDES, `${name}.ts`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const first: unknown = await Promise.race([
    once(child, 'message').then(([message]) => message as unknown),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with ${String(code)}`);
    }),
  ]);
  return { child, at: first as T, stop: () => stop(child) };
}

/** Runs a side to its end; answers with the JSON that it writes. */
export function runSide<T>(name: string, args: readonly string[] = [], how: How = {}): Promise<T> {
  return run<T>(process.execPath, [...(how.flags ?? []), join(SIDES, `${name}.ts`), ...args], how.env);
}

interface How {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function run<T>(command: string, args: readonly string[], env: How['env'] = {}): Promise<T> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${texts.stderr}`);
  return JSON.parse(texts.stdout) as T;
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** CPU seconds that a running process has used so far. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // proc(5): utime and stime are fields 14 and 15, in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
