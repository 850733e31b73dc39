// The metrics as people read them: the table of docs/metrics.md. From the real registry.
import type { MetricDescription } from './registry.ts';
import { tableOf } from './table.ts';

export function metricsTable(metrics: readonly MetricDescription[]): string {
  const rows = metrics
    .filter((metric) => !isDefault(metric))
    .map((metric) => [`\`${metric.name}\``, metric.type, metric.labels.map(asLabel).join('; '), meaning(metric)]);
  return tableOf(['name', 'type', 'labels', 'meaning'], rows);
}

/** prom-client's own. Which of them there are depends on the operating system. */
function isDefault({ name }: MetricDescription): boolean {
  return /^(process_|nodejs_)/.test(name);
}

function asLabel({ name, known }: MetricDescription['labels'][number]): string {
  return `\`${name}\`${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
}

function meaning({ help, buckets }: MetricDescription): string {
  return buckets.length === 0 ? help : `${help} Buckets: ${buckets.join(', ')} s.`;
}
