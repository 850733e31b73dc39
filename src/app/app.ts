// The composition root: builds everything from the configuration, starts it, stops it.
import { EventEmitter } from 'node:events';
import type { LoadedAccount } from '../config/accounts.ts';
import type { Config } from '../config/config.ts';
import { type AccountStatus, statusLine } from '../domain/message/status-line.ts';
import { textOf } from '../domain/text/error.ts';
import { createClockWatch, createTimeShift } from '../jobs/clock-watch.ts';
import { createHeartbeatJob } from '../jobs/heartbeat.ts';
import { createRepeats } from '../jobs/log-repeats.ts';
import type { PollOutcome } from '../jobs/poll-outcome.ts';
import { createPrune } from '../jobs/prune.ts';
import { RELAY_CHANNELS } from '../jobs/relay.ts';
import type { Loop } from '../jobs/schedule.ts';
import { createWriteWatch } from '../jobs/write-watch.ts';
import type { Log, Scrubber } from '../log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type Scheduler, startScheduler } from '../scheduler.ts';
import { type AccountMonitor, createAccountMonitor } from './account-monitor.ts';
import { createAccounts } from './accounts.ts';
import { createChannels } from './channels.ts';
import { createDelivering, relayChannelsOf } from './delivering.ts';
import { createHttp } from './http.ts';
import { createLoops } from './loops.ts';
import { createGates } from './nomad.ts';
import { openState } from './state.ts';

export interface AppOptions {
  /** What all accounts share: channels, port, state, log. */
  readonly config: Config;
  /** Never empty. */
  readonly accounts: readonly LoadedAccount[];
  /** The accounts as they are configured now, with a sentence for each that is wrong; absent: they do not change. */
  readonly readAccounts?: () => { readonly accounts: readonly LoadedAccount[]; readonly problems: readonly string[] };
  readonly version: string;
  readonly log: Log;
  readonly scrubber: Scrubber;
  readonly clock?: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic?: () => number;
  readonly random?: () => number;
  readonly open?: typeof openState;
  /** After each poll of the schedule, and when the lead changes. */
  readonly onPolled?: () => void;
}

export interface App {
  /** Everything that is due, once: a poll of each account, then what they gave to send. */
  runOnce(now: number): Promise<readonly PollOutcome[]>;
  /** What the schedule runs, for those who keep the time in its place. */
  readonly loops: () => readonly Loop[];
  /** Opens the port and begins the schedule; the first polls at once. */
  start(): Promise<{ readonly url: string }>;
  /** Names of the loops that do not move. */
  readonly stuck: () => readonly string[];
  /** How things are as of the last polls, in one line. */
  status(): Promise<string>;
  /** Reads accounts and rules again; what is wrong is reported, and changes nothing. Resolves when those that are not watched any more have come to rest. */
  readonly reload: () => Promise<void>;
  /** What runs is finished, or aborted after 10 s. Everything is closed, in the opposite order, whatever goes wrong meanwhile. */
  stop(): Promise<void>;
}

/** What the parts have to say to those that are built after them. */
interface AppEvents {
  lead: [isLeading: boolean, why: string];
}

const GRACE = 10_000;
/** Between two heartbeats of several accounts, ms. */
const HEARTBEAT_APART = 30_000;

/** Throws StateError when the state cannot be used. */
export function createApp(options: AppOptions): App {
  const parts = createParts(withDefaults(options));
  const { accounts, delivering } = parts;
  const { leadership } = parts.state;
  let reloading = Promise.resolve();
  return {
    async runOnce(now) {
      await parts.timeShift.notice(now);
      const outcomes = await Promise.all(accounts.all().map((account) => account.poll(now)));
      for (const channel of RELAY_CHANNELS) await delivering.relay(channel, now);
      for (const { alerts } of accounts.all()) await alerts?.(now);
      return outcomes;
    },
    loops: parts.loops.all,
    stuck: parts.stuck,
    status: () => statusOf(parts),
    reload: () => (reloading = reloading.then(() => reload(parts)).catch(reloadFailed(parts))),
    async start() {
      await parts.state.open();
      await leadership.tick();
      if (!leadership.isLeading()) parts.log.info({}, standbyText(leadership.problem()));
      const { url } = parts.resources.adopt(await parts.http.start(), (server) => server.close());
      parts.startSchedule();
      return { url };
    },
    stop: () => parts.resources.disposeAsync(),
  };
}

