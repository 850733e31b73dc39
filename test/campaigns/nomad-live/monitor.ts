// The monitor of this repository beside a real NOMAD: what it tells is read where it arrives, at a webhook and at a mail server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { freePort } from '../../../src/demo/free-port.ts';
import { ADA } from './people.ts';
import { CACHE, SETUP, type Version, apiOf } from './places.ts';
import { lifeOf } from './record.ts';

/** How often it polls, and after which silence an upload is stuck for it. */
export const INTERVALS = {
  second: { schedule: '* * * * * *', stuckAfter: '30s' },
  minute: { schedule: '* * * * *', stuckAfter: '100s' },
} as const;
export type Interval = keyof typeof INTERVALS;

export interface Told {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  /** Whose upload it is about; null: NOMAD itself. */
  readonly life: string | null;
  readonly name: string;
  readonly details: unknown;
}

/** How many polls it has made, how long they took together and when the last one ended, ms. */
export interface Polls {
  readonly count: number;
  readonly took: number;
  readonly ended: number;
}

export interface Monitor {
  readonly folder: string;
  told(): readonly Told[];
  /** Texts of the mails that have arrived. */
  mails(): readonly string[];
  isRunning(): boolean;
  polls(): Promise<Polls>;
  stop(): Promise<void>;
}

interface Body {
  readonly id: string;
  readonly time: string;
  readonly subject?: string;
  readonly data: {
    readonly kind: string;
    readonly upload: { readonly name: string | null } | null;
    readonly details: unknown;
  };
}

/** Resolves when it has polled for the first time. `stuckAfter`: in place of the interval's. */
export async function startMonitor(version: Version, interval: Interval, stuckAfter?: string): Promise<Monitor> {
  const folder = mkdtempSync(join(tmpdir(), `nomad-live-${version}-${interval}-`));
  const told: Told[] = [];
  const lives = new Map<string, string>();
  const hook = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      response.end('ok');
      const { id, time, subject, data } = JSON.parse(text) as Body;
      const name = data.upload?.name ?? '';
      if (subject !== undefined && !lives.has(subject)) lives.set(subject, lifeOf(name));
      const life = subject === undefined ? null : (lives.get(subject) ?? null);
      told.push({ id, at: time, kind: data.kind, life, name, details: data.details });
      appendFileSync(join(folder, 'told.jsonl'), `${text}\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const mails = join(folder, 'mails.jsonl');
  const smtpPort = await freePort();
  const python = join(CACHE, 'venv-tools', 'bin', 'python');
  const sink = spawn(python, [join(SETUP, 'sink.py'), String(smtpPort), mails], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(sink.stdout, 'data');
  const { schedule } = INTERVALS[interval];
  const log = join(folder, 'log.jsonl');
  const child = spawn(execPath, ['src/main.ts', 'run', '--env-file', '/dev/null'], {
    env: {
      PATH: env['PATH'],
      TZ: 'UTC',
      NOMAD_URL: apiOf(version),
      NOMAD_USERNAME: ADA.username,
      NOMAD_PASSWORD: ADA.password,
      POLL_SCHEDULE: schedule,
      SWEEP_SCHEDULE: schedule,
      STUCK_AFTER: stuckAfter ?? INTERVALS[interval].stuckAfter,
      UNREACHABLE_AFTER: '2m',
      NOTIFY_ON: 'all',
      MAIL_FROM: 'monitor@lab.example',
      MAIL_TO: 'ada@lab.example',
      MAIL_MAX_PER_HOUR: '10000',
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      WEBHOOK_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
      STATE_DIR: join(folder, 'state'),
      HTTP_PORT: '0',
      LOG_FORMAT: 'json',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const isUp = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(log, text);
      if (told.some(({ kind }) => kind === 'monitor.baseline')) resolve();
    });
    child.once('exit', () => {
      reject(new Error(`the monitor ended: see ${log}`));
    });
  });
  await isUp;
  return {
    folder,
    told: () => told,
    mails: () => (existsSync(mails) ? readFileSync(mails, 'utf8').trim().split('\n').map(textOf) : []),
    isRunning: () => child.exitCode === null,
    async polls() {
      const url = /"http":"([^"]+)"/.exec(readFileSync(log, 'utf8'))?.[1] ?? '';
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const value = (name: string) =>
        Number(new RegExp(`^nomad_upload_monitor_${name} (\\S+)`, 'm').exec(metrics)?.[1] ?? 0);
      const [count, seconds] = [
        'poll_duration_seconds_count{kind="poll"}',
        'poll_duration_seconds_sum{kind="poll"}',
      ].map(value);
      return { count: count ?? 0, took: (seconds ?? 0) * 1000, ended: value('last_poll_timestamp_seconds') * 1000 };
    },
    async stop() {
      await end(child);
      sink.stdin.end();
      await end(sink);
      hook.closeAllConnections();
      hook.close();
    },
  };
}

function textOf(line: string): string {
  const { subject, text } = JSON.parse(line) as { subject: string; text: string };
  return `${subject}\n${text}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
