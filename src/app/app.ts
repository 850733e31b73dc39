// The composition root: builds everything from a Config, starts it, stops it.
import { EventEmitter } from 'node:events';
import type { Config } from '../config/config.ts';
import { statusLine } from '../domain/message/status-line.ts';
import type { Rules } from '../domain/notify/routing.ts';
import { textOf } from '../domain/text/error.ts';
import { createClockWatch, createTimeShift } from '../jobs/clock-watch.ts';
import { createLastPoll } from '../jobs/last-poll.ts';
import { whenLeading } from '../jobs/leading.ts';
import { createRepeats } from '../jobs/log-repeats.ts';
import { createLoginRefusals } from '../jobs/login-refusals.ts';
import type { PollOutcome } from '../jobs/poll-outcome.ts';
import { RELAY_CHANNELS } from '../jobs/relay.ts';
import { loopsOf } from '../jobs/schedule.ts';
import { createWriteWatch } from '../jobs/write-watch.ts';
import type { Log, Scrubber } from '../log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { RequestCount } from '../nomad/client.ts';
import type { Loop } from '../jobs/schedule.ts';
import { type Scheduler, startScheduler } from '../scheduler.ts';
import { createChannels } from './channels.ts';
import { createHttp } from './http.ts';
import { relayChannelsOf, createJobs } from './jobs.ts';
import { createLiveRules } from './live-rules.ts';
import { connectNomad } from './nomad.ts';
import { openState } from './state.ts';
import { createTokenWatch } from './token-watch.ts';

export interface AppOptions {
  readonly config: Config;
  /** As read at the start. */
  readonly rules: Rules;
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
  /** Everything that is due, once: a poll, then what it gave to send. */
  runOnce(now: number): Promise<PollOutcome>;
  /** What the schedule runs, for those who keep the time in its place. */
  readonly loops: readonly Loop[];
  /** Opens the port and begins the schedule; the first poll at once. */
  start(): Promise<{ readonly url: string }>;
  /** Names of the loops that do not move. */
  readonly stuck: () => readonly string[];
  /** How things are as of the last poll, in one line. */
  status(): Promise<string>;
  /** Reads the rules file again; one that is wrong is reported, and changes nothing. */
  readonly reload: () => void;
  /** What runs is finished, or aborted after 10 s. Everything is closed, in the opposite order, whatever goes wrong meanwhile. */
  stop(): Promise<void>;
}

/** What the parts have to say to those that are built after them. */
interface AppEvents {
  lead: [isLeading: boolean, why: string];
  request: [count: RequestCount];
}

const GRACE = 10_000;

/** Throws StateError when the state cannot be used. */
export function createApp(options: AppOptions): App {
  const parts = createParts(withDefaults(options));
  const { cycle, alerts } = parts;
  const { leadership } = parts.state;
  return {
    async runOnce(now) {
      await parts.timeShift.notice(now);
      const outcome = await cycle.poll(now);
      for (const channel of RELAY_CHANNELS) await cycle.relay(channel, now);
      await alerts?.runOnce(now);
      return outcome;
    },
    loops: parts.loops,
    stuck: parts.stuck,
    status: () => statusOf(parts),
    reload() {
      const isGood = parts.liveRules.reload();
      parts.metrics.onReload(isGood, parts.clock());
      if (isGood) cycle.triggerRelay();
    },
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
    ...options,
  };
}

/** From what everything needs to what needs everything: each part is built of those before it. */
function createParts(context: Context) {
  const base = createBase(context);
  const peers = createPeers(context, base);
  const work = createWork(context, base, peers);
  const loops = createLoops(context, { ...base, ...peers, ...work });
  const broken = createRepeats(context.log);
  const startSchedule = () => {
    const { clock, monotonic, config } = context;
    const { timeZone } = config;
    const onError = (loop: string, error: unknown) => {
      const sentence = `a run failed; the schedule continues: ${loop}: ${textOf(error)}`;
      broken.say('error', { loop, err: error }, sentence, clock());
    };
    const scheduler = startScheduler({ loops, timeZone, clock, monotonic, clockWatch: peers.clockWatch, onError });
    base.resources.adopt(scheduler, (running) => running.stop(GRACE));
    work.schedule.running = scheduler;
    void scheduler.trigger('poll');
  };
  return { ...context, ...base, ...peers, ...work, loops, startSchedule };
}

type Parts = ReturnType<typeof createParts>;

/** What is stored, and what is counted. */
function createBase({ config, rules, version, log, clock, monotonic, open }: Context) {
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
  const liveRules = createLiveRules(config, rules, log);
  return { events, resources, state, metrics, liveRules, writeWatch: createWriteWatch({ store, log, clock }) };
}

type Base = ReturnType<typeof createBase>;

