// The peers, built where nothing of ours is: each Go module in a throw-away module of its own, kept in the cache folder for the next time.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nomad-upload-monitor-bench');

interface Peer {
  readonly name: string;
  readonly module: string;
  readonly version: string;
}

export const JSON_EXPORTER: Peer = {
  name: 'json_exporter',
  module: 'github.com/prometheus-community/json_exporter',
  version: 'v0.7.0',
};
export const GATUS: Peer = { name: 'gatus', module: 'github.com/TwiN/gatus/v5', version: 'v5.0.0' };

export type Found = { readonly path: string } | { readonly why: string };

/** The program of a Go module; takes minutes the first time. */
export function goPeer({ name, module, version }: Peer): Found {
  const folder = join(CACHE, `${name}-${version}`);
  const path = join(folder, name);
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const steps = [
    ...(existsSync(join(folder, 'go.mod')) ? [] : [['mod', 'init', 'peer']]),
    ['get', `${module}@${version}`],
    ['build', '-o', path, module],
  ];
  for (const step of steps) {
    const { error, status, stderr } = spawnSync('go', step, { cwd: folder, encoding: 'utf8' });
    if (error !== undefined) return { why: `${name}: Go is not installed` };
    if (status !== 0) return { why: `${name}: go ${step.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? ''}` };
  }
  return { path };
}

/** A Python that has `requests`: the system's, or one of its own in the cache folder. */
export function python(): Found {
  const own = join(CACHE, 'python', 'bin', 'python');
  for (const path of ['python3', own]) if (has(path)) return { path };
  const made = spawnSync('python3', ['-m', 'venv', join(CACHE, 'python')], { encoding: 'utf8' });
  if (made.error !== undefined) return { why: 'Python is not installed' };
  spawnSync(own, ['-m', 'pip', 'install', '--quiet', 'requests==2.32.5'], { encoding: 'utf8' });
  return has(own) ? { path: own } : { why: 'Python: requests cannot be installed' };
}

function has(path: string): boolean {
  return spawnSync(path, ['-c', 'import requests']).status === 0;
}
