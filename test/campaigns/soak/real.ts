// The real program as a process of its own, at full speed for real time: a poll each second of an account that changes all the time,
// every channel in use, outages now and then. Each minute it has the program collect its garbage, reads its metrics, and says in the end how
// its memory and its descriptors grow.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA } from '../../../src/demo/nomad-state.ts';
import { freePort } from '../../../src/demo/free-port.ts';
import { seeded } from '../../support/random.ts';
import { startReceivers } from './receivers.ts';
import { type Point, settled, slope } from './slope.ts';
import { populate } from './world.ts';

const UPLOADS = 500;
const CHANGES_A_SECOND = 5;
const SAMPLE = 60_000;
/** Characters of its log that are kept, to be shown when it ends before its time. */
const MAX_SAID = 4000;
/** Seconds of the minute cycle in which NOMAD, and then the receivers, are away. */
const CYCLE = 300;
const NOMAD_AWAY = [120, 140] as const;
const RECEIVERS_AWAY = [200, 230] as const;

const WATCHED = {
  rss: 'process_resident_memory_bytes',
  heap: 'nodejs_heap_size_used_bytes',
  external: 'nodejs_external_memory_bytes',
  fds: 'process_open_fds',
  resources: 'nodejs_active_resources',
} as const;
type Sample = Readonly<Record<keyof typeof WATCHED | 'hours', number>>;

/** Answers with whether the program was well until its end. The slopes are for people to judge. */
export async function soakReal(milliseconds: number): Promise<boolean> {
  const nomad = await startSimulatedNomad();
  const life = populate(nomad.world, UPLOADS, Date.now(), seeded(1));
  const receivers = await startReceivers();
  const state = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-soak-'));
  const port = await freePort();
  const monitor = spawn(process.execPath, ['--inspect=127.0.0.1:0', 'src/main.ts', 'run', '--env-file', '/dev/null'], {
    env: {
      NOMAD_URL: nomad.url,
      NOMAD_USERNAME: ADA.username,
      NOMAD_PASSWORD: ADA.password,
      NOMAD_TOKEN_LIFETIME: '60s',
      POLL_SCHEDULE: '* * * * * *',
      STUCK_AFTER: '2m',
      UNREACHABLE_AFTER: '10s',
      NOTIFY_ON: 'all',
      REMIND_AFTER: '5m',
      DIGEST_SCHEDULE: '* * * * *',
      SMTP_URL: receivers.smtpUrl,
      MAIL_FROM: 'monitor@lab.example',
      MAIL_MAX_PER_HOUR: '100000',
      WEBHOOK_URL: `${receivers.hookUrl}/webhook`,
      WEBHOOK_SECRET: 'a-secret-for-the-soak-alone',
      CHAT_WEBHOOK_URL: `${receivers.hookUrl}/chat`,
      ALERTMANAGER_URL: receivers.hookUrl,
      HEARTBEAT_URL: `${receivers.hookUrl}/heartbeat`,
      STATE_DIR: state,
      HTTP_PORT: String(port),
      LOG_FORMAT: 'json',
      TZ: 'UTC',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  monitor.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MAX_SAID)));
  const ended = once(monitor, 'exit');
  const inspector = await inspect(monitor.stderr);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;

  const living = setInterval(() => {
    life.changes(CHANGES_A_SECOND, Date.now());
    const inCycle = seconds() % CYCLE;
    const isAway = (span: readonly [number, number]) => inCycle >= span[0] && inCycle < span[1];
    nomad.setFault(isAway(NOMAD_AWAY) ? () => ({ status: 503 }) : null);
    receivers.refuse(isAway(RECEIVERS_AWAY));
  }, 1000);

  const samples: Sample[] = [];
  console.log(
    ['minute', 'RSS MB', 'heap MB', 'external MB', 'fds', 'resources'].map((name) => name.padStart(12)).join(''),
  );
  let last = '';
  const isOver = () => monitor.exitCode !== null;
  while (performance.now() - startedAt < milliseconds && !isOver()) {
    await Promise.race([sleep(SAMPLE), ended]);
    if (isOver()) break;
    await inspector.collect();
    last = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const sample = sampleOf(last, seconds() / 3600);
    samples.push(sample);
    console.log(lineOf(sample));
  }
  clearInterval(living);
  const endedEarly = isOver();
  if (endedEarly) console.log(`it ended by itself:\n${said}`);
  const health = endedEarly ? 0 : (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
  // A program that somebody inspects does not end.
  inspector.close();
  monitor.kill('SIGTERM');
  await ended;
  await Promise.all([nomad.close(), receivers.close()]);
  rmSync(state, { recursive: true });

  const { mails, hooks } = receivers.taken();
  console.log(
    `${UPLOADS} uploads, ${CHANGES_A_SECOND} changes a second, a poll each second, for ${(seconds() / 60).toFixed(1)} min`,
  );
  const totals = ['polls_total', 'nomad_requests_total', 'events_total', 'deliveries_total'];
  console.log(totals.map((name) => `${name} ${total(last, name)}`).join(', '));
  console.log(`mails ${mails}, webhooks, chats, alerts and heartbeats ${hooks}; /healthz at the end ${health}`);
  const grows = (name: keyof typeof WATCHED) =>
    slope(settled(samples).map((each): Point => ({ x: each.hours, y: each[name] })));
  const megabytes = (['rss', 'heap', 'external'] as const).map(
    (name) => `${name} ${(grows(name) / 1e6).toFixed(1)} MB/h`,
  );
  const counts = (['fds', 'resources'] as const).map((name) => `${name} ${grows(name).toFixed(1)}/h`);
  console.log(`slope over the last two thirds: ${[...megabytes, ...counts].join(', ')}`);
  return monitor.exitCode === 0 && health === 200;
}

/** Node tells on stderr where it can be inspected; by that way its garbage is collected at our word. */
async function inspect(stderr: Readable): Promise<{ collect(): Promise<void>; close(): void }> {
  let told = '';
  let address: string | undefined;
  while (address === undefined) {
    const [text] = (await once(stderr, 'data')) as [string];
    told += text;
    address = /ws:\/\/\S+/.exec(told)?.[0];
  }
  const socket = new WebSocket(address);
  await once(socket, 'open');
  let id = 0;
  return {
    async collect() {
      id += 1;
      const answered = once(socket, 'message');
      socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
      await answered;
    },
    close: () => {
      socket.close();
    },
  };
}

function sampleOf(text: string, hours: number): Sample {
  const values = Object.entries(WATCHED).map(([name, metric]) => [name, total(text, metric)] as const);
  return { hours, ...(Object.fromEntries(values) as Omit<Sample, 'hours'>) };
}

/** The sum of all series of a metric. */
function total(text: string, metric: string): number {
  const name = `nomad_upload_monitor_${metric}`;
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function lineOf({ hours, rss, heap, external, fds, resources }: Sample): string {
  const megabytes = [rss, heap, external].map((value) => (value / 1e6).toFixed(1));
  return [(hours * 60).toFixed(1), ...megabytes, String(fds), String(resources)]
    .map((cell) => cell.padStart(12))
    .join('');
}
