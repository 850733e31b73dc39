// A value as a panel writes it: in its unit, by its mappings, in the colour of its thresholds. Only what the dashboard uses of what Grafana can.
import { z } from 'zod';

const result = z.object({ text: z.string(), color: z.string() });
const mapping = z.discriminatedUnion('type', [
  z.object({ type: z.literal('value'), options: z.record(z.string(), result) }),
  z.object({
    type: z.literal('range'),
    options: z.object({ from: z.number().nullable(), to: z.number().nullable(), result }),
  }),
]);
const settings = z.object({
  displayName: z.string().optional(),
  unit: z.string().default('short'),
  decimals: z.number().optional(),
  noValue: z.string().default(''),
  mappings: z.array(mapping).default([]),
  thresholds: z
    .object({ steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })) })
    .default({ steps: [] }),
  color: z.object({ fixedColor: z.string().optional() }).default({}),
  'custom.cellOptions': z.object({ type: z.string() }).default({ type: 'auto' }),
  'custom.width': z.number().optional(),
  'custom.lineStyle': z.object({ dash: z.array(z.number()) }).optional(),
  custom: z
    .object({
      drawStyle: z.string().default('line'),
      scaleDistribution: z.object({ type: z.string() }).default({ type: 'linear' }),
    })
    .default({ drawStyle: 'line', scaleDistribution: { type: 'linear' } }),
});
export type Settings = z.infer<typeof settings>;

interface FieldConfig {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly overrides: readonly {
    readonly matcher: { readonly options?: unknown };
    readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
  }[];
}

/** Of one field: what holds for all, and what is said of this one. */
export function settingsOf({ defaults, overrides }: FieldConfig, field: string): Settings {
  const own = overrides.filter(({ matcher }) => matcher.options === field).flatMap(({ properties }) => properties);
  return settings.parse({ ...defaults, ...Object.fromEntries(own.map(({ id, value }) => [id, value])) });
}

/** Darker than Grafana's, to be read on white. */
const COLORS: Readonly<Record<string, string>> = {
  red: '#c4162a',
  orange: '#c25700',
  yellow: '#a17c00',
  green: '#2d7d2b',
  blue: '#1f60c4',
  purple: '#7c3aa8',
  text: '#24292e',
};
const SERIES = [
  '#3f9142',
  '#d9a400',
  '#3274d9',
  '#e0752d',
  '#d44a3a',
  '#5fb7d4',
  '#8f3bb8',
  '#705da0',
  '#7a8b2e',
  '#b0557a',
];

export function colorOf(name: string): string {
  return COLORS[name] ?? '#24292e';
}

export function colorOfSeries(index: number): string {
  return SERIES[index % SERIES.length] ?? '#24292e';
}

/** `now`: seconds since the epoch. */
export function written(value: number | undefined, by: Settings, now: number): { text: string; color: string } {
  if (value === undefined || !Number.isFinite(value)) return { text: by.noValue, color: '#6e7781' };
  for (const each of by.mappings) {
    const found = each.type === 'value' ? each.options[String(value)] : inRange(value, each.options);
    if (found !== undefined) return { text: found.text, color: colorOf(found.color) };
  }
  const step = by.thresholds.steps.findLast((each) => each.value === null || value >= each.value);
  return { text: inUnit(value, by, now), color: colorOf(step?.color ?? 'text') };
}

function inRange(
  value: number,
  { from, to, result: found }: { from: number | null; to: number | null; result: z.infer<typeof result> },
) {
  return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? found : undefined;
}

function inUnit(value: number, { unit, decimals }: Pick<Settings, 'unit' | 'decimals'>, now: number): string {
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