/** NOMAD, those who are notified, and the time. */
function createPeers(context: Context, { events, resources, state, metrics }: Base) {
  const { config, version, log, scrubber, clock, monotonic, random } = context;
  const { store } = state;
  const tokenWatch = createTokenWatch(log);
  const connection = connectNomad({
    config: config.nomad,
    version,
    scrubber,
    clock,
    random,
    refusals: createLoginRefusals(store),
    onRequest: (count) => events.emit('request', count),
    onToken(token) {
      metrics.onToken(token);
      tokenWatch.onToken(token);
    },
    onRenewal: metrics.onRenewal,
  });
  resources.defer(() => {
    connection.client.close();
  });
  const channels = createChannels(config, scrubber.scrub);
  resources.defer(() => {
    channels.close();
  });
  const clockWatch = createClockWatch(clock, monotonic);
  const timeShift = createTimeShift({ watch: clockWatch, store, tokens: connection.tokens, log, monotonic });
  return { connection, channels, tokenExpiresAt: tokenWatch.expiresAt, clockWatch, timeShift };
}

type Peers = ReturnType<typeof createPeers>;

/** The jobs, and what shows how they are. */
function createWork(context: Context, base: Base, peers: Peers) {
  const { config, version, log, scrubber, clock, monotonic, random, onPolled } = context;
  const { events, metrics, liveRules, state, writeWatch } = base;
  const schedule: { running: Scheduler | null } = { running: null };
  const stuck = () => schedule.running?.stuck(clock()) ?? [];
  const lastPoll = createLastPoll();
  const http = createHttp({
    config,
    version,
    rules: liveRules.current,
    state,
    metrics,
    lastPoll,
    writeWatch,
    stuck,
    clock,
    log,
    scrub: scrubber.scrub,
    tokenExpiresAt: peers.tokenExpiresAt,
  });
  const answered = { at: monotonic() };
  const jobs = createJobs({
    config,
    state,
    metrics,
    lastPoll,
    clock,
    monotonic,
    random,
    log,
    onPolled,
    ...peers,
    rules: liveRules,
    answeredAt: () => answered.at,
    notifyPages: http.changes.notify,
    trigger: (loop) => void schedule.running?.trigger(loop),
  });
  events.on('lead', jobs.cycle.leadChanged);
  events.on('request', (count) => {
    metrics.onRequest(count);
    if (/^(?!408|429)[1-4]/.test(count.code)) answered.at = monotonic();
    log.debug({ ...count }, 'sent a request to NOMAD');
  });
  return { ...jobs, http, lastPoll, schedule, stuck };
}

function createLoops({ config, log, clock }: Context, parts: Base & Peers & ReturnType<typeof createWork>) {
  const { cycle, alerts, prune, connection, channels, metrics, timeShift, writeWatch, state } = parts;
  const { leadership } = state;
  const ifLeading = whenLeading(leadership, log);
  const skips = createRepeats(log);
  return loopsOf({
    pollSchedule: config.pollSchedule,
    poll: ifLeading(cycle.scheduledPoll),
    onSkippedPoll: () => {
      metrics.onSkippedPoll();
      skips.say('warn', {}, 'skipped a poll: the previous one is still running', clock());
    },
    silence: ifLeading(cycle.lookAtSilence),
    channels: relayChannelsOf(channels),
    relay: cycle.relay,
    alerts: alerts === null ? null : ifLeading(alerts.runOnce),
    renew: ifLeading(async (now, signal) => {
      if (!cycle.isWaiting(now)) await connection.nomad.renew(signal);
    }),
    prune: ifLeading(async (now, signal) => {
      if (timeShift.mayPrune()) await prune.runOnce(now, signal);
    }),
    lead: config.database === null ? null : leadership,
    before: timeShift.notice,
    watched: writeWatch.watched,
  });
}

/** `problem`: why it cannot lead; then nothing is known of another one. */
function standbyText(problem: string | null): string {
  if (problem === null) return 'another instance leads: this one is on standby';
  return 'this instance does not lead yet: it tries every 2 seconds until it can, or another one leads';
}

function standbyStatus(problem: string | null): string {
  return problem === null ? 'on standby: another instance leads' : `not leading: ${problem}`;
}

async function statusOf({ state, lastPoll, config }: Parts): Promise<string> {
  const { leadership } = state;
  if (!leadership.isLeading()) return standbyStatus(leadership.problem());
  const counts = await state.store.outboxCounts();
  const messages = counts.reduce((sum, { pending, waiting }) => sum + pending + waiting, 0);
  const polled = lastPoll.get();
  const [health, snapshot] = [polled?.any.health ?? null, polled?.good?.snapshot ?? null];
  return statusLine({ health, snapshot, messages, timeZone: config.timeZone });
}
