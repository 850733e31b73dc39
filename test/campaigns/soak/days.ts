// Simulated days in minutes: the real composition by a clock of ours, each of its loops run at its own times, against a NOMAD and
// receivers in another process. After each sample's garbage collection it counts what must not grow. It writes nothing but a state of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../../src/app/app.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { ADA } from '../../../src/demo/nomad-state.ts';
import { NO_RULES, type Rules } from '../../../src/domain/notify/routing.ts';
import { createLog, createScrubber } from '../../../src/log.ts';
import type { Loop } from '../../../src/jobs/schedule.ts';
import { nextTime } from '../../../src/scheduler.ts';
import { seeded } from '../../support/random.ts';
import type { Move, Moved } from './away.ts';
import { type Sample, takeSample } from './sample.ts';

export const PLANTS = ['heap', 'listener', 'fd'] as const;
export type Plant = (typeof PLANTS)[number];

export interface DaysOptions {
  readonly days: number;
  readonly uploads: number;
  /** Cron pattern of the polls. */
  readonly pollSchedule: string;
  readonly changesPerPoll: number;
  /** As RETENTION has it. */
  readonly retention: string;
  /** ms of simulated time between two samples. */
  readonly sampleEvery: number;
  /** Loops that run by another cron pattern than in production, by name. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** Leaks that the soak itself makes at each poll, to see that they are noticed. */
  readonly plants: readonly Plant[];
  readonly onSample?: (sample: Sample) => void;
}

export interface Days {
  readonly samples: readonly Sample[];
  readonly runs: Readonly<Record<string, number>>;
  readonly taken: Moved['taken'];
  readonly milliseconds: number;
}

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const ZONE = 'Europe/Berlin';
/** A file system in memory: what a disk takes for each commit is not of interest here. */
const MEMORY = '/dev/shm';
/** After the hour in which old things are pruned. Within 30 days come 29 February and the change to summer time. */
export const BEGIN = Date.UTC(2028, 1, 27, 4);
/** Between two polls these find nothing new: more seldom than in production, so that a day takes seconds. */
const SELDOM: Readonly<Record<string, string>> = { alerts: '15 */5 * * * *' };
/** Hours of each day (UTC) in which NOMAD, and then the receivers, are away. */
const NOMAD_AWAY = 10;
const RECEIVERS_AWAY = 14;
const NIGHT: Rules = {
  ...NO_RULES,
  quiet: [{ days: null, from: 22 * 60, to: 7 * 60, timeZone: null, except: ['upload.stuck'] }],
};

export async function soakDays(options: DaysOptions): Promise<Days> {
  const startedAt = performance.now();
  const away = fork(join(import.meta.dirname, 'away.ts'), [String(options.uploads), String(BEGIN)]);
  const answered = async () => ((await once(away, 'message')) as [Moved])[0];
  let moved = await answered();
  const stateDir = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'nomad-upload-monitor-soak-'));
  const time = { now: BEGIN };
  const app = build(options, moved, stateDir, time);
  const stopping = new AbortController();
  const leaks = options.plants.map((plant) => planted(plant, stopping.signal));
  const samples: Sample[] = [];
  const runs: Record<string, number> = {};

  const patterns = { ...SELDOM, ...options.patterns };
  const patternOf = ({ name, pattern }: Loop) => patterns[name] ?? pattern;
  const next = app.loops().map((loop) => ({ loop, at: nextTime(patternOf(loop), ZONE, BEGIN) }));
  for (
    let sampleAt = BEGIN + options.sampleEvery;
    sampleAt <= BEGIN + options.days * DAY;
    sampleAt += options.sampleEvery
  ) {
    for (;;) {
      const due = next.reduce((first, each) => (each.at < first.at ? each : first));
      if (due.at > sampleAt) break;
      time.now = due.at;
      if (due.loop.name === 'poll') {
        away.send(moveTo(time.now, options.changesPerPoll));
        moved = await answered();
        for (const leak of leaks) leak();
      }
      await due.loop.run(time.now, stopping.signal);
      runs[due.loop.name] = (runs[due.loop.name] ?? 0) + 1;
      due.at = nextTime(patternOf(due.loop), ZONE, due.at);
    }
    const sample = await takeSample({ days: (sampleAt - BEGIN) / DAY, stateDir, signal: stopping.signal });
    samples.push(sample);
    options.onSample?.(sample);
  }
  await app.stop();
  away.disconnect();
  away.kill();
  rmSync(stateDir, { recursive: true });
  return { samples, runs, taken: moved.taken, milliseconds: performance.now() - startedAt };
}

function build(options: DaysOptions, moved: Moved, stateDir: string, time: { readonly now: number }): App {
  const parsed = parseConfig(
    {
      NOMAD_URL: moved.nomadUrl,
      NOMAD_USERNAME: ADA.username,
      NOMAD_PASSWORD: ADA.password,
      POLL_SCHEDULE: options.pollSchedule,
      NOTIFY_ON: 'all',
      REMIND_AFTER: '1d',
      DIGEST_SCHEDULE: '0 8 * * *',
      SMTP_URL: moved.smtpUrl,
      MAIL_FROM: 'monitor@lab.example',
      WEBHOOK_URL: `${moved.hookUrl}/webhook`,
      WEBHOOK_SECRET: 'a-secret-for-the-soak-alone',
      CHAT_WEBHOOK_URL: `${moved.hookUrl}/chat`,
      ALERTMANAGER_URL: moved.hookUrl,
      HEARTBEAT_URL: `${moved.hookUrl}/heartbeat`,
      RETENTION: options.retention,
      STATE_DIR: stateDir,
      TZ: ZONE,
    },
    { scheduleProblem: () => null },
  );
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { config } = parsed;
  const scrubber = createScrubber(config.secrets);
  const log = createLog({
    level: 'info',
    format: 'json',
    colour: false,
    scrub: scrubber.scrub,
    write: () => undefined,
  });
  const clock = () => time.now;
  return createApp({
    config,
    accounts: [{ name: null, config, rules: NIGHT }],
    version: 'soak',
    log,
    scrubber,
    clock,
    monotonic: clock,
    random: seeded(2),
  });
}

function moveTo(now: number, changes: number): Move {
  const hour = Math.floor((now % DAY) / HOUR);
  return { now, changes, isNomadAway: hour === NOMAD_AWAY, areReceiversAway: hour === RECEIVERS_AWAY };
}

/** 500 kB, a listener or a descriptor each time. */
function planted(plant: Plant, signal: AbortSignal): () => void {
  const kept: unknown[] = [];
  switch (plant) {
    case 'heap':
      return () => void kept.push(Array.from({ length: 62_500 }, (_, index) => kept.length + index / 2));
    case 'listener':
      return () => {
        signal.addEventListener('abort', () => kept.push(1));
      };
    case 'fd':
      return () => void kept.push(openSync('/dev/null', 'r'));
  }
}
