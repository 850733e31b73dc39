// How metrics are named, and written out: prom-client's registries with our prefix, in the content type that is asked for.
import { Registry, type OpenMetricsContentType, type PrometheusContentType } from 'prom-client';

export const PREFIX = 'nomad_upload_monitor_';

export type ContentType = PrometheusContentType | OpenMetricsContentType;

/** What every metric of this registry is made with. */
export function describing(registry: Registry) {
  return <T extends string>(name: string, help: string, labelNames: readonly T[] = []) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers: [registry],
  });
}

/** A registry renders in the content type that it is set to; its type says that only one is possible. */
export function written(registry: Registry, type: ContentType): Promise<string> {
  (registry as Registry<ContentType>).setContentType(type);
  return registry.metrics();
}
