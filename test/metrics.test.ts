import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HEALTHY } from '../src/domain/health.ts';
import { createMetrics } from '../src/metrics.ts';
import { MINUTE, T0, event, snapshot, watched } from './support/builders.ts';

const make = (maxUploads = 200) =>
  createMetrics({ version: '1', nodeVersion: '24', maxUploads, outbox: async () => [], configuredAt: T0 });
const text = async (metrics: ReturnType<typeof make>) => (await metrics.render(undefined)).body;

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

test('at most so many uploads have series of their own, newest first; the rest is counted', async () => {
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
  metrics.onToken({ value: 't', obtainedAt: T0, expiresAt: T0 });
  metrics.onLead(true);
  assert.match(await text(metrics), new RegExp(`token_expiry_timestamp_seconds ${T0 / 1000}\n`));
  metrics.onLead(false);
  metrics.onToken({ value: 't', obtainedAt: T0, expiresAt: T0 + MINUTE });
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

test('a token without a visible end has no expiry', async () => {
  const metrics = make();
  metrics.onToken({ value: 't', obtainedAt: T0, expiresAt: T0 });
  assert.match(await text(metrics), new RegExp(`token_expiry_timestamp_seconds ${T0 / 1000}\n`));
  metrics.onToken({ value: 't', obtainedAt: T0, expiresAt: null });
  assert.ok(!/token_expiry_timestamp_seconds \d/.test(await text(metrics)));
});
