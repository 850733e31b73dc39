// What the schedule runs: a poll for each account, spread over the time between two polls, and what is done for all of them together.
import { MINUTE } from '../domain/text/durations.ts';
import { spreadOf } from '../domain/spread.ts';
import type { Config } from '../config/config.ts';
import { whenLeading } from '../jobs/leading.ts';
import { createRepeats } from '../jobs/log-repeats.ts';
import type { TimeShift } from '../jobs/clock-watch.ts';
import type { PruneJob } from '../jobs/prune.ts';
import { type Loop, createLoopMaker, loopsOf } from '../jobs/schedule.ts';
import type { WriteWatch } from '../jobs/write-watch.ts';
import type { Log } from '../log.ts';
import { nextTime } from '../scheduler.ts';
import type { AccountMonitor } from './account-monitor.ts';
import type { Accounts } from './accounts.ts';
import type { Channels } from './channels.ts';
import { type Delivering, relayChannelsOf } from './delivering.ts';
import type { State } from './state.ts';

export interface AppLoopsOptions {
  readonly config: Config;
  readonly state: State;
  readonly accounts: Accounts;
  readonly channels: Channels;
  readonly delivering: Delivering;
  readonly prune: PruneJob;
  readonly timeShift: TimeShift;
  readonly writeWatch: WriteWatch;
  readonly clock: () => number;
  readonly log: Log;
}

export interface AppLoops {
  pollOf(account: AccountMonitor): Loop;
  /** All others. */
  shared(): readonly Loop[];
  all(): readonly Loop[];
}

/** Later than this after its time no poll begins: a daily one is wanted at its hour. ms. */
const MAX_DELAY = 5 * MINUTE;

export function createLoops(options: AppLoopsOptions): AppLoops {
  const { config, state, accounts, channels, delivering, prune, timeShift, clock, log } = options;
  const { leadership } = state;
  const ifLeading = whenLeading(leadership, log);
  const maker = createLoopMaker({ before: timeShift.notice, watched: options.writeWatch.watched });
  /** One that fails is no reason for the others to wait. The first error is the loop's. */
  const forEach =
    (work: (account: AccountMonitor, now: number, signal: AbortSignal) => Promise<void>): Loop['run'] =>
    async (now, signal) => {
      const done = await Promise.allSettled(accounts.all().map((account) => work(account, now, signal)));
      for (const each of done) if (each.status === 'rejected') throw each.reason;
    };

  function pollOf(account: AccountMonitor): Loop {
    const { config: own, name, pollLoop } = account;
    const skips = createRepeats(log);
    return maker({
      name: pollLoop,
      pattern: own.pollSchedule,
      timeZone: own.timeZone,
      delay: name === null ? 0 : spreadOf(name, intervalOf(own, clock()), MAX_DELAY),
      longest: 30 * MINUTE,
      run: ifLeading(account.scheduledPoll),
      onSkip() {
        account.onSkippedPoll();
        skips.say('warn', { ...(name !== null && { account: name }) }, SKIPPED, clock());
      },
    });
  }

  const shared = () =>
    loopsOf({
      maker,
      silence: ifLeading(forEach((account, now) => account.lookAtSilence(now))),
      channels: relayChannelsOf(channels),
      relay: delivering.relay,
      alerts: channels.alertmanager === null ? null : ifLeading(forEach(async (account, now) => account.alerts?.(now))),
      renew: ifLeading(forEach((account, now, signal) => account.renew(now, signal))),
      prune: ifLeading(async (now, signal) => {
        if (timeShift.mayPrune()) await prune.runOnce(now, signal);
      }),
      lead: config.database === null ? null : leadership,
    });
  return { pollOf, shared, all: () => [...accounts.all().map(pollOf), ...shared()] };
}

const SKIPPED = 'skipped a poll: the previous one is still running';

/** From one poll to the next, ms. */
function intervalOf({ pollSchedule, timeZone }: Config, now: number): number {
  const next = nextTime(pollSchedule, timeZone, now);
  return nextTime(pollSchedule, timeZone, next) - next;
}
