// The table: one line a row, as text or as Markdown, and below it what the figures are made of.
import { type Finding, type Row, isMet, median } from './row.ts';

export interface Line {
  readonly row: Row;
  readonly finding: Finding;
}

const HEAD = ['row', 'goal', 'median', 'min – max', 'turns', 'met'] as const;

export function tableOf(lines: readonly Line[], as: 'text' | 'markdown'): string {
  const cells = [HEAD, ...lines.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((each) => each[column]?.length ?? 0)));
  const padded = cells.map((each) => each.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  const notes = lines.flatMap(({ row, finding }) =>
    finding.kind === 'measured' ? [`${as === 'text' ? '' : '- '}${row.name}: ${finding.note}`] : [],
  );
  if (as === 'text') return [...padded.map((each) => each.join('  ').trimEnd()), '', ...notes].join('\n');
  const [head = [], ...rest] = padded.map((each) => `| ${each.join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [head, rule, ...rest, '', ...notes].join('\n');
}

function cellsOf({ row, finding }: Line): readonly string[] {
  const { is, value, unit } = row.goal;
  const sign = { 'at most': '≤', 'less than': '<', 'at least': '≥' }[is];
  const what = `${row.what} (${row.name})`;
  const goal = `${sign} ${value}${unit}`;
  if (finding.kind === 'missing') return [what, goal, '–', '–', '0', `no: ${finding.why}`];
  const { values } = finding;
  const shown = (number: number) => number.toFixed(number >= 100 ? 0 : 2);
  const range = `${shown(Math.min(...values))} – ${shown(Math.max(...values))}`;
  const met = isMet(row, finding) ? 'yes' : 'no';
  return [what, goal, `${shown(median(values))}${unit}`, range, String(values.length), met];
}
