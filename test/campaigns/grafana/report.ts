// What came of it: the table of panels, queries and answers.
import type { AnsweredPanel } from './answers.ts';
import type { View } from './queries.ts';
import { written } from './written.ts';

/** What one account's dashboard, or that of all, shows. */
export interface Shown {
  readonly view: View;
  readonly panels: readonly AnsweredPanel[];
}

/** Markdown: a line a query. Every selector also has `job=~"$job", instance=~"$account"`, and every metric its prefix. */
export function tableOf(panels: readonly AnsweredPanel[], now: number): string {
  const lines = panels.flatMap(({ panel, answers }) =>
    answers.map((answer) => {
      const last = answer.series.flatMap(({ values }) => values.slice(-1)).map(([, value]) => value);
      const column = answers.length === 1 ? 'Value' : `Value #${answer.target.refId}`;
      const limit = written(Math.max(...last.filter(Number.isFinite)), panel.fieldConfig, column, now);
      return `| ${panel.title} | \`${inShort(answer.target.expr)}\` | ${answer.series.length} | ${limit} |`;
    }),
  );
  return ['| panel | query | series | most at the end |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function inShort(expr: string): string {
  const own = expr
    .replaceAll('nomad_upload_monitor_', '')
    .replaceAll(/job=~"\$job", instance=~"\$account"(, )?/g, '')
    .replaceAll('{}', '')
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ');
  const [itself = '', limit] = own.split(/ and on \(job, instance, upload_id\) (?=topk)/);
  const cut = itself.length > 140 ? `${itself.slice(0, 140)}…` : itself;
  return limit === undefined ? cut : `${cut} and on (…) topk(50, …)`;
}
