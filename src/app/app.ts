// The composition root: builds everything from a Config, starts it, stops it. The one place that names implementations.
import type { Config } from '../config/config.ts';
import { connect, loginOf } from './nomad.ts';
import type { HttpServer } from '../http/server.ts';
import { guiOf } from '../domain/text/links.ts';
import type { ChannelName } from '../domain/notify/hold.ts';
import { quietAt } from '../domain/notify/quiet-hours.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import type { Rules } from '../domain/notify/routing.ts';
import { statusLine } from '../domain/message/status-line.ts';
import { createAlerts } from '../jobs/alerts.ts';
import { createBeat } from '../jobs/heartbeat.ts';
import { createClockWatch } from '../jobs/clock-watch.ts';
import { createDiskWatch } from '../jobs/write-watch.ts';
import { createLead } from '../jobs/handover.ts';
import { loopsOf } from '../jobs/schedule.ts';
import { createLatest } from '../jobs/last-poll.ts';
import { type PollOutcome, createPoll } from '../jobs/poll.ts';
import { createPrune } from '../jobs/prune.ts';
import { createRefusals } from '../jobs/login-refusals.ts';
import { RELAYED, createRelay } from '../jobs/relay.ts';
import { createRepeats } from '../jobs/log-repeats.ts';
import { createRouting } from '../jobs/recipients.ts';
import { createStanding } from '../jobs/reminders.ts';
import type { Log, Scrubber } from '../log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createRulesInForce } from './live-rules.ts';
import { type Loop, nextTime, startScheduler } from '../scheduler.ts';
import { reach } from '../nomad/probe.ts';
import { createSenders } from './channels.ts';
import { createServing } from './http.ts';
import { openState } from './state.ts';

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
  /** Reads the rules file again; one that is wrong is told, and changes nothing. */
  readonly reload: () => void;
  /** What runs is finished, or cut after 10 s. */
  stop(): Promise<void>;
}

const GRACE = 10_000;

