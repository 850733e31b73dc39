// The metrics of a process that watches one account, as one object.
import { type AccountMetrics, type Metrics, type MetricsOptions, createMetrics } from '../../src/metrics/metrics.ts';

export function createOneMetrics(options: MetricsOptions): Metrics & AccountMetrics {
  const metrics = createMetrics(options);
  return { ...metrics, ...metrics.account('ada') };
}