type Context = Required<AppOptions>;

function withDefaults(options: AppOptions): Context {
  return {
    clock: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
    open: openState,
    onPolled: () => undefined,
    readAccounts: () => ({ accounts: options.accounts, problems: [] }),
    ...options,
  };
}

/** From what everything needs to what needs everything: each part is built of those before it. */
function createParts(context: Context) {
  const base = createBase(context);
  const watching = createWatching(context, base);
  const work = createWork(context, base, watching);
  const { accounts, schedule } = watching;
  const loops = createLoops({ ...context, ...base, ...watching, ...work });
  const broken = createRepeats(context.log);
  const startSchedule = () => {
    const { clock, monotonic, config } = context;
    const onError = (loop: string, error: unknown) => {
      const sentence = `a run failed; the schedule continues: ${loop}: ${textOf(error)}`;
      broken.say('error', { loop, err: error }, sentence, clock());
    };
    const { timeZone } = config;
    const { clockWatch } = work;
    const scheduler = startScheduler({ loops: loops.shared(), timeZone, clock, monotonic, clockWatch, onError });
    base.resources.adopt(scheduler, (running) => running.stop(GRACE));
    schedule.running = scheduler;
    const begin = (account: AccountMonitor) => {
      scheduler.add(loops.pollOf(account));
      void scheduler.trigger(account.pollLoop);
    };
    for (const account of accounts.all()) begin(account);
    accounts.onChange({ added: begin, removed: (account) => scheduler.remove(account.pollLoop) });
  };
  return { ...context, ...base, ...watching, ...work, loops, startSchedule };
}

type Parts = ReturnType<typeof createParts>;

/** What is stored, and what is counted. */
function createBase({ config, version, log, clock, monotonic, open }: Context) {
  const events = new EventEmitter<AppEvents>();
  const resources = new AsyncDisposableStack();
  const warn = (note: string) => {
    log.warn({}, note);
  };
  const onLead = (isLeading: boolean, why: string) => events.emit('lead', isLeading, why);
  const state = resources.adopt(open({ config, clock, monotonic, warn, onLead }), (opened) => opened.close());
  const { store } = state;
  const metrics = createMetrics({
    version,
    nodeVersion: process.versions.node,
    maxUploads: config.metricsMaxUploads,
    outbox: () => store.outboxCounts(),
    configuredAt: clock(),
    group: state.group,
  });
  metrics.onLead(state.leadership.isLeading());
  return { events, resources, state, metrics, writeWatch: createWriteWatch({ store, log, clock }) };
}

type Base = ReturnType<typeof createBase>;

/** The accounts, each with its NOMAD, and those who are notified. */
function createWatching(context: Context, { resources, state, metrics }: Base) {
  const { config, scrubber, monotonic, log } = context;
  // Of many accounts one has a good poll every second.
  const heartbeatApart = () => (accounts.all().length > 1 ? HEARTBEAT_APART : 0);
  const schedule: { running: Scheduler | null } = { running: null };
  const channels = createChannels(config, scrubber.scrub);
  resources.defer(() => {
    channels.close();
  });
  const relayLoops = relayChannelsOf(channels).map((channel) => `relay ${channel}`);
  const trigger = (loop: string) => void schedule.running?.trigger(loop);
  const triggerRelay = () => {
    for (const loop of relayLoops) trigger(loop);
    if (channels.alertmanager !== null) trigger('alerts');
  };
  const listeners = new Set<() => void>();
  const shared = {
    ...context,
    state,
    metrics,
    channels,
    gates: createGates(),
    heartbeat: createHeartbeatJob({ heartbeat: channels.heartbeat, log, monotonic, apart: heartbeatApart }),
    trigger,
    triggerRelay,
    notifyPages: () => {
      for (const listener of listeners) listener();
    },
  };
  const accounts = createAccounts(context.accounts, (setup, isOneOfMany) =>
    createAccountMonitor(setup, { ...shared, isOneOfMany }),
  );
  resources.defer(() => {
    for (const account of accounts.all()) account.close();
  });
  return {
    schedule,
    channels,
    accounts,
    triggerRelay,
    onPageChange: (listener: () => void) => listeners.add(listener),
  };
}

