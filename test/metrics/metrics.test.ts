import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createOneMetrics } from '../support/metrics.ts';
import { MINUTE, T0, event, inspected, snapshot, watched } from '../support/builders.ts';

const make = (maxUploads = 200, more: Partial<Parameters<typeof createOneMetrics>[0]> = {}) =>
  createOneMetrics({
    ...{ version: '1', nodeVersion: '24', maxUploads, configuredAt: T0, group: '0a1b2c3d' },
    outbox: async () => [],
    ...more,
  });
const linesOf = async (metrics: ReturnType<typeof make>) => new Set((await text(metrics)).split('\n'));
const text = (metrics: ReturnType<typeof make>) => metrics.render('text');

test('docs/metrics.md and the registry name the same metrics', async () => {
  const documented = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const known = [...(await text(make())).matchAll(/^# TYPE nomad_upload_monitor_(\w+)/gm)]
    .map(([, name]) => name)
    .filter((name) => !/^(process|nodejs)_/.test(name ?? '') || name === 'processing_duration_seconds');
  assert.deepEqual(documented.toSorted(), known.toSorted());
});

test('docs/metrics.md names what prom-client brings', async () => {
  const documented = new Set(readFileSync('docs/metrics.md', 'utf8').match(/`(process|nodejs)_\w+`/g));
  const brought = [...(await text(make())).matchAll(/^# TYPE nomad_upload_monitor_((?:process|nodejs)_\w+)/gm)];
  assert.ok(brought.length > 10);
  for (const [, name] of brought) assert.ok(documented.has(`\`${name}\``), name);
});

test('histograms too have their known labels at 0 from the start', async () => {
  const lines = (await text(make())).split('\n');
  for (const labels of [
    'poll_duration_seconds_count{kind="poll"}',
    'poll_duration_seconds_count{kind="sweep"}',
    'delivery_duration_seconds_count{channel="mail"}',
    'delivery_duration_seconds_count{channel="alertmanager"}',
    'processing_duration_seconds_count{process="process_upload",result="failed"}',
    'processing_duration_seconds_count{process="other",result="succeeded"}',
  ])
    assert.ok(lines.includes(`nomad_upload_monitor_${labels} 0`), labels);
});

test('METRICS_MAX_UPLOADS uploads have series of their own, newest first; the rest is counted', async () => {
  const metrics = make(2);
  const uploads = [1, 2, 3, 4].map((index) =>
    watched({ id: `u${index}`, status: 'FAILURE' }, { statusSince: T0 + index * MINUTE }),
  );
  const quiet = watched({ id: 'quiet' });
  const recent = watched({ id: 'recent' }, { changedAt: T0 });
  const poll = (at: number, of: typeof uploads) => {
    metrics.onPoll({
      kind: 'poll',
      result: 'ok',
      startedAt: at,
      milliseconds: 500,
      snapshot: snapshot(of),
      names: new Map([['ada', 'Ada Lovelace']]),
      events: [event()],
      durations: [{ process: 'strange <process>', result: 'failed', milliseconds: 90_000 }],
      malformed: [],
      watching: null,
      health: HEALTHY,
    });
  };
  poll(T0, [...uploads, quiet]);
  const first = await text(metrics);
  assert.deepEqual(
    [...first.matchAll(/upload_errors\{upload_id="(\w+)"/g)].map(([, id]) => id),
    ['u4', 'u3'],
  );
  assert.match(first, /uploads_without_series 2\n/);
  assert.match(first, /upload_info\{upload_id="u4",upload_name="batch-42",main_author="Ada Lovelace"\} 1\n/);
  assert.match(first, /events_total\{kind="upload.failed"\} 1\n/);
  assert.match(first, /processing_duration_seconds_sum\{process="other",result="failed"\} 90\n/);
  assert.match(first, new RegExp(`last_successful_poll_timestamp_seconds ${T0 / 1000 + 0.5}\n`));
  poll(T0 + 23 * 60 * MINUTE, [quiet, recent]);
  assert.match(await text(metrics), /upload_errors\{upload_id="recent"\}/);
  poll(T0 + 25 * 60 * MINUTE, [quiet, recent]);
  assert.ok(!(await text(metrics)).includes('upload_id='));
});

test('a failed poll says that NOMAD is not seen and keeps the last picture; a skipped one says nothing', async () => {
  const metrics = make();
  const none = {
    kind: 'poll',
    startedAt: T0,
    milliseconds: 5,
    snapshot: null,
    names: new Map<string, string>(),
    events: [],
    durations: [],
    malformed: [],
    watching: null,
    health: HEALTHY,
  } as const;
  metrics.onPoll({ ...none, result: 'ok', snapshot: snapshot([watched()]) });
  metrics.onPoll({ ...none, result: 'skipped' });
  assert.match(await text(metrics), /nomad_up 1\n/);
  metrics.onPoll({ ...none, result: 'unreachable' });
  const after = await text(metrics);
  assert.match(after, /nomad_up 0\n/);
  assert.match(after, /uploads\{process_status="SUCCESS"\} 1\n/);
});

test('whether NOMAD processes anything, as the poll before knew it', async () => {
  const metrics = make();
  const stalled = async (told: { since: number; waiting: number } | null, result: 'ok' | 'unreachable' | 'skipped') => {
    metrics.onPoll({ ...polled, result, snapshot: null, health: { ...HEALTHY, stall: { movedAt: T0, told } } });
    return /nomad_processing_stalled (\d)\n/.exec(await text(metrics))?.[1];
  };
  const told = { since: T0, waiting: 3 };
  assert.equal(await stalled(null, 'ok'), '0');
  assert.equal(await stalled(told, 'ok'), '1');
  assert.equal(await stalled(told, 'unreachable'), '1', 'an outage tells nothing of it');
  assert.equal(await stalled(null, 'ok'), '0');
});

const polled = {
  kind: 'poll',
  startedAt: T0,
  milliseconds: 500,
  names: new Map<string, string>(),
  events: [],
  durations: [],
  malformed: [],
  watching: null,
  health: HEALTHY,
} as const;

test('the end of a token that was there before the lead is told again with it', async () => {
  const metrics = make();
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 });
  metrics.onLead(true);
  assert.match(await text(metrics), new RegExp(`token_expiry_timestamp_seconds ${T0 / 1000}\n`));
  metrics.onLead(false);
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 + MINUTE });
  assert.ok(!/token_expiry_timestamp_seconds \d/.test(await text(metrics)));
  metrics.onLead(true);
  assert.match(await text(metrics), new RegExp(`token_expiry_timestamp_seconds ${T0 / 1000 + 60}\n`));
});

test('a poll that ends after the lead was lost is counted, and tells no gauge', async () => {
  const metrics = make();
  metrics.onLead(false);
  const before = await text(metrics);
  metrics.onPoll({ ...polled, result: 'unreachable', snapshot: null });
  metrics.onPoll({ ...polled, result: 'ok', snapshot: snapshot([watched({ status: 'FAILURE' })]) });
  const after = await text(metrics);
  const gauges = (body: string) => new Set(body.match(/^nomad_upload_monitor_(nomad_up|uploads?|last)\w*/gm));
  assert.deepEqual(gauges(after), gauges(before));
  assert.match(after, /polls_total\{kind="poll",result="unreachable"\} 1\n/);
});

test('what a poll saw and no scrape showed is not told after the lead was lost, nor with the next lead', async () => {
  const metrics = make();
  metrics.onPoll({ ...polled, result: 'ok', snapshot: snapshot([watched({ status: 'FAILURE' })]) });
  metrics.onLead(false);
  assert.doesNotMatch(await text(metrics), /upload_id=|uploads\{/);
  metrics.onLead(true);
  const anew = await text(metrics);
  assert.match(anew, /uploads\{process_status="FAILURE"\} 0\n/);
  assert.doesNotMatch(anew, /upload_id=/);
});

test('a token without a visible end has no expiry', async () => {
  const metrics = make();
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 });
  assert.match(await text(metrics), new RegExp(`token_expiry_timestamp_seconds ${T0 / 1000}\n`));
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: null });
  assert.ok(!/token_expiry_timestamp_seconds \d/.test(await text(metrics)));
});

