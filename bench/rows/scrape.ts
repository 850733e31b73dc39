// A scrape of our /metrics with 10,000 uploads beside json_exporter's probe of the same list. Both are asked as Prometheus asks.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/free-port.ts';
import { type Monitor, startMonitor, until } from '../monitor.ts';
import { type Nomad, startNomad } from '../nomad.ts';
import { JSON_EXPORTER, goPeer } from '../peers.ts';
import { stop } from '../processes.ts';
import { type Measurement, TURNS, inTurns, median, ratios } from '../row.ts';

const UPLOADS = 10_000;
const HEADERS = {
  accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
  'accept-encoding': 'gzip',
};

export const scrape: Measurement = {
  rows: [
    {
      name: 'scrape',
      what: `\`/metrics\` with ${UPLOADS} uploads: json_exporter's probe of the same list / ours, same work`,
      goal: { is: 'at least', value: 20, unit: '×' },
    },
    {
      name: 'scrape-default',
      what: 'the same with our default bound',
      goal: { is: 'at least', value: 200, unit: '×' },
    },
  ],
  async measure() {
    const peer = goPeer(JSON_EXPORTER);
    if ('why' in peer)
      return [
        { kind: 'missing', ...peer },
        { kind: 'missing', ...peer },
      ];
    const nomad = await startNomad({ uploads: UPLOADS, failedEach: 1 });
    const all = await startPolled(nomad, { METRICS_MAX_UPLOADS: String(UPLOADS) });
    const bounded = await startPolled(nomad, {});
    const exporter = await startExporter(peer.path, nomad);
    const target = `${nomad.url}/uploads?page_size=${UPLOADS}&page=1&order_by=upload_create_time&order=asc`;
    const sides = [
      () => fetched(`${exporter.url}/probe?target=${encodeURIComponent(target)}`),
      () => fetched(`${all.url}/metrics`),
      () => fetched(`${bounded.url}/metrics`),
    ];
    // The first of each is not measured: ours writes out what the poll brought.
    await inTurns(2, ...sides);
    const [probe = [], ours = [], few = []] = await inTurns(TURNS + 4, ...sides);
    await Promise.all([all.stop(), bounded.stop(), nomad.stop(), exporter.stop()]);
    const [theirs, own, least] = [probe, ours, few].map((side) => side.map(({ milliseconds }) => milliseconds));
    if (theirs === undefined || own === undefined || least === undefined) throw new Error('a side is missing');
    const shown = (name: string, side: typeof probe) =>
      `${name} ${median(side.map(({ milliseconds }) => milliseconds)).toFixed(1)} ms for ${(median(side.map(({ bytes }) => bytes)) / 1e6).toFixed(2)} MB compressed`;
    return [
      { kind: 'measured', values: ratios(theirs, own), note: `${shown('probe', probe)}, ${shown('ours', ours)}` },
      { kind: 'measured', values: ratios(theirs, least), note: shown('ours', few) },
    ];
  },
};

/** A monitor that has polled once and does not again. */
async function startPolled(nomad: Nomad, more: Readonly<Record<string, string>>): Promise<Monitor> {
  const monitor = await startMonitor({
    NOMAD_URL: nomad.url,
    NOMAD_TOKEN: nomad.token,
    POLL_SCHEDULE: '0 0 1 1 *',
    ...more,
  });
  await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
  return monitor;
}

interface Exporter {
  readonly url: string;
  stop(): Promise<void>;
}

async function startExporter(path: string, nomad: Nomad): Promise<Exporter> {
  const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const file = join(dir, 'config.yml');
  writeFileSync(file, configOf(nomad.token));
  const port = await freePort();
  const args = [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const child: ChildProcess = spawn(path, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/metrics`).catch(() => null))?.ok === true);
  return {
    url,
    async stop() {
      await stop(child);
      rmSync(dir, { recursive: true });
    },
  };
}

/** No more than we show of an upload: it cannot count errors, nor write one series for each status. */
function configOf(token: string): string {
  return `modules:
  default:
    http_client_config:
      authorization: { credentials: '${token}' }
    metrics:
      - name: upload
        type: object
        path: '{.data[*]}'
        labels: { upload_id: '{.upload_id}' }
        values: { entries: '{.entries}' }
      - name: upload_status
        type: object
        path: '{.data[*]}'
        labels: { upload_id: '{.upload_id}', process_status: '{.process_status}' }
        values: { present: 1 }
      - name: upload
        type: object
        path: '{.data[*]}'
        labels: { upload_id: '{.upload_id}', upload_name: '{.upload_name}', main_author: '{.main_author}' }
        values: { info: 1 }
`;
}

function fetched(url: string): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const before = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { headers: HEADERS }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve({ milliseconds: performance.now() - before, bytes });
        else reject(new Error(`${url} answers ${String(answer.statusCode)}`));
      });
    }).on('error', reject);
  });
}
