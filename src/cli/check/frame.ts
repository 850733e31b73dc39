// What `check --watch` has on a terminal at one moment: it fits its height and width. While NOMAD cannot be asked, what was seen last stays, and it
// is said of when it is. Pure.
import { oneLine } from '../../domain/text/one-line.ts';
import type { Failure } from '../../nomad/failure.ts';
import { checkTable } from './table.ts';
import { type Good, notesOf, summaryOf } from './report.ts';
import { cut, wrap } from '../terminal/table.ts';
import type { Tint } from '../terminal/terminal.ts';

/** A thing, and when it was seen, by our clock, ms. */
interface At<T> {
  readonly what: T;
  readonly at: number;
}

export interface FrameContent {
  /** The last look that was good; null: none yet. */
  readonly good: At<Good> | null;
  /** Why there was none since; null: the last look was good. */
  readonly failing: At<Failure> | null;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface FrameOptions {
  readonly tint: Tint;
  /** Takes our secrets out. */
  readonly scrub: (text: string) => string;
  /** A time of the day as people read it. */
  readonly clock: (time: number) => string;
  /** How often it looks, in words. */
  readonly every: string;
}

/** So many lines of the table are worth more than notes. */
const LEAST = 4;

/** Never more lines than the terminal has, none longer than it is wide. */
export function frame(scene: FrameContent, { columns, rows: height }: Size, options: FrameOptions): readonly string[] {
  const { tint, scrub } = options;
  const { good } = scene;
  const top = [...headOf(scene, columns, options), ''];
  const lines =
    good === null ? [] : checkTable(good.what.rows, good.what.snapshot.takenAt, { width: columns, tint, scrub });
  const notes = good === null ? [] : notesOf(good.what).flatMap((note) => folded(note, columns));
  const below = notes.length === 0 ? [] : ['', ...notes.map((note) => tint('gray', note))];
  const room = height - top.length;
  const isRoomy = room - below.length >= Math.min(lines.length, LEAST);
  const shown = isRoomy ? [...fitting(lines, room - below.length, columns), ...below] : fitting(lines, room, columns);
  return [...top, ...shown].slice(0, Math.max(1, height));
}

function headOf(
  { good, failing }: FrameContent,
  columns: number,
  { tint, scrub, clock, every }: FrameOptions,
): readonly string[] {
  const summary = good === null ? [] : [tint('bold', cut(summaryOf(good.what.rows), columns))];
  const trouble = failing === null ? [] : folded(scrub(oneLine(failing.what.problem, 400)), columns);
  const old = failing === null || good === null ? [] : folded(`What is shown was so at ${clock(good.at)}.`, columns);
  const last = failing ?? good;
  const looked = last === null ? '' : `looked at ${clock(last.at)}, `;
  return [
    ...summary,
    ...[...trouble, ...old].map((line) => tint('red', line)),
    tint('gray', cut(`${looked}again each ${every}; Ctrl-C ends it`, columns)),
  ];
}

/** The first lines, which are the worst, and how many there are beside them. */
function fitting(lines: readonly string[], room: number, columns: number): readonly string[] {
  if (lines.length <= room) return lines;
  const shown = lines.slice(0, Math.max(0, room - 1));
  return [...shown, cut(`… and ${lines.length - Math.max(1, shown.length)} more`, columns)];
}

function folded(text: string, columns: number): readonly string[] {
  return wrap(text, columns).map((line) => cut(line, columns));
}
