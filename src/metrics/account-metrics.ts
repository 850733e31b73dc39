// What is published of one account: gauges of its uploads, polls and token, its polls, events and renewals counted, and the series of its uploads. What uploads come to is counted with
// the first scrape after a poll: no poll waits for it, and where nobody scrapes it is not done at all.
import { Registry } from 'prom-client';
import type { Token } from '../domain/nomad/token-policy.ts';
import { EMPTY_SNAPSHOT, overviewOf } from '../domain/report/conditions.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { PollOutcome } from '../jobs/poll-outcome.ts';
import { createAccountGauges } from './account-gauges.ts';
import type { Family, Form } from './exposition.ts';
import { type RenewalCounter, createRenewalCounter } from './nomad-counters.ts';
import { type PollCounters, createPollCounters } from './poll-counters.ts';
import { familiesOf } from './registry.ts';
import { createUploadSeries } from './upload-series.ts';

export interface AccountSeries extends RenewalCounter, Omit<PollCounters, 'onPoll'> {
  onPoll(outcome: PollOutcome): void;
  onToken(token: Token): void;
  onLead(isLeading: boolean): void;
  /** Counts what no scrape has shown yet. `maxUploads`: most uploads with series of their own. */
  count(maxUploads: number): void;
  families(): Promise<readonly Family[]>;
  /** Of single uploads, by family. `account`: whose they are said to be; null: nothing is said. */
  samples(form: Form, account: string | null): readonly string[];
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly names: ReadonlyMap<string, string>;
  /** ms since the epoch. */
  readonly at: number;
}

/** Of an instance that leads and has not polled yet. */
const NOTHING_SEEN: Seen = { snapshot: EMPTY_SNAPSHOT, names: new Map(), at: 0 };

export function createAccountSeries(leads: boolean): AccountSeries {
  const registry = new Registry();
  const gauges = createAccountGauges(registry);
  const polls = createPollCounters(registry);
  const renewals = createRenewalCounter(registry);
  const series = createUploadSeries();
  let isLeading = true;
  /** Kept for when another share of the series is allowed. */
  let last: Seen = NOTHING_SEEN;
  /** What a scrape has shown; null: not all of it. */
  let shown: { readonly seen: Seen; readonly maxUploads: number } | null = null;
  setLead(leads);

  function setLead(is: boolean): void {
    if (is === isLeading) return;
    isLeading = is;
    last = NOTHING_SEEN;
    shown = null;
    if (is) {
      gauges.begin();
      return;
    }
    gauges.remove();
    series.remove();
  }

  return {
    ...renewals,
    ...polls,
    onPoll(outcome) {
      polls.onPoll(outcome);
      // It began while this instance led.
      if (outcome.result === 'skipped' || !isLeading) return;
      const endedAt = outcome.startedAt + outcome.milliseconds;
      const isStalled = (outcome.health.stall?.told ?? null) !== null;
      gauges.setPoll({ isGood: outcome.result === 'ok', isStalled, endedAt });
      const { snapshot, names } = outcome;
      if (snapshot !== null) last = { snapshot, names, at: endedAt };
    },
    onToken: gauges.setToken,
    onLead: setLead,
    count(maxUploads) {
      if (!isLeading || (shown?.seen === last && shown.maxUploads === maxUploads)) return;
      const overview = overviewOf(last.snapshot, maxUploads, last.at);
      gauges.setUploads(overview);
      series.set(overview, last.names);
      shown = { seen: last, maxUploads };
    },
    families: () => familiesOf(registry),
    samples: series.samples,
  };
}
