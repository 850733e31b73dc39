// One run: a NOMAD whose uploads live at random, a mail server, a webhook; the real program on one state, killed again and again; at last
// it is left in peace until all is told. Hands over what happened and decides nothing.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADA } from '../../../src/demo/nomad-state.ts';
import { seeded } from '../../support/random.ts';
import type { Crash, Evidence } from './evidence.ts';
import { type Monitor, type SystemCall, startMonitor } from './monitor.ts';
import { type LivingNomad, startLivingNomad } from './nomad.ts';
import { read } from './told.ts';
import { type Receivers, startReceivers } from './receivers.ts';
import type { Place } from './place.ts';
import { postgresPlace } from './postgres.ts';
import { sqlitePlace } from './state.ts';
import type { Server } from '../../support/postgres.ts';

export interface RunOptions {
  readonly seed: number;
  /** Holds `src`. */
  readonly root: string;
  /** Where the state is: two instances on a database of this server; null: one on a SQLite file. */
  readonly postgres: Server | null;
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
const MAX_KILLS = 4;
/** How far into its life a process is killed, ms; it takes about half a second to begin. */
const LIFE = 3500;
/** What was true when a process was killed often stays so until the next one has polled twice: then it must have been told, ms. */
const STILL = 3500;
/** For each step of coming to rest, ms: retries begin after 5 s, and the machine may be slow. */
const TIMEOUT_MS = 60_000;
/** How often each call is chosen; of which number at most, about what there is of it in some seconds; how many make a new state. */
interface Aim {
  readonly name: SystemCall['name'];
  readonly below: number;
  readonly limit: number;
  readonly begin: number;
}
const AIMS = [
  { name: 'pwrite64', below: 0.45, limit: 120, begin: 110 },
  { name: 'fsync', below: 0.7, limit: 20, begin: 12 },
  { name: 'write', below: 0.88, limit: 40, begin: 0 },
  { name: 'writev', below: 1, limit: 4, begin: 0 },
] as const;

/** With PostgreSQL all is written to connections. */
const AIMS_ON_A_SERVER: readonly Aim[] = [
  { name: 'write', below: 0.8, limit: 140, begin: 30 },
  { name: 'writev', below: 1, limit: 6, begin: 0 },
];
/** When another instance has to take over first. */
const STILL_AT_A_TAKEOVER = 9000;

export async function runOnce({ seed, root, postgres }: RunOptions): Promise<RunReport> {
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-torture-'));
  const place = postgres === null ? sqlitePlace(join(folder, 'state')) : await postgresPlace(postgres);
  const generation = random() < 0.5 ? '1.3' : '2.0';
  const isLarge = random() < 0.25;
  const nomad = await startLivingNomad({ generation, isLarge, random });
  const receivers = await startReceivers(random);
  const env = { ...environment(nomad.url, receivers), ...place.env };
  const ports = new Map([...receivers.ports, [nomad.port, 'NOMAD'], [postgres?.port ?? 0, 'PostgreSQL']]);
  const dead: number[] = [];
  const kills: number[] = [];
  const places: string[] = [];
  const crashes: Crash[] = [];
  const logs: string[] = [];

  const anotherPolls = () => {
    nomad.newProcess(random() < 0.25 ? (postgres === null ? STILL : STILL_AT_A_TAKEOVER) : 0);
  };
  const start = (killedAt: SystemCall | null): Monitor => {
    anotherPolls();
    const scratch = join(folder, `process-${logs.length + 1}`);
    mkdirSync(scratch, { recursive: true });
    return startMonitor({ root, env, killedAt, scratch, ports });
  };

  let faulty: string | null = null;
  // On a server two live side by side: one is killed, the older or the younger, and another one takes its place.
  let other = postgres === null ? null : start(null);
  for (let rest = 1 + Math.floor(random() * MAX_KILLS); rest > 0; rest -= 1) {
    const older = random() < 0.5 ? other : null;
    const aims = postgres === null ? AIMS : AIMS_ON_A_SERVER;
    const call = older === null && random() < 0.7 ? callBy(random, aims, logs.length === 0) : null;
    const younger = start(call);
    const monitor = older ?? younger;
    if (older !== null) other = younger;
    const life = call === null ? random() * LIFE : 2 * LIFE;
    const end = await endOf(monitor, life, random() < 0.85 ? 'SIGKILL' : 'SIGTERM');
    kills.push(end.at);
    places.push(end.place);
    dead.push(monitor.pid);
    if (postgres !== null) anotherPolls();
    const crash = await place.crash(join(folder, `process-${logs.length + 1}`));
    if (crash !== null) crashes.push(crash);
    logs.push(monitor.output());
    if (!['SIGKILL', 'SIGTERM', '0'].includes(end.how)) faulty = `a process ended by itself: ${end.how}`;
  }

  const monitor = start(null);
  const alive = other === null ? [monitor] : [monitor, other];
  const unrest = await comeToRest({ nomad, receivers, place, dead, after: random() * 1500 });
  for (const each of alive) each.signal('SIGTERM');
  const ends = await Promise.all(alive.map(async (each) => (await each.ended).how));
  logs.push(...alive.map((each) => each.output()));
  // One that was not needed may not be up yet: then the signal ends it.
  const badEnd = ends.find((how) => how !== '0' && !(alive.length > 1 && how === 'SIGTERM')) ?? null;
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
    state: await place.read(),
    unrest: unrest ?? faulty ?? (badEnd === null ? null : `SIGTERM ended it with ${badEnd}`),
  };
  await place.close();
  await receivers.close();
  await nomad.close();
  const instances = postgres === null ? '' : ', two instances';
  const mode = `NOMAD ${generation}, ${isLarge ? 'large account' : 'small account'}${instances}`;
  return { evidence, mode, places, folder, logs };
}

/** When somebody first heard of the baseline: then it was committed. */
function baselineBy({ posts, mails }: Receivers): number {
  const post = posts.map(read).find(({ event }) => event.kind === 'monitor.baseline');
  const mail = mails.find(({ body }) => body.includes('watching started'));
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
function callBy(random: () => number, aims: readonly Aim[], isFirst: boolean): SystemCall {
  const chance = random();
  const { name, limit, begin } = aims.find(({ below }) => chance < below) ?? AIMS[0];
  const from = isFirst && random() < 0.7 ? begin : 0;
  return { name, nth: from + 1 + Math.floor(random() ** 1.5 * limit) };
}

interface Resting {
  readonly nomad: LivingNomad;
  readonly receivers: Receivers;
  readonly place: Place;
  /** Ids of processes that were killed. */
  readonly dead: readonly number[];
  /** ms of life before nothing changes any more. */
  readonly after: number;
}

/** null: everything is told; else what is missing. */
async function comeToRest({ nomad, receivers, place, dead, after }: Resting): Promise<string | null> {
  const wait = async (isSo: () => boolean | Promise<boolean>) => {
    const deadline = Date.now() + TIMEOUT_MS;
    while (Date.now() < deadline && !(await isSo())) {
      await place.passTime(dead);
      await sleep(50);
    }
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
  if (await wait(async () => (await place.unfinished()) === 0)) return null;
  return `${await place.unfinished()} things still wait in the outbox`;
}

function environment(nomadUrl: string, { smtpUrl, webhookUrl }: Receivers): Record<string, string> {
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
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    TZ: 'UTC',
    PATH: process.env['PATH'] ?? '',
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
