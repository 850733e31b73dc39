// What the real registry holds: each metric as /metrics shows it, once as it is at the start and once when everything has happened once.
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createOneMetrics } from '../../test/support/metrics.ts';
import type { OutboxCount } from '../../src/store/store.ts';
import { T0, event, inspected, snapshot, watched } from '../../test/support/builders.ts';

export interface MetricDescription {
  /** Without our prefix. */
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Names, and the values that are there from the start. */
  readonly labels: readonly { readonly name: string; readonly known: readonly string[] }[];
  /** Of a histogram: upper bounds, without +Inf. */
  readonly buckets: readonly string[];
}

export async function describeMetrics(): Promise<readonly MetricDescription[]> {
  const outbox: OutboxCount[] = [];
  const metrics = createOneMetrics({
    version: '',
    nodeVersion: '',
    maxUploads: 200,
    outbox: async () => outbox,
    configuredAt: T0,
    group: '',
  });
  const atStart = await metrics.render('text');
  haveAllHappen(metrics);
  outbox.push({ channel: 'mail', pending: 1, dead: 0, waiting: 0, oldestPendingAt: T0 });
  const later = await metrics.render('text');
  return [...later.matchAll(/^# HELP nomad_upload_monitor_(\w+) (.*)\n# TYPE \w+ (\w+)/gm)].map(
    ([, name = '', help = '', type = '']) => {
      const known = labelsOf(atStart, name);
      const names = [...labelsOf(later, name)].filter(([label]) => label !== 'le');
      return {
        name,
        type,
        help,
        labels: names.map(([label]) => ({
          name: label,
          known: [...(known.get(label) ?? [])].filter((value) => value !== ''),
        })),
        buckets: [...(labelsOf(later, name).get('le') ?? [])].filter((bound) => bound !== '+Inf'),
      };
    },
  );
}

/** One of each, so that each metric shows its labels. */
function haveAllHappen(metrics: ReturnType<typeof createOneMetrics>): void {
  const inspection = inspected({ failed: 1 });
  metrics.onPoll({
    kind: 'poll',
    result: 'ok',
    startedAt: T0,
    milliseconds: 1,
    snapshot: snapshot([watched({ status: 'FAILURE' }, { inspection })]),
    names: new Map(),
    events: [event()],
    durations: [{ process: 'process_upload', result: 'failed', milliseconds: 1 }],
    malformed: [],
    watching: null,
    health: HEALTHY,
  });
  metrics.onRequest({ endpoint: 'uploads', code: '200', bytes: 1, milliseconds: 1 });
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 });
  metrics.onRenewal('ok');
  metrics.onDelivery({ channel: 'mail', result: 'delivered', milliseconds: 1 });
}

/** The labels of a metric's samples and their values, in the order in which they stand there. */
function labelsOf(text: string, name: string): ReadonlyMap<string, ReadonlySet<string>> {
  const samples = text.matchAll(new RegExp(`^nomad_upload_monitor_${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'));
  const pairs = [...samples].flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]);
  const found = new Map<string, Set<string>>();
  for (const [, label = '', value = ''] of pairs) found.set(label, (found.get(label) ?? new Set()).add(value));
  return found;
}