test('what a poll, requests, renewals and a reload came to, by name and value', async () => {
  const metrics = make();
  const inspection = inspected({ failed: 2 });
  const upload = watched({ status: 'FAILURE', entries: 12 }, { statusSince: T0 - MINUTE, inspection });
  metrics.onPoll({ ...polled, result: 'ok', snapshot: snapshot([upload]) });
  metrics.onPoll({ ...polled, startedAt: T0 + MINUTE, result: 'unreachable', snapshot: null });
  metrics.onRequest({ endpoint: 'uploads', code: '200', bytes: 1000, milliseconds: 1 });
  metrics.onRequest({ endpoint: 'uploads', code: 'error', bytes: 20, milliseconds: 1 });
  for (const result of ['ok', 'refused', 'error', 'refused'] as const) metrics.onRenewal(result);
  metrics.onReload(true, T0 + 2 * MINUTE);
  metrics.onReload(false, T0 + 3 * MINUTE);
  const lines = await linesOf(metrics);
  for (const line of [
    'upload_failed_entries{upload_id="u1"} 2',
    'upload_entries{upload_id="u1"} 12',
    `upload_status_since_timestamp_seconds{upload_id="u1"} ${T0 / 1000 - 60}`,
    `last_poll_timestamp_seconds ${T0 / 1000 + 60.5}`,
    `last_successful_poll_timestamp_seconds ${T0 / 1000 + 0.5}`,
    'nomad_response_bytes_total{endpoint="uploads"} 1020',
    'nomad_requests_total{endpoint="uploads",code="200"} 1',
    'token_renewals_total{result="ok"} 1',
    'token_renewals_total{result="refused"} 2',
    'token_renewals_total{result="error"} 1',
    'leader 1',
    'config_last_reload_successful 0',
    `config_last_reload_timestamp_seconds ${T0 / 1000 + 120}`,
  ])
    assert.ok(lines.has(`nomad_upload_monitor_${line}`), line);
});

