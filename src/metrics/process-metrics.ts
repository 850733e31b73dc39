// What prom-client tells of this process and of Node: CPU, memory, descriptors, the event loop, garbage collection.
import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Family } from './exposition.ts';
import { PREFIX, familiesOf } from './registry.ts';

/** ms. */
const LOOP_SAMPLES = 100;
/** ms. Each look at the event loop's delay begins a new window, whoever looks: two scrapers at the same moment share one. */
const FRESH = 1000;
/** Gauges whose names end like counters: promtool objects, and each has a twin by type without the ending. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** `now`: ms of a clock that only goes forward. */
export function createProcessMetrics(now: () => number = () => performance.now()): () => Promise<readonly Family[]> {
  const registry = new Registry();
  // The usual 10 ms would wake an idle process a hundred times a second: two thirds of what it costs.
  collectDefaultMetrics({ register: registry, prefix: PREFIX, eventLoopMonitoringPrecision: LOOP_SAMPLES });
  for (const name of MISNAMED) registry.removeSingleMetric(`${PREFIX}${name}`);
  let last: { readonly at: number; readonly families: Promise<readonly Family[]> } | null = null;

  return () => {
    if (last === null || now() - last.at >= FRESH)
      last = { at: now(), families: familiesOf(registry).then(withoutEmptyWindow) };
    return last.families;
  };
}

/** Of a window without a sample Node says that the mean is NaN and the least delay 292 years. */
function withoutEmptyWindow(families: readonly Family[]): readonly Family[] {
  const isMean = ({ name }: Family) => name.endsWith('_eventloop_lag_mean_seconds');
  if (!families.some((each) => isMean(each) && each.values.some(({ value }) => Number.isNaN(value)))) return families;
  return families.map((each) => (/_eventloop_lag_\w+_seconds$/.test(each.name) ? { ...each, values: [] } : each));
}
