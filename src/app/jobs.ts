// Builds the jobs of one account from its configuration and what they work with: the state, NOMAD, the rules.
import type { Config } from '../config/config.ts';
import { quietAt } from '../domain/notify/quiet-hours.ts';
import { ALL_UPLOADS, type SummaryRule } from '../domain/notify/routing.ts';
import type { CycleOptions } from '../jobs/cycle.ts';
import { type PollOptions, createPoll } from '../jobs/poll.ts';
import type { Routing } from '../jobs/recipients.ts';
import { createReminders } from '../jobs/reminders.ts';
import { createSummaries } from '../jobs/summaries.ts';
import type { Log } from '../log.ts';
import { nextTime } from '../scheduler.ts';
import type { LiveRules } from './live-rules.ts';
import { type Connection, loginFingerprint } from './nomad.ts';
import type { State } from './state.ts';

export interface CycleJobsOptions extends Pick<PollOptions, 'clock' | 'monotonic' | 'random'> {
  readonly config: Config;
  readonly rules: LiveRules;
  readonly routing: Routing;
  readonly state: State;
  readonly connection: Connection;
  /** How many accounts ask this deployment. */
  readonly sharers: () => number;
  /** When NOMAD last answered without an error, on the `monotonic` clock. */
  readonly answeredAt: () => number;
  readonly log: Log;
}

/** The poll finds events, the reminders and summaries repeat what is still so. */
export function createCycleJobs(options: CycleJobsOptions): Pick<CycleOptions, 'newPoll' | 'reminders' | 'summaries'> {
  const { config, rules, routing, state, connection, sharers, clock, monotonic, random, answeredAt, log } = options;
  const { timeZone, stuckAfter, unreachableAfter } = config;
  const { store } = state;
  const quiet = (now: number) => quietAt(rules.current().quiet, now, timeZone);
  const newPoll = () =>
    createPoll({
      nomad: connection.nomad,
      store,
      log,
      routing,
      sharers,
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
  const reminders = createReminders({ store, routing, quietAt: quiet, remindAfter: config.remindAfter });
  const summaries = createSummaries({
    store,
    routing,
    quietAt: quiet,
    summaries: () => [...digestOf(config), ...rules.current().summaries],
    nextAfter: (schedule, time) => nextTime(schedule, timeZone, time),
  });
  return { newPoll, reminders, summaries };
}

/** DIGEST_SCHEDULE is the simple form of a summary in the rules file. */
function digestOf({ digestSchedule: schedule }: Config): readonly SummaryRule[] {
  if (schedule === null) return [];
  return [{ schedule, match: ALL_UPLOADS, mail: 'default', webhook: false, chat: false, groupBy: null }];
}
