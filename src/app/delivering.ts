// The relay of all accounts: one outbox, one turn at a time for each channel. What a message needs to know of its account, that account is asked.
import type { Config } from '../config/config.ts';
import type { ChannelName } from '../domain/notify/hold.ts';
import { RELAY_CHANNELS, createRelay } from '../jobs/relay.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { AccountMonitor } from './account-monitor.ts';
import type { Channels } from './channels.ts';
import { readersOf } from './readers.ts';
import type { State } from './state.ts';

export interface DeliveringOptions {
  /** What all accounts share. */
  readonly config: Config;
  readonly state: State;
  readonly channels: Channels;
  readonly metrics: Pick<Metrics, 'onDelivery'>;
  readonly monitors: () => readonly AccountMonitor[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
}

export interface Delivering {
  /** Sends what is due through one channel. */
  relay(channel: ChannelName, now: number, signal?: AbortSignal): Promise<void>;
}

/** The configured channels that the relay sends to. */
export function relayChannelsOf({ channels }: Channels): readonly (typeof RELAY_CHANNELS)[number][] {
  return RELAY_CHANNELS.filter((channel) => channels[channel] !== undefined);
}

export function createDelivering(options: DeliveringOptions): Delivering {
  const { config, state, channels, metrics, monitors, clock, random, log } = options;
  const monitorOf = createMonitorOf(monitors);
  const readerOfNobody = readersOf(config, {
    rules: () => ({ recipients: [] }),
    routing: { targets: () => [], mailTo: () => [] },
    lastPoll: () => null,
  });
  const relay = createRelay({
    store: state.store,
    log,
    clock,
    random,
    channels: channels.channels,
    quietAt: (now) => (kind, account) => monitorOf.known(account)?.quietAt(now)(kind) ?? null,
    readerOf: (claim) => (monitorOf.known(claim.account)?.readerOf ?? readerOfNobody)(claim),
    mailMaxPerHour: config.mail?.maxPerHour ?? Number.POSITIVE_INFINITY,
    gatheringSince: (account) => monitorOf.known(account)?.last()?.any.gatheringSince ?? null,
    isLeading: state.leadership.isLeading,
  });
  return {
    async relay(channel, now, signal) {
      await monitorOf.learn(now);
      const outcomes = await relay.runChannel(channel, now, signal);
      for (const outcome of outcomes) metrics.onDelivery(outcome);
      if (outcomes.length > 0) for (const { changes } of monitors()) changes.notify();
    },
  };
}

/** How often those that have not polled yet are looked up in the state, ms. */
const LEARN_EVERY = 60_000;

/** Which monitor an account of the state belongs to. One that is not watched any more has none: what is left of it is sent all the same. */
function createMonitorOf(monitors: () => readonly AccountMonitor[]) {
  let stored = new Map<number, AccountMonitor>();
  let learnt: { readonly of: readonly AccountMonitor[]; readonly at: number } | null = null;

  return {
    /** Before the first poll of an account its id is known from the state alone. */
    async learn(now: number): Promise<void> {
      const all = monitors();
      if (all.length < 2 || (learnt?.of === all && Math.abs(now - learnt.at) < LEARN_EVERY)) return;
      learnt = { of: all, at: now };
      const ids = await Promise.all(all.map(async (monitor) => [await monitor.accountId(), monitor] as const));
      stored = new Map(ids.filter((each): each is readonly [number, AccountMonitor] => each[0] !== null));
    },
    known(account: number): AccountMonitor | null {
      const all = monitors();
      const [only = null] = all;
      if (all.length < 2) return only;
      const found = stored.get(account) ?? all.find((each) => each.last()?.good?.watching?.account === account);
      return found ?? null;
    },
  };
}
