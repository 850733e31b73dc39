// The metrics of the process: counts what runs come to, and reads the outbox at each scrape. What belongs to one account is kept apart, and
// says whose it is where there are several. Decides nothing.
import { Registry } from 'prom-client';
import type { Event } from '../domain/event.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import type { PollOutcome } from '../jobs/poll-outcome.ts';
import type { OutboxCount } from '../store/store.ts';
import { type AccountSeries, createAccountSeries } from './account-metrics.ts';
import { type DeliveryCounters, createDeliveryCounters } from './delivery-counters.ts';
import { createDurations } from './durations.ts';
import { type Family, type Form, byAccount, exposition, written } from './exposition.ts';
import { type InstanceGaugesOptions, createInstanceGauges } from './instance-gauges.ts';
import { type NomadCounters, type RenewalCounter, createNomadCounters } from './nomad-counters.ts';
import { createOutboxGauges } from './outbox-gauges.ts';
import { createProcessMetrics } from './process-metrics.ts';
import { familiesOf } from './registry.ts';
import { uploadSeriesText } from './upload-series.ts';

export interface MetricsOptions extends InstanceGaugesOptions {
  /** Most uploads with series of their own, of all accounts together. */
  readonly maxUploads: number;
  readonly outbox: () => Promise<readonly OutboxCount[]>;
}

/** What happens to one account. */
export interface AccountMetrics extends NomadCounters, RenewalCounter {
  onPoll(outcome: PollOutcome): void;
  /** Reported by no poll. */
  onEvents(events: readonly Event[]): void;
  onSkippedPoll(): void;
  onToken(token: Token): void;
  /** It is not watched any more: its series end. */
  remove(): void;
}

export interface Metrics extends DeliveryCounters {
  /** One more account; its name is in its series where there is another one. */
  account(name: string): AccountMetrics;
  /** `time`: ms since the epoch. */
  onReload(isGood: boolean, time: number): void;
  /** A standby does not publish what all instances have in common: the leader does. */
  onLead(isLeading: boolean): void;
  /** All of it, written out. */
  render(form: Form): Promise<string>;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const readProcess = createProcessMetrics();
  const registry = new Registry();
  // What is made first is written first.
  const instance = createInstanceGauges(registry, options);
  const outbox = createOutboxGauges(registry);
  const durations = createDurations(registry);
  const requests = createNomadCounters(registry);
  const deliveries = createDeliveryCounters(registry);
  const accounts = new Map<string, AccountSeries>();
  let isLeading = true;
  let counts: readonly OutboxCount[] = [];

  /** The gauges of all accounts. */
  async function gaugesOf(named: readonly (readonly [string, AccountSeries])[]): Promise<readonly Family[]> {
    const [only] = named;
    if (only !== undefined && named.length === 1) return only[1].families();
    return byAccount(await Promise.all(named.map(async ([name, each]) => [name, await each.families()] as const)));
  }

  return {
    ...deliveries,
    account(name) {
      const series = createAccountSeries(isLeading);
      accounts.set(name, series);
      return {
        ...requests,
        onPoll(outcome) {
          durations.onPoll(outcome);
          series.onPoll(outcome);
        },
        onEvents: series.onEvents,
        onSkippedPoll: series.onSkippedPoll,
        onToken: series.onToken,
        onRenewal: series.onRenewal,
        remove() {
          if (accounts.get(name) === series) accounts.delete(name);
        },
      };
    },
    onReload: instance.setReload,
    onLead(leads) {
      isLeading = leads;
      instance.setLeading(leads);
      if (!leads) outbox.reset();
      for (const account of accounts.values()) account.onLead(leads);
    },
    async render(form) {
      if (isLeading) {
        // When the state cannot be read, the last known values are published.
        counts = await options.outbox().catch(() => counts);
      }
      // The lead may have been lost meanwhile.
      if (isLeading) outbox.set(counts);
      const named = [...accounts];
      const share = Math.ceil(options.maxUploads / Math.max(1, named.length));
      for (const [, account] of named) account.count(share);
      const families = [...(await readProcess()), ...(await gaugesOf(named)), ...(await familiesOf(registry))];
      const samples = named.map(([name, each]) => ({ samples: each.samples(form, named.length > 1 ? name : null) }));
      return exposition(written(families, form), uploadSeriesText(samples, form), form);
    },
  };
}
