// The first byte of pages at 30,000 uploads, beside plain files of the same bytes from the same server; and right after a poll.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADA } from '../../src/demo/nomad-state.ts';
import type { Event } from '../../src/domain/event.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { type Monitor, startMonitor, until } from '../monitor.ts';
import { type Nomad, startNomad } from '../nomad.ts';
import { startSide } from '../processes.ts';
import { type Finding, type Measurement, TURNS, inTurns, median, ratios } from '../row.ts';

const UPLOADS = 30_000;
/** So many uploads have failed so many times before anything is measured: events, and runs in the strips. */
const FAILING = 1000;
const ROUNDS = 4;
const LAST_PAGE = UPLOADS / 50;
const ASKED_AS = { 'accept-encoding': 'gzip', accept: 'text/html' };

const ADDRESSES = [
  { name: 'page', what: '`/`', path: '/' },
  { name: 'page-search', what: '`/?q=sample 1234`', path: '/?q=sample+1234' },
  { name: 'page-failed', what: '`/?show=failed`', path: '/?show=failed' },
  { name: 'page-name', what: '`/?sort=name`', path: '/?sort=name' },
  { name: 'page-last', what: `\`/?page=${LAST_PAGE}\``, path: `/?page=${LAST_PAGE}` },
  { name: 'page-upload', what: '`/uploads/ID`, four failed runs', path: `/uploads/upload-${'0'.repeat(15)}` },
  { name: 'page-api', what: '`/api/v1/uploads`', path: '/api/v1/uploads' },
] as const;
const GOAL = { is: 'less than', value: 50, unit: ' ms' } as const;

export const page: Measurement = {
  rows: [
    ...ADDRESSES.map(({ name, what }) => ({ name, what: `first byte of ${what} with ${UPLOADS} uploads`, goal: GOAL })),
    { name: 'page-polled', what: 'the same of `/` right after a poll, nothing worked out yet', goal: GOAL },
    { name: 'page-polled-name', what: 'the same of `/?sort=name`', goal: GOAL },
  ],
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
    const nomad = await startNomad({ uploads: UPLOADS });
    const account = { NOMAD_URL: nomad.url, NOMAD_TOKEN: nomad.token, STATE_DIR: join(folder, 'state') };
    await live(nomad, account);
    const monitor = await startMonitor({ ...account, POLL_SCHEDULE: '*/3 * * * * *', SWEEP_SCHEDULE: '0 0 1 1 *' });
    await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
    const files = await startSide<{ readonly url: string }>('file', [folder]);
    const findings = [...(await shown(monitor, files.at.url, folder)), ...(await polled(monitor))];
    await monitor.stop();
    await files.stop();
    await nomad.stop();
    rmSync(folder, { recursive: true });
    return findings;
  },
};

/** Gives the state a past: some thousand events. */
async function live(nomad: Nomad, account: Readonly<Record<'STATE_DIR', string>>): Promise<void> {
  const monitor = await startMonitor({ ...account, POLL_SCHEDULE: '0 0 1 1 *' });
  await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
  await monitor.stop();
  const store = openSqliteStore(account.STATE_DIR);
  const now = Date.now();
  const { id } = await store.openAccount(nomad.url, ADA.id, now);
  const events = Array.from({ length: FAILING * ROUNDS }, (_, index) => failed(index, now - index * 60_000));
  await store.commitHealth({ account: id, login: 'bench', health: HEALTHY, events, notifications: [], now });
  await store.close();
}

function failed(index: number, time: number): Event {
  const id = `upload-${String(index % FAILING).padStart(15, '0')}`;
  const facts = { process: 'process_upload', message: null, warnings: [], entries: 0 };
  const errors = ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()'];
  return {
    id: `event-${index}`,
    kind: 'upload.failed',
    time,
    upload: { id, name: `sample ${index % FAILING}`, link: '', author: ADA.name, role: 'main_author' },
    before: { ...facts, status: 'RUNNING', errors: [] },
    after: { ...facts, status: 'FAILURE', errors },
    details: { complete_time: time, took_ms: 300_000, again: true },
  };
}

async function shown(monitor: Monitor, files: string, folder: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, path } of ADDRESSES) {
    const text = await (await fetch(`${monitor.url}${path}`)).text();
    if (name === 'page-upload' && !text.includes('Last 4 runs')) throw new Error('the state has no past');
    writeFileSync(join(folder, name), text);
    const type = path.startsWith('/api') ? 'application/json' : 'text/html; charset=UTF-8';
    const sides = [
      () => firstByte(`${monitor.url}${path}`),
      () => firstByte(`${files}/${name}?type=${encodeURIComponent(type)}`),
    ];
    await inTurns(3, ...sides);
    const [ours = [], plain = []] = await inTurns(TURNS + 16, ...sides);
    const note = `plain file of ${(text.length / 1000).toFixed(0)} kB ${median(plain).toFixed(1)} ms, ${median(ratios(ours, plain)).toFixed(1)}× of it`;
    findings.push({ kind: 'measured', values: ours, note });
  }
  return findings;
}

/** Asked for as soon as the page is told of a poll, as an open page does; in turn with what says no more than `ok`. */
async function polled(monitor: Monitor): Promise<readonly Finding[]> {
  const live = await fetch(`${monitor.url}/live`);
  const told = live.body?.pipeThrough(new TextDecoderStream()).getReader();
  const after = async (path: string) => {
    for (;;) {
      const { value = '' } = (await told?.read()) ?? {};
      if (value.includes('changed')) return firstByte(`${monitor.url}${path}`);
    }
  };
  const sides = ['/', '/?sort=name', '/readyz'].map((path) => () => after(path));
  const [home = [], byName = [], ready = []] = await inTurns(TURNS + 4, ...sides);
  await told?.cancel();
  const note = `after a small poll; \`/readyz\` at such a moment ${median(ready).toFixed(1)} ms`;
  return [home, byName].map((values) => ({ kind: 'measured', values, note }));
}

const agent = new Agent({ keepAlive: true });

/** ms from the question to the first byte of the body. */
async function firstByte(url: string): Promise<number> {
  const before = performance.now();
  const [answer] = (await once(get(url, { agent, headers: ASKED_AS }), 'response')) as [IncomingMessage];
  const ended = once(answer, 'end');
  await once(answer, 'data');
  const took = performance.now() - before;
  await ended;
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${String(answer.statusCode)}`);
  return took;
}
