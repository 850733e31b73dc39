// The Prometheus registry: counts what runs come to, and reads the outbox at each scrape. What uploads come to is counted with the first
// scrape after a poll: no poll waits for it, and where nobody scrapes it is not done at all. Decides nothing.
import { Registry } from 'prom-client';
import type { Event } from '../domain/event.ts';
import { EMPTY_SNAPSHOT, overviewOf } from '../domain/report/conditions.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { PollOutcome } from '../jobs/poll-outcome.ts';
import { type DeliveryCounters, createDeliveryCounters } from './delivery-counters.ts';
import { type Form, exposition, written } from './exposition.ts';
import { type InstanceGaugesOptions, createInstanceGauges } from './instance-gauges.ts';
import { createLeaderGauges } from './leader-gauges.ts';
import { type NomadCounters, createNomadCounters } from './nomad-counters.ts';
import { createPollCounters } from './poll-counters.ts';
import { createProcessMetrics } from './process-metrics.ts';
import { familiesOf } from './registry.ts';
import { createUploadSeries } from './upload-series.ts';
import type { OutboxCount } from '../store/store.ts';

export interface MetricsOptions extends InstanceGaugesOptions {
  /** Most uploads with series of their own. */
  readonly maxUploads: number;
  readonly outbox: () => Promise<readonly OutboxCount[]>;
}

export interface Metrics extends NomadCounters, DeliveryCounters {
  onPoll(outcome: PollOutcome): void;
  /** Reported by no poll. */
  onEvents(events: readonly Event[]): void;
  onSkippedPoll(): void;
  onToken(token: Token): void;
  /** `time`: ms since the epoch. */
  onReload(isGood: boolean, time: number): void;
  /** A standby does not publish what all instances have in common: the leader does. */
  onLead(isLeading: boolean): void;
  /** All of it, written out. */
  render(form: Form): Promise<string>;
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly names: ReadonlyMap<string, string>;
  /** ms since the epoch. */
  readonly at: number;
}

/** Of an instance that leads and has not polled yet. */
const NOTHING_SEEN: Seen = { snapshot: EMPTY_SNAPSHOT, names: new Map(), at: 0 };

export function createMetrics(options: MetricsOptions): Metrics {
  const readProcess = createProcessMetrics();
  const registry = new Registry();
  // What is made first is written first.
  const instance = createInstanceGauges(registry, options);
  const gauges = createLeaderGauges(registry);
  const polls = createPollCounters(registry);
  const requests = createNomadCounters(registry);
  const deliveries = createDeliveryCounters(registry);
  const series = createUploadSeries();
  let isLeading = true;
  let counts: readonly OutboxCount[] = [];
  /** What no scrape has shown yet; null: nothing. */
  let seen: Seen | null = NOTHING_SEEN;

  function showUploads({ snapshot, names, at }: Seen): void {
    const overview = overviewOf(snapshot, options.maxUploads, at);
    gauges.setUploads(overview);
    series.set(overview, names);
    seen = null;
  }

  return {
    ...requests,
    ...deliveries,
    onPoll(outcome) {
      polls.onPoll(outcome);
      // It began while this instance led.
      if (outcome.result === 'skipped' || !isLeading) return;
      const endedAt = outcome.startedAt + outcome.milliseconds;
      const isStalled = (outcome.health.stall?.told ?? null) !== null;
      gauges.setPoll({ isGood: outcome.result === 'ok', isStalled, endedAt });
      const { snapshot, names } = outcome;
      if (snapshot !== null) seen = { snapshot, names, at: endedAt };
    },
    onEvents: polls.onEvents,
    onSkippedPoll: polls.onSkippedPoll,
    onToken: gauges.setToken,
    onReload: instance.setReload,
    onLead(leads) {
      isLeading = leads;
      instance.setLeading(leads);
      seen = leads ? NOTHING_SEEN : null;
      if (leads) {
        gauges.begin();
        return;
      }
      gauges.remove();
      series.remove();
    },
    async render(form) {
      if (isLeading) {
        // When the state cannot be read, the last known values are published.
        counts = await options.outbox().catch(() => counts);
        gauges.setOutbox(counts);
      }
      if (seen !== null) showUploads(seen);
      const families = [...(await readProcess()), ...(await familiesOf(registry))];
      return exposition(written(families, form), series.text(form), form);
    },
  };
}