/** Throws StateError when the state cannot be used. */
export function createApp({
  config,
  version,
  log,
  scrubber,
  clock = Date.now,
  monotonic = () => performance.now(),
  random = Math.random,
  open = openState,
  onPolled = () => undefined,
  rules: given,
}: AppOptions): App {
  const rules = createRulesInForce(config, given, log);
  const state = open({
    config,
    clock,
    monotonic,
    tell: (note) => {
      log.warn({}, note);
    },
    onLead,
  });
  const { store, leadership } = state;
  const disk = createDiskWatch({ store, log, clock });
  const metrics = createMetrics({
    version,
    nodeVersion: process.versions.node,
    maxUploads: config.metricsMaxUploads,
    outbox: () => store.outboxCounts(),
    configuredAt: clock(),
    group: state.group,
  });
  // A token that is given is told at once.
  let tokenExpiresAt: number | null = null;
  let tokenKind: Token['kind'] | null = null;
  let answeredAt = monotonic();
  const { client, tokens, nomad } = connect({
    config: config.nomad,
    version,
    scrubber,
    clock,
    random,
    refusals: createRefusals(store),
    onRequest: (count) => {
      metrics.onRequest(count);
      if (count.code !== 'error') lead.answered();
      if (/^(?!408|429)[1-4]/.test(count.code)) answeredAt = monotonic();
      log.debug({ ...count }, 'asked NOMAD');
    },
    onToken: (token) => {
      metrics.onToken(token);
      // A login's own token is had anew every few minutes: that is said once.
      const isNews = token.kind !== 'access' || tokenKind !== 'access';
      if (token.kind === 'access' && isNews) log.info({}, 'NOMAD gives no app token: the token of each login is used');
      if (tokenKind !== null) log[isNews ? 'info' : 'debug']({}, 'token renewed');
      tokenExpiresAt = token.expiresAt;
      tokenKind = token.kind;
    },
    onRenewal: metrics.onRenewal,
  });
  const senders = createSenders(config, scrubber.scrub);
  const { mail, webhook, chat, notifyOn, timeZone } = config;
  const routing = createRouting({
    notifyOn,
    mail,
    webhook: webhook !== null,
    chat: chat !== null,
    rules: rules.current,
  });
  const quiet = (now: number) => quietAt(rules.current().quiet, now, timeZone);
  const newPoll = () =>
    createPoll({
      nomad,
      store,
      log,
      clock,
      random,
      deployment: config.nomad.url,
      login: loginOf(config.nomad),
      stuckAfter: config.stuckAfter,
      unreachableAfter: config.unreachableAfter,
      sweepAfter: (time) => nextTime(config.sweepSchedule, config.timeZone, time),
      monotonic,
      answeredAt: () => answeredAt,
      routing,
    });
  let poll = newPoll();
  let leading = new AbortController();
  const watch = createClockWatch({ store, tokens, clock, monotonic });
  const relay = createRelay({
    store,
    channels: senders.channels,
    quietAt: quiet,
    mailMaxPerHour: mail?.maxPerHour ?? Number.POSITIVE_INFINITY,
    log,
    clock,
    random,
  });
  const { digestSchedule } = config;
  const standing = createStanding({
    store,
    routing,
    quietAt: quiet,
    remindAfter: config.remindAfter,
    digestAfter: digestSchedule === null ? null : (time) => nextTime(digestSchedule, timeZone, time),
  });
  const prune = createPrune({ store, retention: config.retention, log });
  const gui = guiOf(config.nomad.url);
  const latest = createLatest();
  const beat = createBeat(senders.heartbeat, log);
  const alerts = createAlerts({
    alertmanager: senders.alertmanager,
    deployment: config.nomad.url,
    latest: latest.get,
    log,
    clock,
    onDelivery: metrics.onDelivery,
  });
  const skips = createRepeats(log);
  const broken = createRepeats(log);
  const stuck = () => scheduler?.stuck(clock()) ?? [];
  const serving = createServing({
    ...{ config, version, state, metrics, latest, disk, stuck, clock, log, scrub: scrubber.scrub },
    tokenExpiresAt: () => tokenExpiresAt,
  });
  const { changes } = serving;
  const lead = createLead({
    leadership,
    log,
    monotonic,
    isFailing: () => (latest.get()?.any.health.failing ?? null) !== null,
    canReach: async (signal) => (await reach(client, clock, signal)).kind === 'answer',
    wasGood: () => (latest.get()?.good ?? null) !== null,
  });
  metrics.onLead(leadership.isLeading());
  let http: HttpServer | null = null;
  let scheduler: ReturnType<typeof startScheduler> | null = null;

  /** Nothing that this instance remembers of polls is of use after another one led. */
  function onLead(isLeading: boolean, why: string): void {
    if (isLeading) log.info({ why }, 'this instance leads now');
    else log.warn({ why }, 'this instance does not lead any more');
    leading.abort();
    leading = new AbortController();
    poll = newPoll();
    latest.forget();
    metrics.onLead(isLeading);
    changes.notify();
    onPolled();
    if (isLeading) void scheduler?.trigger('poll');
  }

  async function pollOnce(now: number, signal?: AbortSignal): Promise<PollOutcome> {
    // A poll that was begun before another one led is of no use after it.
    const ending = signal === undefined ? leading.signal : AbortSignal.any([signal, leading.signal]);
    const outcome = await lead.asking(() => poll.runOnce(now, ending));
    metrics.onPoll(outcome);
    const { kind, result, milliseconds, events } = outcome;
    const found = { uploads: outcome.snapshot?.uploads.size, events: events.length };
    log.debug({ kind, result, ...found, milliseconds }, 'polled');
    if (!leadership.isLeading()) return outcome;
    latest.note(outcome);
    changes.notify();
    const { snapshot, names, watching } = outcome;
    if (snapshot === null || watching === null) return outcome;
    const view = { snapshot, names, gui, userId: watching.identity.userId };
    await standing.runOnce({ ...watching, view }, now);
    beat();
    return outcome;
  }

  async function relayOnce(channel: ChannelName, now: number, signal?: AbortSignal): Promise<void> {
    const outcomes = await relay.runChannel(channel, now, signal);
    for (const outcome of outcomes) metrics.onDelivery(outcome);
    if (outcomes.length > 0) changes.notify();
  }

  function triggerRelay(): void {
    for (const channel of RELAYED) void scheduler?.trigger(`relay ${channel}`);
  }

  const loops = loopsOf({
    pollSchedule: config.pollSchedule,
    poll: lead.whenLeading(async (now, signal) => {
      const { events } = await pollOnce(now, signal);
      onPolled();
      if (events.length === 0) return;
      triggerRelay();
      void scheduler?.trigger('alerts');
    }),
    onSkippedPoll: () => {
      metrics.onSkippedPoll();
      skips.say('warn', {}, 'a poll came due while the one before was still running: skipped', clock());
    },
    silence: lead.whenLeading(async (now) => {
      const told = await poll.lookAtSilence(now);
      if (told === null) return;
      metrics.onEvents(told.events);
      latest.note(told);
      changes.notify();
      triggerRelay();
      void scheduler?.trigger('alerts');
    }),
    relay: relayOnce,
    alerts: lead.whenLeading(alerts.runOnce),
    renew: lead.whenLeading(async (now, signal) => {
      if (!poll.isWaiting(now)) await nomad.renew(signal);
    }),
    prune: lead.whenLeading(async (now, signal) => {
      if (watch.mayPrune()) await prune.runOnce(now, signal);
    }),
    lead: config.database === null ? null : { ...leadership, handOver: lead.runOnce },
    before: watch.notice,
    watched: disk.watched,
  });

  return {
    async runOnce(now) {
      await watch.notice(now);
      const outcome = await pollOnce(now);
      for (const channel of RELAYED) await relayOnce(channel, now);
      await alerts.runOnce(now);
      return outcome;
    },
    loops,
    stuck,
    async status() {
      if (!leadership.isLeading()) return 'standing by: another instance leads';
      const counts = await store.outboxCounts();
      const messages = counts.reduce((sum, { pending, waiting }) => sum + pending + waiting, 0);
      const polled = latest.get();
      const [health, snapshot] = [polled?.any.health ?? null, polled?.good?.snapshot ?? null];
      return statusLine({ health, snapshot, messages, timeZone });
    },
    reload() {
      const isGood = rules.reload();
      metrics.onReload(isGood, clock());
      if (isGood) triggerRelay();
    },
    async start() {
      await state.open();
      await leadership.tick();
      if (!leadership.isLeading()) log.info({}, 'another instance leads: this one stands by');
      http = await serving.start();
      scheduler = startScheduler({
        loops,
        timeZone: config.timeZone,
        clock,
        monotonic,
        onError: (loop, error) => {
          const why = error instanceof Error ? error.message : String(error);
          broken.say(
            'error',
            { loop, err: error },
            `a run ended with an error; the schedule goes on: ${loop}: ${why}`,
            clock(),
          );
        },
      });
      void scheduler.trigger('poll');
      return { url: http.url };
    },
    async stop() {
      await scheduler?.stop(GRACE);
      await http?.close();
      senders.close();
      client.close();
      await state.close();
    },
  };
}
