// Builds the jobs from the configuration and what they work with: the state, NOMAD, the channels.
import type { Config } from '../config/config.ts';
import { guiOf } from '../domain/text/links.ts';
import { ALL_UPLOADS, type SummaryRule } from '../domain/notify/routing.ts';
import { quietAt } from '../domain/notify/quiet-hours.ts';
import { createAlerts } from '../jobs/alerts.ts';
import type { ClockWatch } from '../jobs/clock-watch.ts';
import { type Cycle, createCycle } from '../jobs/cycle.ts';
import { createHeartbeatJob } from '../jobs/heartbeat.ts';
import type { LastPoll } from '../jobs/last-poll.ts';
import { type PollOptions, createPoll } from '../jobs/poll.ts';
import { createPrune } from '../jobs/prune.ts';
import { createRouting } from '../jobs/recipients.ts';
import { RELAY_CHANNELS, createRelay } from '../jobs/relay.ts';
import { createReminders } from '../jobs/reminders.ts';
import { createSummaries } from '../jobs/summaries.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { nextTime } from '../scheduler.ts';
import type { Channels } from './channels.ts';
import type { LiveRules } from './live-rules.ts';
import { type Connection, loginFingerprint } from './nomad.ts';
import { readersOf } from './readers.ts';
import { notifiedOf } from './notified.ts';
import type { State } from './state.ts';

export interface JobsOptions extends Pick<PollOptions, 'clock' | 'monotonic' | 'random'> {
  readonly config: Config;
  readonly rules: LiveRules;
  readonly state: State;
  readonly connection: Connection;
  readonly channels: Channels;
  readonly metrics: Metrics;
  readonly lastPoll: LastPoll;
  readonly clockWatch: ClockWatch;
  /** When NOMAD last answered without an error, on the `monotonic` clock. */
  readonly answeredAt: () => number;
  readonly notifyPages: () => void;
  readonly trigger: (loop: string) => void;
  readonly onPolled: () => void;
  readonly log: Log;
}

export interface Jobs {
  readonly cycle: Cycle;
  /** null: there is no Alertmanager. */
  readonly alerts: ReturnType<typeof createAlerts> | null;
  readonly prune: ReturnType<typeof createPrune>;
}

export function createJobs(options: JobsOptions): Jobs {
  const { config, state, channels, metrics, lastPoll, clockWatch, clock, log } = options;
  const { store, leadership } = state;
  const cycle = createCycle({
    ...createCycleJobs(options),
    channels: relayChannelsOf(channels),
    hasAlerts: channels.alertmanager !== null,
    heartbeat: createHeartbeatJob(channels.heartbeat, log),
    lastPoll,
    isLeading: leadership.isLeading,
    gui: guiOf(config.nomad.url),
    metrics,
    notifyPages: options.notifyPages,
    trigger: options.trigger,
    onPolled: options.onPolled,
    log,
  });
  clockWatch.onJump(cycle.clockSet);
  const { alertmanager } = channels;
  const about = { deployment: config.nomad.url, latest: lastPoll.get, log, clock, onDelivery: metrics.onDelivery };
  const alerts = alertmanager === null ? null : createAlerts({ alertmanager, ...about });
  return { cycle, alerts, prune: createPrune({ store, retention: config.retention, log }) };
}

/** The configured channels that the relay sends to. */
export function relayChannelsOf({ channels }: Channels): readonly (typeof RELAY_CHANNELS)[number][] {
  return RELAY_CHANNELS.filter((channel) => channels[channel] !== undefined);
}

/** The jobs of the cycle: the poll finds events, the relay sends them, the reminders repeat them. */
function createCycleJobs(options: JobsOptions) {
  const { config, rules, state, connection, channels, clock, monotonic, random, answeredAt, log } = options;
  const { mail, timeZone, stuckAfter, unreachableAfter } = config;
  const { store } = state;
  const routing = createRouting({ ...notifiedOf(config), rules: rules.current });
  const quiet = (now: number) => quietAt(rules.current().quiet, now, timeZone);
  const newPoll = () =>
    createPoll({
      nomad: connection.nomad,
      store,
      log,
      routing,
      stuckAfter,
      unreachableAfter,
      clock,
      monotonic,
      answeredAt,
      random,
      deployment: config.nomad.url,
      login: loginFingerprint(config.nomad),
      sweepAfter: (time) => nextTime(config.sweepSchedule, timeZone, time),
    });
  const relay = createRelay({
    store,
    log,
    clock,
    random,
    channels: channels.channels,
    quietAt: quiet,
    readerOf: readersOf(config, { rules: rules.current, routing, lastPoll: options.lastPoll.get }),
    mailMaxPerHour: mail?.maxPerHour ?? Number.POSITIVE_INFINITY,
    gatheringSince: () => options.lastPoll.get()?.any.gatheringSince ?? null,
    isLeading: state.leadership.isLeading,
  });
  const reminders = createReminders({
    store,
    routing,
    quietAt: quiet,
    remindAfter: config.remindAfter,
  });
  const summaries = createSummaries({
    store,
    routing,
    quietAt: quiet,
    summaries: () => [...digestOf(config), ...rules.current().summaries],
    nextAfter: (schedule, time) => nextTime(schedule, timeZone, time),
  });
  return { newPoll, relay, reminders, summaries };
}

/** DIGEST_SCHEDULE is the simple form of a summary in the rules file. */
function digestOf({ digestSchedule: schedule }: Config): readonly SummaryRule[] {
  if (schedule === null) return [];
  return [{ schedule, match: ALL_UPLOADS, mail: 'default', webhook: false, chat: false, groupBy: null }];
}
