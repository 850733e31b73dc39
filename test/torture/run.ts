// One run: a NOMAD whose uploads live at random, a mail server, a webhook; the real program on one state, killed again and again; at last
// it is left in peace until all is told. Hands over what happened and decides nothing.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADA } from '../../src/demo/nomad-world.ts';
import { seeded } from '../support/random.ts';
import type { Crash, Evidence } from './evidence.ts';
import { type Monitor, type SystemCall, startMonitor } from './monitor.ts';
import { type LivingNomad, startLivingNomad } from './nomad.ts';
import { read } from './told.ts';
import { type Receivers, startReceivers } from './receivers.ts';
import { readCrash, readState, unfinished } from './state.ts';

export interface RunOptions {
  readonly seed: number;
  /** Holds `src`. */
  readonly root: string;
}

export interface RunReport {
  readonly evidence: Evidence;
  readonly mode: string;
  /** Where it was killed, once for each kill. */
  readonly places: readonly string[];
  /** The state and the logs of the processes, for somebody who wants to know why. */
  readonly folder: string;
  readonly logs: readonly string[];
}

const RECIPIENTS = ['ada@lab.example', 'lab@lab.example'];
const MOST_KILLS = 4;
/** How far into its life a process is killed, ms; it takes about half a second to begin. */
const LIFE = 3500;
/** What was true when a process was killed often stays so until the next one has polled twice: then it must have been told, ms. */
const STILL = 3500;
/** For each step of coming to rest, ms: retries begin after 5 s, and the machine may be slow. */
const PATIENCE = 60_000;
/** How often each call is chosen; of which number at most, about what there is of it in some seconds; how many make a new state. */
const AIMS = [
  { name: 'pwrite64', below: 0.45, most: 120, begin: 110 },
  { name: 'fsync', below: 0.7, most: 20, begin: 12 },
  { name: 'write', below: 0.88, most: 40, begin: 0 },
  { name: 'writev', below: 1, most: 4, begin: 0 },
] as const;

export async function runOnce({ seed, root }: RunOptions): Promise<RunReport> {
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-torture-'));
  const stateDir = join(folder, 'state');
  const generation = random() < 0.5 ? 1 : 2;
  const isLarge = random() < 0.25;
  const nomad = await startLivingNomad({ generation, isLarge, random });
  const receivers = await startReceivers(random);
  const env = environment(nomad.url, receivers, stateDir);
  const ports = new Map([...receivers.ports, [nomad.port, 'NOMAD']]);
  const kills: number[] = [];
  const places: string[] = [];
  const crashes: Crash[] = [];
  const logs: string[] = [];

  const start = (killedAt: SystemCall | null): Monitor => {
    nomad.newProcess(random() < 0.25 ? STILL : 0);
    const scratch = join(folder, `process-${logs.length + 1}`);
    mkdirSync(scratch, { recursive: true });
    return startMonitor({ root, env, killedAt, scratch, ports });
  };

  let faulty: string | null = null;
  for (let rest = 1 + Math.floor(random() * MOST_KILLS); rest > 0; rest -= 1) {
    const call = random() < 0.7 ? callBy(random, logs.length === 0) : null;
    const monitor = start(call);
    const life = call === null ? random() * LIFE : 2 * LIFE;
    const end = await endOf(monitor, life, random() < 0.85 ? 'SIGKILL' : 'SIGTERM');
    kills.push(end.at);
    places.push(end.place);
    const crash = readCrash(stateDir, join(folder, `process-${logs.length + 1}`));
    if (crash !== null) crashes.push(crash);
    logs.push(monitor.output());
    if (!['SIGKILL', 'SIGTERM', '0'].includes(end.how)) faulty = `a process ended by itself: ${end.how}`;
  }

  const monitor = start(null);
  const unrest = await comeToRest(nomad, receivers, stateDir, random() * 1500);
  monitor.signal('SIGTERM');
  const { how } = await monitor.ended;
  logs.push(monitor.output());
  const evidence: Evidence = {
    truths: nomad.truths,
    listed: nomad.listed(),
    seen: nomad.seen,
    baselineBy: baselineBy(receivers),
    recipients: RECIPIENTS,
    mails: receivers.mails,
    posts: receivers.posts,
    refused: receivers.refused,
    denied: receivers.denied,
    kills,
    crashes,
    state: readState(stateDir),
    unrest: unrest ?? faulty ?? (how === '0' ? null : `SIGTERM ended it with ${how}`),
  };
  await receivers.close();
  await nomad.close();
  const mode = `NOMAD ${generation}.x, ${isLarge ? 'large account' : 'small account'}`;
  return { evidence, mode, places, folder, logs };
}

