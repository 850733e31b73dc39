// The uploads as a table for people: one line each, worst first. All text from outside is one clean line before it is laid out.
import type { CheckRow } from '../../domain/report/report.ts';
import { oneLine, spanText } from '../../domain/text/one-line.ts';
import { titleOf } from '../../domain/upload.ts';
import { type TableColumn, cut, table } from '../terminal/table.ts';
import type { Tint } from '../terminal/terminal.ts';

/** From this width on the id has a column of its own, if name and reason still have room. */
const ROOMY = 60;
/** As many characters of an id as tell uploads apart, and can be typed. */
const SHORT_ID = 8;

function columnsFor(width: number): readonly TableColumn[] {
  const isRoomy = width >= ROOMY;
  return [
    { title: '' },
    { title: 'UPLOAD', least: isRoomy ? 14 : 12 },
    { title: 'ID', spare: isRoomy ? 3 : 5 },
    { title: 'STATUS', spare: 2 },
    { title: 'FOR', spare: 1 },
    { title: 'AUTHOR', least: 8, spare: 4 },
    { title: 'WHY', least: isRoomy ? 20 : 10 },
  ];
}

export interface Layout {
  /** Places of the terminal; null: whole. */
  readonly width: number | null;
  /** Nothing is cut or left out, however narrow it is; absent: false. */
  readonly isWide?: boolean;
  readonly tint: Tint;
  /** Takes our secrets out. */
  readonly scrub: (text: string) => string;
}

/** The titles, and a line an upload. `now`: the server's clock, ms. */
export function checkTable(rows: readonly CheckRow[], now: number, layout: Layout): readonly string[] {
  const { tint, scrub } = layout;
  const width = layout.isWide === true ? null : layout.width;
  if (rows.length === 0) return [width === null ? 'no uploads' : cut('no uploads', width)];
  const cells = rows.map((row) => [
    row.conditions[0]?.replace('_', ' ') ?? '-',
    titleOf({ id: row.upload_id, name: row.upload_name }, 300),
    width === null ? oneLine(row.upload_id, 100) : oneLine(row.upload_id, 100).slice(0, SHORT_ID),
    row.process_status,
    durationOf(row, now),
    oneLine(row.main_author, 100),
    oneLine(row.reason ?? '', 300),
  ]);
  const [titles = '', ...lines] = table(
    columnsFor(width ?? Infinity),
    cells.map((line) => line.map(scrub)),
    width,
  );
  return [titles, ...lines.map((line, index) => tinted(line, rows[index], tint))];
}

/** Of what is being processed and was first seen so just now, the beginning is not known. */
function durationOf({ conditions, since }: CheckRow, now: number): string {
  if (conditions[0] === 'processing' && since >= now) return '–';
  return spanText(now - since)
    .split(' ')
    .slice(0, 2)
    .join(' ');
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
