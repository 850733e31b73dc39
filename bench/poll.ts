// How long a poll of 10,000 uploads takes beside the bare requests and JSON.parse of the same pages, and what memory it needs.
// Each side is a process of its own, in turn, against the same simulated NOMAD in a third.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import got from 'got';
import { startSimulatedNomad } from '../src/demo/nomad-server.ts';
import { ADA, addUpload } from '../src/demo/nomad-world.ts';
import { NO_RULES } from '../src/domain/rules.ts';
import { parseConfig } from '../src/config/parse.ts';
import { createApp } from '../src/app.ts';
import { createLog, createScrubber } from '../src/log.ts';

const UPLOADS = 10_000;
const ROUNDS = 5;
const [role = 'main', url = '', token = ''] = process.argv.slice(2);

switch (role) {
  case 'serve':
    await serve();
    break;
  case 'bare':
    await report(() => bare());
    break;
  case 'poll':
    await monitor();
    break;
  default:
    await compare();
}

async function serve(): Promise<void> {
  const nomad = await startSimulatedNomad();
  const start = Date.now() - UPLOADS * 60_000;
  for (let index = 0; index < UPLOADS; index += 1) {
    const createTime = start + index * 60_000;
    const failed = index % 20 === 0;
    addUpload(nomad.world, `upload-${String(index).padStart(15, '0')}`, createTime, {
      name: `sample ${index}`,
      process: 'process_upload',
      status: failed ? 'FAILURE' : 'SUCCESS',
      errors: failed ? ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()'] : [],
      message: 'Process process_upload completed successfully',
      completeTime: createTime + 30_000,
      entries: 12,
    });
  }
  process.stdout.write(`${JSON.stringify({ url: nomad.url, token: nomad.tokens.mint('app', ADA, 86_400) })}\n`);
}

/** The same pages, and nothing but request and parse. */
async function bare(): Promise<void> {
  for (let offset = 0; offset < UPLOADS - 1; offset += 199) {
    const position = offset === 0 ? 'page=1' : `page_offset=${offset}`;
    JSON.parse(
      await got(`${url}/uploads?page_size=200&${position}`, { headers: { authorization: `Bearer ${token}` } }).text(),
    );
  }
}

/** The first poll writes the baseline; the others compare 10,000 uploads with it. */
async function monitor(): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
  const parsed = parseConfig(
    { NOMAD_URL: url, NOMAD_TOKEN: token, STATE_DIR: stateDir },
    { scheduleProblem: () => null },
  );
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const log = createLog({
    level: 'error',
    format: 'json',
    colour: false,
    scrub: (text) => text,
    write: (text) => process.stderr.write(text),
  });
  const app = createApp({
    config: parsed.config,
    rules: NO_RULES,
    version: 'bench',
    log,
    scrubber: createScrubber([]),
  });
  // An hour apart, so that each is a sweep: the whole listing.
  let now = Date.now();
  const poll = async () => {
    now += 3_600_000;
    const { result, snapshot } = await app.runOnce(now);
    if (result !== 'ok' || snapshot?.uploads.size !== UPLOADS) throw new Error(`the poll came to ${result}`);
  };
  await poll();
  await report(poll);
  await app.stop();
  rmSync(stateDir, { recursive: true });
}

/** Prints the median time of a round in ms and the process's peak memory in MB. */
async function report(round: () => Promise<void>): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const before = performance.now();
    await round();
    times.push(performance.now() - before);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
  process.stdout.write(`${JSON.stringify({ median, peak: process.resourceUsage().maxRSS / 1024 })}\n`);
}

interface Report {
  readonly median: number;
  readonly peak: number;
}

async function compare(): Promise<void> {
  const server = spawn(process.execPath, [import.meta.filename, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const at = JSON.parse(line.toString()) as { readonly url: string; readonly token: string };
  const measure = (side: string): Report => {
    const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, side, at.url, at.token], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Report;
  };
  process.stdout.write(
    `${UPLOADS} uploads, median of ${ROUNDS} rounds in each process; bare = the same requests and JSON.parse\n`,
  );
  for (let turn = 0; turn < 3; turn += 1) {
    const [plain, poll] = [measure('bare'), measure('poll')];
    const ms = (value: number) => `${Math.round(value)} ms`.padStart(8);
    const mb = (value: number) => `${Math.round(value)} MB`.padStart(7);
    process.stdout.write(
      `bare ${ms(plain.median)} ${mb(plain.peak)}   poll ${ms(poll.median)} ${mb(poll.peak)}   time ×${(poll.median / plain.median).toFixed(2)}  memory ×${(poll.peak / plain.peak).toFixed(2)}\n`,
    );
  }
  server.kill();
}
