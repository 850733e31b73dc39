// The Prometheus registry: counts what runs come to, sets gauges once a poll, reads the outbox at each scrape. Decides nothing.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { type Event, EVENT_KINDS } from '../domain/event.ts';
import { CHANNELS } from '../domain/notify/hold.ts';
import { EMPTY_SNAPSHOT, overviewOf } from '../domain/report/conditions.ts';
import { KNOWN_PROCESSES as PROCESSES } from '../domain/process/names.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import type { RunDuration } from '../domain/diff/transition.ts';
import type { Snapshot } from '../domain/upload.ts';
import { POLL_KINDS, POLL_RESULTS, type PollOutcome } from '../jobs/poll-outcome.ts';
import { DELIVERY_RESULTS, type DeliveryOutcome } from '../jobs/relay.ts';
import { createLeaderGauges } from './leader-gauges.ts';
import { PREFIX, describing, written } from './registry.ts';
import { createUploadSeries } from './upload-series.ts';
import { ENDPOINTS, type RequestCount } from '../nomad/client.ts';
import type { OutboxCount } from '../store/store.ts';

export interface MetricsOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** Most uploads with series of their own. */
  readonly maxUploads: number;
  readonly outbox: () => Promise<readonly OutboxCount[]>;
  /** ms since the epoch: when the configuration was read. */
  readonly configuredAt: number;
  /** The same for all instances that share a state, and no others; null: this one has its state alone. */
  readonly group: string | null;
}

export interface Metrics {
  onPoll(outcome: PollOutcome): void;
  /** Told by no poll. */
  onEvents(events: readonly Event[]): void;
  onSkippedPoll(): void;
  onRequest(count: RequestCount): void;
  onToken(token: Token): void;
  onRenewal(result: 'ok' | 'refused' | 'error'): void;
  /** `time`: ms since the epoch. */
  onReload(isGood: boolean, time: number): void;
  onDelivery(outcome: DeliveryOutcome): void;
  /** One that does not lead tells nothing of what all instances have in common: the leader does. */
  onLead(isLeading: boolean): void;
  /** The exposition in the form that `accept` asks for. */
  render(accept: string | undefined): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** NOMAD's process names are free text: only those that are known become label values. */
const OTHER = 'other';
const RUN_RESULTS: readonly RunDuration['result'][] = ['succeeded', 'failed'];
/** ms. */
const LOOP_SAMPLES = 100;
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  // The usual 10 ms would wake an idle process a hundred times a second: two thirds of what it costs.
  collectDefaultMetrics({ register: registry, prefix: PREFIX, eventLoopMonitoringPrecision: LOOP_SAMPLES });
  // Gauges whose names end like counters: promtool objects, and each has a twin by type without the ending.
  for (const name of MISNAMED) registry.removeSingleMetric(`${PREFIX}${name}`);
  const in_ = describing(registry);

  const info = new Gauge(in_('build_info', 'Always 1; tells the versions.', ['version', 'node_version']));
  info.set({ version: options.version, node_version: options.nodeVersion }, 1);
  const leader = new Gauge(in_('leader', 'Whether this instance does the work.'));
  leader.set(1);
  if (options.group !== null) {
    const shared = new Gauge(
      in_('shared_state_info', 'Always 1; tells which instances share a state in PostgreSQL. Absent with SQLite.', [
        'group',
      ]),
    );
    shared.set({ group: options.group }, 1);
  }
  const reloaded = new Gauge(
    in_('config_last_reload_successful', 'Whether the configuration was read without a problem the last time.'),
  );
  reloaded.set(1);
  const reloadedAt = new Gauge(
    in_('config_last_reload_timestamp_seconds', 'When the configuration in force was read.'),
  );
  reloadedAt.set(options.configuredAt / 1000);

