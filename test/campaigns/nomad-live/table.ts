// The table of a run.
import type { Verdict } from './verdict.ts';

export function printTable(verdicts: readonly Verdict[], say: (line: string) => void): void {
  const rows = [...verdicts].sort((a, b) => a.life.localeCompare(b.life) || a.version.localeCompare(b.version));
  const head = ['life', 'version', 'interval', 'truth', 'told', 'verdict'];
  const cells = rows.map((each) => [
    each.life,
    each.version,
    each.interval,
    each.truth,
    each.told,
    each.wrong ?? 'right',
  ]);
  const widths = head
    .slice(0, -1)
    .map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  for (const row of [head, ...cells]) say(line(row));
  const wrong = rows.filter((each) => each.wrong !== null).length;
  say(`${rows.length} verdicts, ${wrong} wrong`);
}
