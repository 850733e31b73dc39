// Everything that watches one account: its connection to NOMAD, its polls and what follows them, its rules, what its page shows. What all accounts
// share (state, channels, relay, port, schedule) is given to it; app.ts puts them together.
import type { LoadedAccount } from '../config/accounts.ts';
import type { Config } from '../config/config.ts';
import type { Identity } from '../domain/nomad/health.ts';
import { noRecipientText } from '../domain/notify/no-recipient.ts';
import { quietAt } from '../domain/notify/quiet-hours.ts';
import type { Rules } from '../domain/notify/routing.ts';
import { guiOf } from '../domain/text/links.ts';
import { type Changes, createChanges } from '../http/server-sent-events.ts';
import { createAlerts } from '../jobs/alerts.ts';
import { type Cycle, createCycle } from '../jobs/cycle.ts';
import { type LastPolls, createLastPoll } from '../jobs/last-poll.ts';
import { createLoginRefusals } from '../jobs/login-refusals.ts';
import type { ReaderOf } from '../jobs/readers.ts';
import { createRouting } from '../jobs/recipients.ts';
import { type Log, type Scrubber, withFields } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { nextTime } from '../scheduler.ts';
import type { AccountId } from '../store/store.ts';
import { createViews } from '../views/queries.ts';
import type { Views } from '../views/views.ts';
import type { Channels } from './channels.ts';
import { createCycleJobs } from './jobs.ts';
import { createLiveRules } from './live-rules.ts';
import { type Gates, connectNomad, loginFingerprint } from './nomad.ts';
import { notifiedOf } from './notified.ts';
import { readersOf } from './readers.ts';
import type { State } from './state.ts';
import { createTokenWatch } from './token-watch.ts';

/** What all accounts have in common. */
export interface Shared {
  readonly state: State;
  readonly metrics: Metrics;
  readonly channels: Channels;
  readonly gates: Gates;
  readonly version: string;
  readonly log: Log;
  readonly scrubber: Scrubber;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly heartbeat: () => void;
  /** Runs a loop of the schedule now. */
  readonly trigger: (loop: string) => void;
  /** Something is there to be sent. */
  readonly triggerRelay: () => void;
  /** Something that a page of several accounts shows has changed. */
  readonly notifyPages: () => void;
  /** After each poll of the schedule, and when the lead changes. */
  readonly onPolled: () => void;
  /** Whether there is another account: then an account is named wherever something is said of it. */
  readonly isOneOfMany: () => boolean;
}

export interface AccountMonitor extends Pick<
  Cycle,
  'poll' | 'scheduledPoll' | 'lookAtSilence' | 'isWaiting' | 'leadChanged' | 'clockSet'
> {
  readonly name: string | null;
  readonly config: Config;
  readonly pollLoop: string;
  readonly views: Views;
  readonly changes: Changes;
  readonly last: () => LastPolls | null;
  /** Of the deployment and user; null: there was no login yet. */
  accountId(): Promise<AccountId | null>;
  readonly quietAt: (now: number) => ReturnType<typeof quietAt>;
  readonly readerOf: ReaderOf;
  /** Sends its alerts; null: there is no Alertmanager. */
  readonly alerts: ((now: number) => Promise<void>) | null;
  renew(now: number, signal: AbortSignal): Promise<void>;
  onSkippedPoll(): void;
  /** What is said of mail that has no recipient; null: there is none. */
  noRecipient(): Promise<string | null>;
  /** Reads its rules again. Returns whether they were valid. */
  reload(): boolean;
  close(): void;
}