type Watching = ReturnType<typeof createWatching>;

/** What is done for all of them together, and what shows how they are. */
function createWork(context: Context, base: Base, watching: Watching) {
  const { config, log, clock, monotonic, onPolled } = context;
  const { events, metrics, state } = base;
  const { store } = state;
  const { accounts, schedule, channels } = watching;
  const clockWatch = createClockWatch(clock, monotonic);
  const tokens = {
    clockSet(jump: number) {
      for (const account of accounts.all()) account.clockSet(jump);
    },
  };
  const timeShift = createTimeShift({ watch: clockWatch, store, tokens, log, monotonic });
  const stuck = () => schedule.running?.stuck(clock()) ?? [];
  const delivering = createDelivering({ ...context, state, channels, metrics, monitors: accounts.all });
  const prune = createPrune({ store, retention: config.retention, log });
  const http = createHttp({ ...context, ...base, ...watching, stuck, scrub: context.scrubber.scrub });
  events.on('lead', (isLeading, why) => {
    if (isLeading) log.info({ why }, 'this instance leads now');
    else log.warn({ why }, 'this instance no longer leads');
    metrics.onLead(isLeading);
    for (const account of accounts.all()) account.leadChanged(isLeading);
    onPolled();
  });
  return { clockWatch, timeShift, stuck, delivering, prune, http };
}

/** What nobody expected must not end the monitor, nor keep it from the next reload. */
function reloadFailed({ metrics, clock, log }: Parts): (error: unknown) => void {
  return (error) => {
    log.error({ err: error }, `the configuration could not be reloaded: ${textOf(error)}`);
    metrics.onReload(false, clock());
  };
}

async function reload({ readAccounts, accounts, metrics, triggerRelay, clock, log }: Parts): Promise<void> {
  const read = readAccounts();
  for (const problem of read.problems) log.error({}, problem);
  if (read.accounts.length > 0) await accounts.set(read.accounts, { keepsOthers: read.problems.length > 0 });
  else
    log.error(
      { problems: read.problems.length },
      'no account can be watched as configured: the previous ones stay in use',
    );
  const areGood = accounts.all().map((account) => account.reload());
  metrics.onReload(read.problems.length === 0 && !areGood.includes(false), clock());
  if (areGood.includes(true)) triggerRelay();
}

/** `problem`: why it cannot lead; then nothing is known of another one. */
function standbyText(problem: string | null): string {
  if (problem === null) return 'another instance leads: this one is on standby';
  return 'this instance does not lead yet: it tries every 2 seconds until it can, or another one leads';
}

function standbyStatus(problem: string | null): string {
  return problem === null ? 'on standby: another instance leads' : `not leading: ${problem}`;
}

async function statusOf({ state, accounts, config }: Parts): Promise<string> {
  const { leadership } = state;
  if (!leadership.isLeading()) return standbyStatus(leadership.problem());
  const counts = await state.store.outboxCounts();
  const messages = counts.reduce((sum, { pending, waiting }) => sum + pending + waiting, 0);
  const polled = accounts.all().map(({ last }): AccountStatus => {
    const polls = last();
    return { health: polls?.any.health ?? null, snapshot: polls?.good?.snapshot ?? null };
  });
  return statusLine({ accounts: polled, messages, timeZone: config.timeZone });
}