test('an instance that stands by tells no gauge of what all have in common; when it leads, each is there', async () => {
  const outbox = [{ channel: 'mail', pending: 1, dead: 2, waiting: 3, oldestPendingAt: T0 }] as const;
  const metrics = make(200, { outbox: async () => outbox });
  const inspection = inspected({ failed: 2 });
  const told = async () =>
    new Set([...(await text(metrics)).matchAll(/^nomad_upload_monitor_(\w+)[{ ]/gm)].map(([, name]) => name ?? ''));
  const poll = () => {
    metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 });
    metrics.onPoll({ ...polled, result: 'ok', snapshot: snapshot([watched({ status: 'FAILURE' }, { inspection })]) });
  };
  poll();
  const alone = await told();
  metrics.onLead(false);
  const standby = await told();
  assert.deepEqual([...alone].filter((name) => !standby.has(name)).toSorted(), [
    'deliveries_dead',
    'deliveries_pending',
    'last_poll_timestamp_seconds',
    'last_successful_poll_timestamp_seconds',
    'nomad_processing_stalled',
    'nomad_up',
    'notifications_held',
    'oldest_pending_delivery_timestamp_seconds',
    'token_expiry_timestamp_seconds',
    'upload_entries',
    'upload_errors',
    'upload_failed_entries',
    'upload_info',
    'upload_status',
    'upload_status_since_timestamp_seconds',
    'uploads',
    'uploads_by_condition',
    'uploads_without_series',
  ]);
  assert.ok((await linesOf(metrics)).has('nomad_upload_monitor_leader 0'));
  metrics.onLead(true);
  poll();
  assert.deepEqual(await told(), alone);
  assert.ok((await linesOf(metrics)).has('nomad_upload_monitor_leader 1'));
});

test('an outbox that is read while the lead is lost is not told', async () => {
  const outbox = Promise.withResolvers<readonly []>();
  const metrics = make(200, { outbox: () => outbox.promise });
  const rendering = metrics.render('text');
  metrics.onLead(false);
  outbox.resolve([]);
  assert.ok(!(await rendering).includes('nomad_upload_monitor_deliveries_pending{'));
});

test('with a state that is shared the group is told, with one of its own there is no such series', async () => {
  const sample = /^nomad_upload_monitor_shared_state_info.*$/gm;
  assert.deepEqual((await text(make())).match(sample), ['nomad_upload_monitor_shared_state_info{group="0a1b2c3d"} 1']);
  assert.equal((await text(make(200, { group: null }))).match(sample), null);
});