  const gauges = createLeaderGauges(registry);
  const series = createUploadSeries();
  const events = new Counter(in_('events_total', 'Events found.', ['kind']));
  const processing = new Histogram({
    ...in_('processing_duration_seconds', 'Runs, from the first poll that saw them at work to their end.', [
      'process',
      'result',
    ]),
    buckets: [10, 30, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400],
  });
  const polls = new Counter(
    in_('polls_total', 'Polls by what they came to; a sweep lists a large account in full.', ['kind', 'result']),
  );
  const pollDuration = new Histogram({
    ...in_('poll_duration_seconds', 'How long polls took.', ['kind']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });
  const requests = new Counter(
    in_('nomad_requests_total', 'Requests to NOMAD by endpoint and HTTP status; error: no answer.', [
      'endpoint',
      'code',
    ]),
  );
  const bytes = new Counter(
    in_('nomad_response_bytes_total', 'Bytes of answers from NOMAD, as they came: compressed, with their heads.', [
      'endpoint',
    ]),
  );
  const renewals = new Counter(in_('token_renewals_total', 'Attempts to get a new token.', ['result']));
  const deliveries = new Counter(in_('deliveries_total', 'Tries to deliver a message.', ['channel', 'result']));
  const deliveryDuration = new Histogram({
    ...in_('delivery_duration_seconds', 'How long a try to deliver took.', ['channel']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });

  for (const kind of EVENT_KINDS) events.inc({ kind }, 0);
  for (const kind of POLL_KINDS) {
    pollDuration.zero({ kind });
    for (const result of POLL_RESULTS) polls.inc({ kind, result }, 0);
  }
  for (const process of [...PROCESSES, OTHER]) for (const result of RUN_RESULTS) processing.zero({ process, result });
  for (const endpoint of ENDPOINTS) {
    requests.inc({ endpoint, code: '200' }, 0);
    bytes.inc({ endpoint }, 0);
  }
  for (const result of ['ok', 'refused', 'error']) renewals.inc({ result }, 0);
  for (const channel of CHANNELS) {
    deliveryDuration.zero({ channel });
    for (const result of DELIVERY_RESULTS) deliveries.inc({ channel, result }, 0);
  }

  let isLeading = true;
  let counts: readonly OutboxCount[] = [];
  setUploads(EMPTY_SNAPSHOT, new Map(), 0);

  function setUploads(snapshot: Snapshot, names: ReadonlyMap<string, string>, now: number): void {
    const overview = overviewOf(snapshot, options.maxUploads, now);
    gauges.setUploads(overview);
    series.set(overview, names);
  }

  async function readOutbox(): Promise<void> {
    // A state that cannot be read is no reason to tell nothing: then it is what was last known.
    counts = await options.outbox().catch(() => counts);
    gauges.setOutbox(counts);
  }

  return {
    onPoll({ kind, result, startedAt, milliseconds, snapshot, ...outcome }) {
      polls.inc({ kind, result });
      for (const event of outcome.events) events.inc({ kind: event.kind });
      if (result === 'skipped') return;
      pollDuration.observe({ kind }, milliseconds / 1000);
      for (const run of outcome.durations) {
        const process = PROCESSES.find((name) => name === run.process) ?? OTHER;
        processing.observe({ process, result: run.result }, run.milliseconds / 1000);
      }
      // It began while this instance led.
      if (!isLeading) return;
      const endedAt = startedAt + milliseconds;
      gauges.setPoll(result === 'ok', endedAt);
      gauges.setStalled((outcome.health.stall?.told ?? null) !== null);
      if (snapshot !== null) setUploads(snapshot, outcome.names, endedAt);
    },
    onEvents(found) {
      for (const event of found) events.inc({ kind: event.kind });
    },
    onSkippedPoll() {
      polls.inc({ kind: 'poll', result: 'skipped' });
    },
    onRequest({ endpoint, code, bytes: received }) {
      requests.inc({ endpoint, code });
      bytes.inc({ endpoint }, received);
    },
    onToken: gauges.setToken,
    onRenewal(result) {
      renewals.inc({ result });
    },
    onReload(isGood, time) {
      reloaded.set(isGood ? 1 : 0);
      if (isGood) reloadedAt.set(time / 1000);
    },
    onDelivery({ channel, result, milliseconds }) {
      deliveries.inc({ channel, result });
      deliveryDuration.observe({ channel }, milliseconds / 1000);
    },
    onLead(leads) {
      isLeading = leads;
      leader.set(leads ? 1 : 0);
      if (!leads) {
        gauges.remove();
        series.remove();
        return;
      }
      gauges.begin();
      setUploads(EMPTY_SNAPSHOT, new Map(), 0);
    },
    async render(accept) {
      if (isLeading) await readOutbox();
      const isOpen = accept?.includes('application/openmetrics-text') === true;
      const contentType = isOpen ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
      const [own, ofUploads] = await Promise.all([written(registry, contentType), series.render(contentType)]);
      // OpenMetrics ends with `# EOF`, once.
      const body = isOpen ? own.replace(/# EOF\n$/, ofUploads) : `${own.trimEnd()}\n\n${ofUploads}`;
      return { contentType, body };
    },
  };
}
