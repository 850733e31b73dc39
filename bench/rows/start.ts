// From the start of the process to its first "ready", beyond what Node itself takes: of a clone, and as it is installed. And a command that does nothing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { START, startMonitor, until } from '../monitor.ts';
import { startNomad } from '../nomad.ts';
import { type Finding, type Measurement, TURNS, inTurns, median } from '../row.ts';

const READY = '/readyz: the first poll, of 100 uploads, is done';

export const start: Measurement = {
  rows: [
    {
      name: 'start',
      what: `start of a clone to ready beyond \`node -e 0\` (${READY})`,
      goal: { is: 'at most', value: 0.5, unit: ' s' },
    },
    {
      name: 'start-installed',
      what: 'the same of what is installed',
      goal: { is: 'at most', value: 0.12, unit: ' s' },
    },
    {
      name: 'start-command',
      what: '`--version` of what is installed, beyond `node -e 0`',
      goal: { is: 'at most', value: 0.12, unit: ' s' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: 100 });
    const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
    // The program reads its version one folder above.
    const program = resolve('node_modules/.cache/program');
    const { main } = bundle(join(program, 'dist'));
    copyFileSync('package.json', join(program, 'package.json'));
    const env = { NOMAD_URL: nomad.url, NOMAD_TOKEN: nomad.token };
    const toReady = (of: string, state: string) => async () => {
      const before = performance.now();
      const monitor = await startMonitor({ ...env, STATE_DIR: join(dir, state) }, undefined, of);
      await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
      const took = performance.now() - before;
      await monitor.stop();
      return took;
    };
    const clone = toReady('src/main.ts', 'clone');
    const installed = toReady(main, 'installed');
    // The first start makes the state, and fills the cache of compiled files.
    for (const first of [clone, installed, () => spent(main, '--version')]) await first();
    const sides = [() => spent('-e', '0'), clone, installed, () => spent('--', main, '--version')] as const;
    const [node = [], ...others] = await inTurns(TURNS + 4, ...sides);
    await nomad.stop();
    rmSync(dir, { recursive: true });
    return others.map((values) => beyond(values, node));
  },
};

/** ms that a run of Node takes. */
function spent(...args: readonly string[]): number {
  const before = performance.now();
  spawnSync(process.execPath, args, { env: { ...process.env, ...START.env } });
  return performance.now() - before;
}

function beyond(values: readonly number[], node: readonly number[]): Finding {
  const note = `${median(values).toFixed(0)} ms, \`node -e 0\` ${median(node).toFixed(0)} ms`;
  return { kind: 'measured', values: values.map((value, turn) => (value - (node[turn] ?? 0)) / 1000), note };
}
