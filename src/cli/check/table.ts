// The uploads as a table for people: one line each, worst first. All text from outside is one clean line before it is laid out.
import type { CheckRow } from '../../domain/report/report.ts';
import { oneLine, spanText } from '../../domain/text/one-line.ts';
import { titleOf } from '../../domain/upload.ts';
import { type TableColumn, cut, table } from '../terminal/table.ts';
import type { Tint } from '../terminal/terminal.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: '' },
  { title: 'UPLOAD', least: 12 },
  { title: 'STATUS', spare: 2 },
  { title: 'FOR', spare: 1 },
  { title: 'AUTHOR', least: 8, spare: 3 },
  { title: 'WHY', least: 10 },
];

export interface Layout {
  /** Places of the terminal; null: whole. */
  readonly width: number | null;
  readonly tint: Tint;
  /** Takes our secrets out. */
  readonly scrub: (text: string) => string;
}

/** The titles, and a line an upload. `now`: the server's clock, ms. */
export function checkTable(rows: readonly CheckRow[], now: number, { width, tint, scrub }: Layout): readonly string[] {
  if (rows.length === 0) return [width === null ? 'no uploads' : cut('no uploads', width)];
  const cells = rows.map((row) => [
    row.conditions[0]?.replace('_', ' ') ?? '-',
    titleOf({ id: row.upload_id, name: row.upload_name }, 300),
    row.process_status,
    spanText(now - row.since)
      .split(' ')
      .slice(0, 2)
      .join(' '),
    oneLine(row.main_author, 100),
    oneLine(row.reason ?? '', 300),
  ]);
  const [titles = '', ...lines] = table(
    COLUMNS,
    cells.map((line) => line.map(scrub)),
    width,
  );
  return [titles, ...lines.map((line, index) => tinted(line, rows[index], tint))];
}

function tinted(line: string, row: CheckRow | undefined, tint: Tint): string {
  switch (row?.conditions[0]) {
    case 'failed':
    case 'stuck':
      return tint('red', line);
    case 'entries_failed':
    case 'empty':
      return tint('yellow', line);
    case 'processing':
      return tint('cyan', line);
    default:
      return line;
  }
}
