// The writer as a process that can be stopped between any two system calls, copied, and let go on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DATABASE } from './contents.ts';
import type { Copy } from './forms.ts';

export interface Stop {
  readonly copy: Copy;
  /** What it did since the stop before. */
  readonly done: readonly string[];
}

export interface WriterOptions {
  readonly stateDir: string;
  readonly notes: string;
  readonly seed: number;
  /** Full path of the store's module. */
  readonly module: string;
}

export function startWriter({ stateDir, notes, seed, module }: WriterOptions) {
  const args = [join(import.meta.dirname, 'writer.ts'), stateDir, notes, String(seed), module];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error('the writer did not start');
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let read = 0;

  /** A note that is not finished was not given. */
  function notesSince(): readonly string[] {
    if (!existsSync(notes)) return [];
    const text = readFrom(notes, read);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    read += Buffer.byteLength(whole);
    return whole.split('\n').slice(0, -1);
  }

  return {
    /** Stops it where it happens to be, copies, and lets it go on when `meanwhile` is done with the copy. */
    async stop<T>(meanwhile: (stop: Stop) => Promise<T>): Promise<T> {
      child.kill('SIGSTOP');
      while (!isStopped(pid)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the writer ended by itself: ${complaint}`);
        await setTimeout(1);
      }
      try {
        return await meanwhile({ copy: copyOf(stateDir), done: notesSince() });
      } finally {
        child.kill('SIGCONT');
      }
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** All of its threads: one in a system call that cannot be interrupted (a sync) goes on to its end first. */
function isStopped(pid: number): boolean {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks).every((task) =>
      /^\d+ \(.*\) [Tt] /.test(readFileSync(join(tasks, task, 'stat'), 'utf8')),
    );
  } catch {
    return false; // a thread, or all of it, ended while we looked
  }
}

function copyOf(stateDir: string): Copy {
  const names = existsSync(stateDir) ? readdirSync(stateDir) : [];
  const files = new Map(names.map((name) => [name, readFileSync(join(stateDir, name))]));
  const take = (name: string) => {
    const bytes = files.get(name) ?? null;
    files.delete(name);
    return bytes;
  };
  const [database, wal, index] = [take(DATABASE), take(`${DATABASE}-wal`), take(`${DATABASE}-shm`)];
  return { database, wal, index, others: files };
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let at = from; ;) {
      const part = Buffer.alloc(65_536);
      const length = readSync(file, part, 0, part.length, at);
      if (length === 0) return Buffer.concat(parts).toString('utf8');
      parts.push(part.subarray(0, length));
      at += length;
    }
  } finally {
    closeSync(file);
  }
}
