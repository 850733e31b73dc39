// prom-client's registries: how metrics are named in them, and what they hold, as data. They never write it out: prom-client would take
// `_total` off the names of counters for good once it has written OpenMetrics.
import type { Registry } from 'prom-client';
import type { Family } from './exposition.ts';

export const PREFIX = 'nomad_upload_monitor_';

/** What every metric of this registry is made with. */
export function describing(registry: Registry) {
  return <T extends string>(name: string, help: string, labelNames: readonly T[] = []) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [registry],
  });
}

/** In the order in which they were made. */
export async function familiesOf(registry: Registry): Promise<readonly Family[]> {
  // Its types take the type of a metric for a number; it is a word.
  return (await registry.getMetricsAsJSON()) as unknown as readonly Family[];
}
