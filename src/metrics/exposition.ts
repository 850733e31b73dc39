// Metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0. The same data gives the same bytes, and writing changes nothing.
// https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/

export type Form = 'text' | 'openmetrics';

/** What prom-client calls a metric: all samples under one name. */
export interface Family {
  /** As in the text format: of a counter it ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly Sample[];
}

export interface Sample {
  /** Where it is not the family's: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
  /** Bounds of buckets (`le`) are numbers, and what prom-client tells of versions. */
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** The same family of several accounts, as one: each sample says whose it is. `accounts`: names, and families in the same order. */
export function byAccount(accounts: readonly (readonly [string, readonly Family[]])[]): readonly Family[] {
  const [first] = accounts;
  return (first?.[1] ?? []).map((family, place) => ({
    ...family,
    values: accounts.flatMap(([account, families]) =>
      (families[place]?.values ?? []).map((sample) => ({ ...sample, labels: { account, ...sample.labels } })),
    ),
  }));
}

/** A whole answer, of two parts that are written already. Not by join(), which would copy megabytes. */
export function exposition(first: string, second: string, form: Form): string {
  return form === 'text' ? `${first}\n${second}` : `${first}${second}# EOF\n`;
}

/** OpenMetrics allows no blank lines. */
export function written(families: readonly Family[], form: Form): string {
  return families.map((family) => familyText(family, form)).join(form === 'text' ? '\n' : '');
}

function familyText(family: Family, form: Form): string {
  return `${headText(family, form)}${samplesText(family, form)}`;
}

/** What a family is, before its samples. */
export function headText({ name, help, type }: Omit<Family, 'values'>, form: Form): string {
  // In OpenMetrics `_total` belongs to a counter's sample, not to its family.
  const family = form === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${form === 'text' ? withoutBreaks(help) : quotable(help)}\n# TYPE ${family} ${type}\n`;
}

export function samplesText({ name, type, values }: Family, form: Form): string {
  const ownName = form === 'openmetrics' && type === 'counter' ? `${name.replace(/_total$/, '')}_total` : name;
  let text = '';
  for (const { metricName = ownName, labels, value } of values) {
    text += `${metricName}${labelsText(labels, form)} ${numberText(value)}\n`;
  }
  return text;
}

function labelsText(labels: Sample['labels'], form: Form): string {
  let text = '';
  for (const [name, value] of Object.entries(labels)) {
    const isBound = name === 'le' && typeof value === 'number';
    const shown = isBound ? boundText(value, form) : quotable(String(value));
    text += `${text === '' ? '{' : ','}${name}="${shown}"`;
  }
  return text === '' ? '' : `${text}}`;
}

/** In OpenMetrics the bound of a bucket is always written as a float: `10.0`. */
function boundText(bound: number, form: Form): string {
  return form === 'openmetrics' && Number.isInteger(bound) ? bound.toFixed(1) : numberText(bound);
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function quotable(text: string): string {
  return /["\\\n]/.test(text) ? withoutBreaks(text).replaceAll('"', '\\"') : text;
}

function withoutBreaks(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