export function createAccountMonitor(setup: LoadedAccount, shared: Shared): AccountMonitor {
  const { name, config, rules } = setup;
  const { state, clock, channels } = shared;
  const { store, leadership } = state;
  const log = name === null ? shared.log : withFields(shared.log, { account: name });
  const metrics = shared.metrics.account(name ?? '');
  const liveRules = createLiveRules(config, rules, log);
  const lastPoll = createLastPoll();
  const changes = createChanges();
  const notifyPages = () => {
    changes.notify();
    shared.notifyPages();
  };
  const { connection, tokenExpiresAt, answeredAt } = connect(setup, { ...shared, log }, metrics);
  const routing = createRouting({ ...notifiedOf(config), rules: liveRules.current });
  const sharers = () => shared.gates.sharers(config.nomad.url);
  const pollLoop = name === null ? 'poll' : `poll ${name}`;
  const cycle = createCycle({
    ...createCycleJobs({ ...shared, config, log, routing, rules: liveRules, connection, answeredAt, sharers }),
    heartbeat: shared.heartbeat,
    lastPoll,
    isLeading: leadership.isLeading,
    gui: guiOf(config.nomad.url),
    metrics,
    notifyPages,
    triggerPoll: () => {
      shared.trigger(pollLoop);
    },
    triggerRelay: shared.triggerRelay,
    onPolled: shared.onPolled,
    log,
  });
  const noRecipient = noRecipientOf(config, store, liveRules.current);
  const account = () => (shared.isOneOfMany() ? name : null);
  const { views, accountId } = createAccountViews({
    ...{ ...shared, config, account, last: lastPoll.get },
    ...{ tokenExpiresAt, noRecipient },
  });
  const { alertmanager } = channels;
  const about = { deployment: config.nomad.url, account, latest: lastPoll.get, log, clock };
  const { onDelivery } = shared.metrics;
  const alerts = alertmanager === null ? null : createAlerts({ alertmanager: alertmanager(), ...about, onDelivery });
  return {
    ...cycle,
    name,
    config,
    pollLoop,
    views,
    changes,
    last: lastPoll.get,
    accountId,
    quietAt: (now) => quietAt(liveRules.current().quiet, now, config.timeZone),
    readerOf: readersOf(config, {
      rules: liveRules.current,
      routing,
      lastPoll: lastPoll.get,
      page: () => pageOf(setup, shared.isOneOfMany()),
    }),
    alerts: alerts?.runOnce ?? null,
    async renew(now, signal) {
      if (!cycle.isWaiting(now)) await connection.nomad.renew(signal);
    },
    onSkippedPoll: metrics.onSkippedPoll,
    clockSet(jump) {
      connection.tokens.clockSet(jump);
      cycle.clockSet(jump);
    },
    noRecipient,
    reload: liveRules.reload,
    close() {
      connection.client.close();
      metrics.remove();
    },
  };
}

function connect({ name, config }: LoadedAccount, shared: Shared, metrics: ReturnType<Metrics['account']>) {
  const { state, gates, version, scrubber, clock, monotonic, random, log } = shared;
  const tokenWatch = createTokenWatch(log);
  const answered = { at: monotonic() };
  const connection = connectNomad({
    config: config.nomad,
    version,
    scrubber,
    clock,
    random,
    gate: gates.of(config.nomad.url, name ?? ''),
    refusals: createLoginRefusals(state.store),
    onRequest(count) {
      metrics.onRequest(count);
      if (/^(?!408|429)[1-4]/.test(count.code)) answered.at = monotonic();
      log.debug({ ...count }, 'sent a request to NOMAD');
    },
    onToken(token) {
      metrics.onToken(token);
      tokenWatch.onToken(token);
    },
    onRenewal: metrics.onRenewal,
  });
  return { connection, tokenExpiresAt: tokenWatch.expiresAt, answeredAt: () => answered.at };
}

/** Its page, as readers reach it; null: not known. */
function pageOf({ name, config }: Pick<LoadedAccount, 'name' | 'config'>, isOneOfMany: boolean): string | null {
  const { publicUrl } = config.http;
  return publicUrl === null || name === null || !isOneOfMany ? publicUrl : `${publicUrl}/accounts/${name}`;
}

function noRecipientOf(config: Config, store: State['store'], rules: () => Rules): () => Promise<string | null> {
  const key = `${config.nomad.url} ${loginFingerprint(config.nomad)}`;
  return async () => {
    const health = await store.loadHealth(key);
    return noRecipientText(rules(), notifiedOf(config), health?.identity ?? null);
  };
}

interface AccountViewsOptions extends Shared {
  readonly config: Config;
  readonly account: () => string | null;
  readonly last: () => LastPolls | null;
  readonly tokenExpiresAt: () => number | null;
  readonly noRecipient: () => Promise<string | null>;
}

function createAccountViews({ config, state, last, version, ...options }: AccountViewsOptions) {
  const { store, reader, leadership } = state;
  const login = loginFingerprint(config.nomad);
  const views = createViews({
    config,
    version,
    account: options.account,
    login,
    reader,
    store,
    last,
    isLeading: () => leadership.isLeading(),
    nextPollAt: (now) => nextTime(config.pollSchedule, config.timeZone, now),
    tokenExpiresAt: options.tokenExpiresAt,
    noRecipient: options.noRecipient,
  });
  let known: { readonly identity: Identity; readonly id: AccountId } | null = null;
  /** As last stored: another instance may have polled. */
  async function accountId(): Promise<AccountId | null> {
    const polled = last()?.good?.watching ?? null;
    if (polled !== null) return polled.account;
    known ??= await reader.account(config.nomad.url, login);
    return known?.id ?? null;
  }
  return { views, accountId };
}
