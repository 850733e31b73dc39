// The Prometheus registry: counts what runs come to, sets gauges once a poll, reads the outbox at each scrape. Decides nothing.
import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type OpenMetricsContentType,
  type PrometheusContentType,
} from 'prom-client';
import { EVENT_KINDS } from './domain/events.ts';
import { CHANNELS } from './domain/notify.ts';
import type { Token } from './domain/session.ts';
import type { RunDuration } from './domain/step.ts';
import { oneLine } from './domain/text.ts';
import { PROCESS_STATUSES, type Snapshot } from './domain/upload.ts';
import { NOTHING, overviewOf } from './domain/overview.ts';
import { POLL_KINDS, POLL_RESULTS, type PollOutcome } from './jobs/poll.ts';
import { DELIVERY_RESULTS, type DeliveryOutcome } from './jobs/relay.ts';
import { ENDPOINTS, type RequestCount } from './nomad/client.ts';
import type { OutboxCount } from './store/store.ts';

export interface MetricsOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** Most uploads with series of their own. */
  readonly maxUploads: number;
  readonly outbox: () => Promise<readonly OutboxCount[]>;
  /** ms since the epoch: when the configuration was read. */
  readonly configuredAt: number;
}

export interface Metrics {
  onPoll(outcome: PollOutcome): void;
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

const PREFIX = 'nomad_upload_monitor_';
/** NOMAD's process names are free text: only these become label values. */
const PROCESSES = [
  'process_upload',
  'publish_upload',
  'edit_upload_metadata',
  'import_bundle',
  'delete_upload',
  'publish_externally',
  'process_example_upload',
];
const OTHER = 'other';
const RUN_RESULTS: readonly RunDuration['result'][] = ['succeeded', 'failed'];
/** ms. */
const LOOP_SAMPLES = 100;
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const uploadsRegistry = new Registry();
  // The usual 10 ms would wake an idle process a hundred times a second: two thirds of what it costs.
  collectDefaultMetrics({ register: registry, prefix: PREFIX, eventLoopMonitoringPrecision: LOOP_SAMPLES });
  // Gauges whose names end like counters: promtool objects, and each has a twin by type without the ending.
  for (const name of MISNAMED) registry.removeSingleMetric(`${PREFIX}${name}`);
  const in_ = <T extends string>(name: string, help: string, labelNames: readonly T[] = [], register = registry) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [register],
  });

  const info = new Gauge(in_('build_info', 'Always 1; tells the versions.', ['version', 'node_version']));
  info.set({ version: options.version, node_version: options.nodeVersion }, 1);
  const leader = new Gauge(in_('leader', 'Whether this instance does the work.'));
  leader.set(1);
  const reloaded = new Gauge(
    in_('config_last_reload_successful', 'Whether the configuration was read without a problem the last time.'),
  );
  reloaded.set(1);
  const reloadedAt = new Gauge(
    in_('config_last_reload_timestamp_seconds', 'When the configuration in force was read.'),
  );
  reloadedAt.set(options.configuredAt / 1000);

  const up = new Gauge(in_('nomad_up', 'Whether the last poll got a complete listing.'));
  const uploads = new Gauge(in_('uploads', 'Uploads by process status.', ['process_status']));
  const conditions = new Gauge(
    in_('uploads_by_condition', 'Uploads by condition; one upload can be in several.', ['condition']),
  );
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
  const lastPoll = new Gauge(in_('last_poll_timestamp_seconds', 'When the last poll ended.'));
  const lastGoodPoll = new Gauge(
    in_('last_successful_poll_timestamp_seconds', 'When the last poll that got a complete listing ended.'),
  );
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
  const tokenExpiry = new Gauge(in_('token_expiry_timestamp_seconds', 'When the token in use ends, by our clock.'));
  const renewals = new Counter(in_('token_renewals_total', 'Attempts to get a new token.', ['result']));
  const deliveries = new Counter(in_('deliveries_total', 'Tries to deliver a message.', ['channel', 'result']));
  const deliveryDuration = new Histogram({
    ...in_('delivery_duration_seconds', 'How long a try to deliver took.', ['channel']),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });
  const pending = new Gauge(in_('deliveries_pending', 'Messages waiting to be delivered.', ['channel']));
  const dead = new Gauge(in_('deliveries_dead', 'Messages given up.', ['channel']));
  const held = new Gauge(
    in_('notifications_held', 'Events that wait for a message: muted, quiet hours, too many, or behind another.', [
      'channel',
    ]),
  );
  const oldest = new Gauge(
    in_(
      'oldest_pending_delivery_timestamp_seconds',
      'When the oldest message that still waits was made; absent with none.',
      ['channel'],
    ),
  );

  const series = {
    status: new Gauge(
      in_(
        'upload_status',
        'Process status of an upload: 1 for the present one, 0 for the others.',
        ['upload_id', 'process_status'],
        uploadsRegistry,
      ),
    ),
    info: new Gauge(
      in_(
        'upload_info',
        'Always 1; tells name and main author.',
        ['upload_id', 'upload_name', 'main_author'],
        uploadsRegistry,
      ),
    ),
    errors: new Gauge(in_('upload_errors', 'Errors of an upload.', ['upload_id'], uploadsRegistry)),
    failedEntries: new Gauge(
      in_(
        'upload_failed_entries',
        'Failed entries of an upload; absent while not known.',
        ['upload_id'],
        uploadsRegistry,
      ),
    ),
    entries: new Gauge(in_('upload_entries', 'Entries of an upload.', ['upload_id'], uploadsRegistry)),
    since: new Gauge(
      in_(
        'upload_status_since_timestamp_seconds',
        'Since when an upload has its process status, by the clock of NOMAD.',
        ['upload_id'],
        uploadsRegistry,
      ),
    ),
    without: new Gauge(
      in_('uploads_without_series', 'Uploads that METRICS_MAX_UPLOADS left without series.', [], uploadsRegistry),
    ),
  };

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
  /** Told while this instance leads; a token outlives the lead. */
  let token: Token | null = null;
  let counts: readonly OutboxCount[] = [];
  // Up to thousands of series: written out once a poll, in the form that is asked for, not once a scrape.
  const uploadSeries = new Map<ContentType, Promise<string>>();
  setUploads(NOTHING, new Map(), 0);

  function setUploads(snapshot: Snapshot, names: ReadonlyMap<string, string>, now: number): void {
    const { byStatus, byCondition, notable, leftOut } = overviewOf(snapshot, options.maxUploads, now);
    for (const [process_status, count] of byStatus) uploads.set({ process_status }, count);
    for (const [condition, count] of byCondition) conditions.set({ condition }, count);
    for (const gauge of Object.values(series)) gauge.reset();
    series.without.set(leftOut);
    for (const { upload, statusSince, inspection } of notable) {
      const upload_id = upload.id;
      for (const process_status of PROCESS_STATUSES) {
        series.status.set({ upload_id, process_status }, upload.status === process_status ? 1 : 0);
      }
      const author = names.get(upload.mainAuthor) ?? upload.mainAuthor;
      const [upload_name, main_author] = [oneLine(upload.name ?? '', 200), oneLine(author, 100)];
      series.info.set({ upload_id, upload_name, main_author }, 1);
      series.errors.set({ upload_id }, upload.errors.length);
      const failed = inspection?.failed ?? null;
      if (failed !== null) series.failedEntries.set({ upload_id }, failed);
      series.entries.set({ upload_id }, upload.entries);
      series.since.set({ upload_id }, statusSince / 1000);
    }
    uploadSeries.clear();
  }

  function showToken(): void {
    if (token === null) return;
    if (token.expiresAt === null) tokenExpiry.remove();
    else tokenExpiry.set(token.expiresAt / 1000);
  }

  async function setOutbox(): Promise<void> {
    // A state that cannot be read is no reason to tell nothing: then it is what was last known.
    counts = await options.outbox().catch(() => counts);
    const byChannel = new Map(counts.map((each) => [each.channel, each]));
    oldest.reset();
    for (const channel of CHANNELS) {
      const found = byChannel.get(channel);
      pending.set({ channel }, found?.pending ?? 0);
      dead.set({ channel }, found?.dead ?? 0);
      held.set({ channel }, found?.waiting ?? 0);
      const oldestPendingAt = found?.oldestPendingAt ?? null;
      if (oldestPendingAt !== null) oldest.set({ channel }, oldestPendingAt / 1000);
    }
  }

  function writtenUploads(contentType: ContentType): Promise<string> {
    const known = uploadSeries.get(contentType);
    if (known !== undefined) return known;
    const written = as(uploadsRegistry, contentType).metrics();
    uploadSeries.set(contentType, written);
    return written;
  }

  return {
    onPoll(outcome) {
      const { kind, result, startedAt, milliseconds } = outcome;
      polls.inc({ kind, result });
      for (const event of outcome.events) events.inc({ kind: event.kind });
      if (result === 'skipped' || !isLeading) return;
      const endedAt = startedAt + milliseconds;
      up.set(result === 'ok' ? 1 : 0);
      pollDuration.observe({ kind }, milliseconds / 1000);
      lastPoll.set(endedAt / 1000);
      if (outcome.snapshot === null) return;
      lastGoodPoll.set(endedAt / 1000);
      for (const run of outcome.durations) {
        processing.observe(
          { process: PROCESSES.find((name) => name === run.process) ?? OTHER, result: run.result },
          run.milliseconds / 1000,
        );
      }
      setUploads(outcome.snapshot, outcome.names, endedAt);
    },
    onSkippedPoll() {
      polls.inc({ kind: 'poll', result: 'skipped' });
    },
    onRequest({ endpoint, code, bytes: received }) {
      requests.inc({ endpoint, code });
      bytes.inc({ endpoint }, received);
    },
    onToken(given) {
      token = given;
      if (isLeading) showToken();
    },
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
      const shared = [up, uploads, conditions, lastPoll, lastGoodPoll, tokenExpiry, pending, dead, held, oldest];
      for (const gauge of [...shared, ...Object.values(series)]) gauge.reset();
      uploadSeries.clear();
      if (leads) {
        setUploads(NOTHING, new Map(), 0);
        showToken();
        return;
      }
      // A gauge without labels begins anew at 0.
      for (const gauge of [up, lastPoll, lastGoodPoll, tokenExpiry, series.without]) gauge.remove();
    },
    async render(accept) {
      if (isLeading) await setOutbox();
      const isOpen = accept?.includes('application/openmetrics-text') === true;
      const contentType = isOpen ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
      const [own, ofUploads] = await Promise.all([as(registry, contentType).metrics(), writtenUploads(contentType)]);
      // OpenMetrics ends with `# EOF`, once.
      const body = isOpen ? own.replace(/# EOF\n$/, ofUploads) : `${own.trimEnd()}\n\n${ofUploads}`;
      return { contentType, body };
    },
  };
}

type ContentType = PrometheusContentType | OpenMetricsContentType;

/** A registry renders in the content type that it is set to; its type says that only one is possible. */
function as(registry: Registry, type: ContentType): Registry {
  (registry as Registry<ContentType>).setContentType(type);
  return registry;
}
