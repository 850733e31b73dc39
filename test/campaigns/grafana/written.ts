// A value as its panel writes it: in its unit, or by its mappings. Only what the dashboard uses of what Grafana can.
import { z } from 'zod';
import type { Panel } from './queries.ts';

const result = z.object({ text: z.string() });
const mapping = z.discriminatedUnion('type', [
  z.object({ type: z.literal('value'), options: z.record(z.string(), result) }),
  z.object({
    type: z.literal('range'),
    options: z.object({ from: z.number().nullable(), to: z.number().nullable(), result }),
  }),
]);
const settings = z.object({
  unit: z.string().default('short'),
  decimals: z.number().optional(),
  noValue: z.string().default(''),
  mappings: z.array(mapping).default([]),
});

/** `field`: Grafana's name of a column. `now`: seconds since the epoch. */
export function written(value: number, { defaults, overrides }: Panel['fieldConfig'], field: string, now: number) {
  const own = overrides.filter(({ matcher }) => matcher.options === field).flatMap(({ properties }) => properties);
  const by = settings.parse({ ...defaults, ...Object.fromEntries(own.map(({ id, value: set }) => [id, set])) });
  if (!Number.isFinite(value)) return by.noValue;
  for (const each of by.mappings) {
    const found = each.type === 'value' ? each.options[String(value)] : inRange(value, each.options);
    if (found !== undefined) return found.text;
  }
  return inUnit(value, by, now);
}

function inRange(
  value: number,
  { from, to, result: found }: { from: number | null; to: number | null; result: z.infer<typeof result> },
) {
  return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? found : undefined;
}

function inUnit(value: number, { unit, decimals }: z.infer<typeof settings>, now: number): string {
  switch (unit) {
    case 's':
      return span(value, decimals);
    case 'dateTimeFromNow':
      return `${span(Math.max(0, now - value / 1000), 0)} ago`;
    case 'bytes':
      return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB'], decimals);
    case 'Bps':
      return scaled(value, 1000, ['B/s', 'kB/s', 'MB/s'], decimals);
    case 'percentunit':
      return `${rounded(100 * value, decimals)} %`;
    case 'opm':
      return `${rounded(value, decimals)} ops/m`;
    default:
      return rounded(value, decimals);
  }
}

function span(seconds: number, decimals: number | undefined): string {
  const size = Math.abs(seconds);
  if (size < 1 && size > 0) return `${rounded(seconds * 1000, decimals)} ms`;
  if (size < 60) return `${rounded(seconds, decimals)} s`;
  if (size < 3600) return `${rounded(seconds / 60, decimals)} min`;
  if (size < 86_400) return `${rounded(seconds / 3600, decimals)} h`;
  const days = rounded(seconds / 86_400, decimals);
  return `${days} ${days === '1' ? 'day' : 'days'}`;
}

function scaled(value: number, base: number, names: readonly string[], decimals: number | undefined): string {
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log(Math.max(value, 1)) / Math.log(base))));
  return `${rounded(value / base ** power, decimals)} ${names[power] ?? ''}`;
}

function rounded(value: number, decimals: number | undefined): string {
  const digits = decimals ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
