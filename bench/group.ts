// Many accounts of one deployment: watched by one process, or by a process for each.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Monitor, startMonitor } from './monitor.ts';
import type { Nomad } from './nomad.ts';

export const ACCOUNTS = 200;
/** So many processes are started; what they need is taken ten times. */
export const PROCESSES = 20;
export const FACTOR = ACCOUNTS / PROCESSES;
export const UPLOADS = 300;

type Variables = Readonly<Record<string, string>>;

/** A field of a file in /proc that counts kB. */
export function megabytes(pid: number, file: string, field: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024;
}

/** One process for all users. */
export async function startTogether({ url, tokens }: Nomad, more: Variables = {}): Promise<Monitor> {
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const file = join(folder, 'accounts.yaml');
  const items = tokens.map((token, index) => `  - { name: user-${index}, token: ${token} }`);
  writeFileSync(file, ['accounts:', ...items, ''].join('\n'));
  chmodSync(file, 0o600);
  const monitor = await startMonitor({ NOMAD_URL: url, ACCOUNTS_FILE: file, ...more });
  return {
    ...monitor,
    async stop() {
      await monitor.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A process for each of the first users. BENCH_BEFORE: the clone of another build that is started; without it this one is. */
export async function startApart({ url, tokens }: Nomad, more: Variables = {}): Promise<readonly Monitor[]> {
  const monitors: Monitor[] = [];
  for (const token of tokens.slice(0, PROCESSES))
    monitors.push(await startMonitor({ NOMAD_URL: url, NOMAD_TOKEN: token, ...more }, process.env['BENCH_BEFORE']));
  return monitors;
}
