// How the monitor is started: with the flags of `npm start`, so that what is measured is what runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stop } from './processes.ts';

const ROOT = join(import.meta.dirname, '..');

interface Start {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** As `npm start` does it. */
export const START: Start = readStart();

function readStart(): Start {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const words = (scripts['start'] ?? '').split(' ');
  const variables = words.map((word) => /^([A-Z_]+)=(.*)$/.exec(word)).filter((found) => found !== null);
  return {
    flags: words.filter((word) => word.startsWith('--')),
    env: Object.fromEntries(variables.map(([, name = '', value = '']) => [name, resolve(ROOT, value)])),
  };
}

export interface Monitor {
  readonly pid: number;
  /** Where it serves HTTP. */
  readonly url: string;
  /** Log lines with this message, so far. */
  lines(message: string): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** Resolves when it serves HTTP. `root`: the clone that it is started from. `main`: its sources, or the same as it is installed. */
export async function startMonitor(
  env: Readonly<Record<string, string>>,
  root = ROOT,
  main = 'src/main.ts',
): Promise<Monitor> {
  const stateDir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const child = spawn(process.execPath, [...START.flags, main, 'run', '--env-file', '/dev/null'], {
    cwd: root,
    env: { HTTP_PORT: '0', TZ: 'UTC', LOG_FORMAT: 'json', STATE_DIR: stateDir, ...START.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const lines = (message: string) =>
    output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes(message))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === message);
  while (lines('watching').length === 0) {
    const isOver = await Promise.race([
      once(child.stderr, 'data').then(() => false),
      once(child, 'exit').then(() => true),
    ]);
    if (isOver) throw new Error(`the monitor ended:\n${output}`);
  }
  return {
    pid: child.pid ?? 0,
    url: String(lines('watching')[0]?.['http']),
    lines,
    async stop() {
      await stop(child);
      rmSync(stateDir, { recursive: true });
    },
  };
}

/** Waits until it is so, and looks each 20 ms. */
export async function until(isSo: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it did not come so far within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
