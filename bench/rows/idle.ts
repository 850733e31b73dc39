// What the monitor costs while nothing happens: 100 uploads, a poll a minute. Beside it gatus, which asks one endpoint a minute.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { startMonitor, until } from '../monitor.ts';
import { type Nomad, startNomad } from '../nomad.ts';
import { GATUS, goPeer } from '../peers.ts';
import { cpuSeconds, stop } from '../processes.ts';
import { type Measurement, TURNS, median } from '../row.ts';

const WINDOW = 60;

export const idle: Measurement = {
  rows: [
    {
      name: 'idle',
      what: 'CPU while nothing happens, 100 uploads, a poll a minute, of one core',
      goal: { is: 'at most', value: 0.3, unit: ' %' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: 100 });
    const monitor = await startMonitor({ NOMAD_URL: nomad.url, NOMAD_TOKEN: nomad.token });
    await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
    const peer = await startGatus(nomad);
    // What a start leaves to be done is no idling.
    await sleep(5000);
    const [ours, theirs]: [number[], number[]] = [[], []];
    const share = (pid: number, before: number) => ((cpuSeconds(pid) - before) / WINDOW) * 100;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const before = [cpuSeconds(monitor.pid), 'pid' in peer ? cpuSeconds(peer.pid) : 0] as const;
      await sleep(WINDOW * 1000);
      ours.push(share(monitor.pid, before[0]));
      if ('pid' in peer) theirs.push(share(peer.pid, before[1]));
    }
    await monitor.stop();
    if ('pid' in peer) await peer.stop();
    await nomad.stop();
    const note = 'pid' in peer ? `gatus, which asks one endpoint a minute: ${median(theirs).toFixed(2)} %` : peer.why;
    return [{ kind: 'measured', values: ours, note }];
  },
};

type Gatus = { readonly pid: number; stop(): Promise<void> } | { readonly why: string };

async function startGatus(nomad: Nomad): Promise<Gatus> {
  const found = goPeer(GATUS);
  if ('why' in found) return found;
  const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const port = await freePort();
  const config = join(dir, 'config.yaml');
  writeFileSync(
    config,
    `web: { address: 127.0.0.1, port: ${port} }
endpoints:
  - name: nomad
    url: '${nomad.url}/uploads?page_size=200&page=1&order_by=upload_create_time&order=asc'
    headers: { Authorization: 'Bearer ${nomad.token}' }
    interval: 1m
    conditions: ['[STATUS] == 200', '[BODY].pagination.total == 100']
`,
  );
  const child = spawn(found.path, [], { stdio: 'ignore', env: { GATUS_CONFIG_FILE: config } });
  await until(async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => null))?.ok === true);
  return {
    pid: child.pid ?? 0,
    async stop() {
      await stop(child);
      rmSync(dir, { recursive: true });
    },
  };
}
