// What came of it: the table of panels, queries and answers, and the file in which the answers are kept for the picture.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AnsweredPanel, valuesOf } from './answers.ts';
import type { View } from './queries.ts';

const KEPT = 'node_modules/.cache/nomad-upload-monitor/dashboard-answers.json';

/** What one account's dashboard, or that of all, shows. */
export interface Shown {
  readonly name: string;
  readonly view: View;
  readonly panels: readonly AnsweredPanel[];
}

export function keep(shown: readonly Shown[]): void {
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, JSON.stringify(shown));
}

export function kept(): readonly Shown[] {
  return JSON.parse(readFileSync(KEPT, 'utf8')) as readonly Shown[];
}

/** Markdown: a line a query. */
export function tableOf(panels: readonly AnsweredPanel[]): string {
  const lines = panels.flatMap(({ panel, answers }) =>
    answers.map((answer) => {
      const values = valuesOf(answer);
      const last = answer.series[0]?.values.at(-1)?.[1];
      return `| ${panel.title} | ${answer.target.refId} | ${answer.series.length} | ${values.length} | ${shortly(last)} | ${shortly(Math.max(...values))} |`;
    }),
  );
  return [
    '| panel | query | series | values | last of the first | most |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function shortly(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'none' : String(Number(value.toPrecision(4)));
}
