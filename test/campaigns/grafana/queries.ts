// What Grafana does with the dashboard before it asks Prometheus: finds each panel's queries, replaces the variables, chooses the step.
// https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
import { z } from 'zod';

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  instant: z.boolean().default(false),
  legendFormat: z.string().default(''),
});
const override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});
const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().default(''),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  datasource: z.object({ uid: z.string() }).optional(),
  interval: z.string().default('0s'),
  targets: z.array(target).default([]),
  fieldConfig: z
    .object({ defaults: z.record(z.string(), z.unknown()), overrides: z.array(override) })
    .default({ defaults: {}, overrides: [] }),
  options: z.record(z.string(), z.unknown()).default({}),
});
const board = z.object({
  uid: z.string(),
  panels: z.array(panel.extend({ panels: z.array(panel).default([]) })),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.string(), label: z.string() })),
  }),
});
export type Panel = z.infer<typeof panel>;
export type Target = z.infer<typeof target>;

export function readDashboard(text: string) {
  const { panels, ...rest } = board.parse(JSON.parse(text));
  const all = panels.flatMap(({ panels: inside, ...own }): readonly Panel[] => [own, ...inside]);
  return { ...rest, rows: all.filter(({ type }) => type === 'row'), panels: all.filter(({ type }) => type !== 'row') };
}

export interface View {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Of the data source, in seconds. */
  readonly scrapeInterval: number;
  /** How many points a panel has room for. */
  readonly points: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** In seconds: the room that there is, rounded up to a whole second, but no less than the panel's or the data source's interval. */
export function stepOf({ interval }: Pick<Panel, 'interval'>, { from, to, points, scrapeInterval }: View): number {
  const least = interval === '0s' ? scrapeInterval : secondsOf(interval);
  return Math.max(least, Math.ceil((to - from) / points));
}

export function filledIn({ expr }: Pick<Target, 'expr'>, step: number, view: View): string {
  const rateInterval = Math.max(step + view.scrapeInterval, 4 * view.scrapeInterval);
  const known: Readonly<Record<string, string>> = {
    ...view.variables,
    __rate_interval: `${rateInterval}s`,
    __range: `${Math.ceil(view.to - view.from)}s`,
  };
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = known[name];
    if (value === undefined) throw new Error(`$${name} is no variable of the dashboard, in ${expr}`);
    return value;
  });
}

function secondsOf(interval: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(interval) ?? [];
  if (count === undefined) throw new Error(`an interval like no other: ${interval}`);
  return Number(count) * (unit === 'm' ? 60 : 1);
}
