// From the start of the process to its first "ready", beyond what Node itself takes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMonitor, until } from '../monitor.ts';
import { startNomad } from '../nomad.ts';
import { type Measurement, TURNS, inTurns, median } from '../row.ts';

export const start: Measurement = {
  rows: [
    {
      name: 'start',
      what: 'start to ready beyond `node -e 0` (/readyz: the first poll, of 100 uploads, is done)',
      goal: { is: 'at most', value: 0.5, unit: ' s' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: 100 });
    const listening: number[] = [];
    const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
    const ours = async () => {
      const before = performance.now();
      const monitor = await startMonitor({ NOMAD_URL: nomad.url, NOMAD_TOKEN: nomad.token, STATE_DIR: dir });
      listening.push(performance.now() - before);
      await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
      const took = performance.now() - before;
      await monitor.stop();
      return took;
    };
    const bare = () => {
      const before = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      return performance.now() - before;
    };
    // The first start makes the state, and fills the cache of compiled files.
    await ours();
    const [node = [], monitor = []] = await inTurns(TURNS + 4, bare, ours);
    await nomad.stop();
    rmSync(dir, { recursive: true });
    const note = `ready ${median(monitor).toFixed(0)} ms, listening ${median(listening).toFixed(0)} ms, \`node -e 0\` ${median(node).toFixed(0)} ms`;
    return [{ kind: 'measured', values: monitor.map((value, turn) => (value - (node[turn] ?? 0)) / 1000), note }];
  },
};