/** When somebody first heard of the baseline: then it was committed. */
function baselineBy({ posts, mails }: Receivers): number {
  const post = posts.map(read).find(({ event }) => event.kind === 'monitor.baseline');
  const mail = mails.find(({ body }) => body.includes('Now watching'));
  return Math.min(post?.at ?? Infinity, mail?.at ?? Infinity);
}

/** It ends at its system call, or by the clock if that does not come. */
async function endOf(monitor: Monitor, life: number, signal: 'SIGKILL' | 'SIGTERM') {
  const ours = { sent: false };
  const clock = setTimeout(() => {
    ours.sent = true;
    monitor.signal(signal);
  }, life);
  const { how, at } = await monitor.ended;
  clearTimeout(clock);
  const place = ours.sent ? `by the clock: ${signal}` : (monitor.place() ?? 'unknown');
  return { how, at, place };
}

/** `isFirst`: the process makes the state. */
function callBy(random: () => number, isFirst: boolean): SystemCall {
  const chance = random();
  const { name, most, begin } = AIMS.find(({ below }) => chance < below) ?? AIMS[0];
  const from = isFirst && random() < 0.7 ? begin : 0;
  return { name, nth: from + 1 + Math.floor(random() ** 1.5 * most) };
}

/** null: everything is told; else what is missing. */
async function comeToRest(
  nomad: LivingNomad,
  receivers: Receivers,
  stateDir: string,
  after: number,
): Promise<string | null> {
  const wait = async (isSo: () => boolean) => {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline && !isSo()) await sleep(50);
    return isSo();
  };
  if (!(await wait(() => baselineBy(receivers) < Infinity))) return 'there is no baseline';
  await sleep(after);
  nomad.rest();
  receivers.behave();
  const sweeps = nomad.sweeps();
  // A listing that began only now sees all that has happened.
  if (!(await wait(() => nomad.sweeps() > sweeps))) return 'nothing is listed any more';
  const word = nomad.lastWord();
  const isHeard = () =>
    RECIPIENTS.every((to) => receivers.mails.some(({ recipient, body }) => recipient === to && body.includes(word))) &&
    receivers.posts.some(({ body }) => body.includes(word));
  if (!(await wait(isHeard))) return `the last failure (${word}) is not told`;
  if (!(await wait(() => unfinished(stateDir) === 0))) return `${unfinished(stateDir)} things still wait in the outbox`;
  return null;
}

function environment(nomadUrl: string, { smtpUrl, webhookUrl }: Receivers, stateDir: string): Record<string, string> {
  return {
    NOMAD_URL: nomadUrl,
    NOMAD_USERNAME: ADA.username,
    NOMAD_PASSWORD: ADA.password,
    POLL_SCHEDULE: '* * * * * *',
    SWEEP_SCHEDULE: '*/3 * * * * *',
    NOTIFY_ON: 'all',
    SMTP_URL: smtpUrl,
    MAIL_FROM: 'monitor@lab.example',
    MAIL_TO: RECIPIENTS.join(),
    MAIL_MAX_PER_HOUR: '100000',
    WEBHOOK_URL: webhookUrl,
    HTTP_PORT: '0',
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    TZ: 'UTC',
    PATH: process.env['PATH'] ?? '',
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
