// The answers of Prometheus to a panel's queries, as Grafana would ask for them; and those of a table joined into rows, as its panel does.
import type { Prometheus, Series } from '../../support/prometheus.ts';
import { type Panel, type Target, type View, filledIn, stepOf } from './queries.ts';

export interface Answer {
  readonly target: Target;
  readonly promql: string;
  /** Seconds. */
  readonly step: number;
  /** An answer of now is a series of one value. */
  readonly series: readonly Series[];
}
export interface AnsweredPanel {
  readonly panel: Panel;
  readonly answers: readonly Answer[];
}

export async function askAll(
  prometheus: Prometheus,
  panels: readonly Panel[],
  view: View,
): Promise<readonly AnsweredPanel[]> {
  const answered: AnsweredPanel[] = [];
  for (const panel of panels) {
    const answers = await Promise.all(panel.targets.map((target) => ask(prometheus, panel, target, view)));
    answered.push({ panel, answers });
  }
  return answered;
}

async function ask(prometheus: Prometheus, panel: Panel, target: Target, view: View): Promise<Answer> {
  const step = stepOf(panel, view);
  const promql = filledIn(target, step, view);
  // An answer of now is that of a range which ends where it begins: so are all queries about the same moment.
  if (target.instant) return { target, promql, step, series: await prometheus.queryRange(promql, view.to, view.to, 1) };
  // Grafana asks for whole steps.
  const [from, to] = [view.from, view.to].map((time) => Math.floor(time / step) * step);
  return { target, promql, step, series: await prometheus.queryRange(promql, from ?? 0, to ?? 0, step) };
}

export function valuesOf({ series }: Answer): readonly number[] {
  return series.flatMap(({ values }) => values.map(([, value]) => value)).filter(Number.isFinite);
}

/** By Grafana's names of columns: labels, and `Value #A` (`Value` where there is only one query). */
export type Row = Readonly<Record<string, string | number>>;

/** Rows of different answers are one where all the labels that the answers share are the same (Grafana's "merge"). */
export function rowsOf({ answers }: AnsweredPanel): readonly Row[] {
  const labels = answers
    .filter(({ series }) => series.length > 0)
    .map(({ series }) => new Set(series.flatMap(({ metric }) => Object.keys(metric))));
  const shared = [...(labels[0] ?? [])].filter((label) => labels.every((each) => each.has(label)));
  const rows = new Map<string, Record<string, string | number>>();
  for (const { target, series } of answers) {
    const column = answers.length === 1 ? 'Value' : `Value #${target.refId}`;
    for (const { metric, values } of series) {
      const key = JSON.stringify(shared.map((label) => metric[label]));
      const row = rows.get(key) ?? {};
      rows.set(key, Object.assign(row, metric, { [column]: values[0]?.[1] ?? NaN }));
    }
  }
  return [...rows.values()];
}
