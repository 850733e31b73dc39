// Tables for people: columns under one another as a terminal counts them. No line is longer than the terminal is wide; where nobody says how
// wide that is (a pipe, a file), everything is whole. Pure; the cells are clean lines already.
import { eastAsianWidth } from 'get-east-asian-width';
import { wrap } from '../../domain/text/wrap.ts';

export interface TableColumn {
  readonly title: string;
  /** May be cut to this many places, if there is not enough room; absent: it is whole or not there at all. */
  readonly least?: number;
  /** Which is left out first where there is no room for all: the highest. Absent: never. */
  readonly spare?: number;
  /** Numbers stand under one another by their last digit. */
  readonly isNumber?: true;
}

type Row = readonly string[];

const GAP = '  ';

/** The titles, then a line a row; `width` in places of the terminal, null: as wide as need be. */
export function table(columns: readonly TableColumn[], rows: readonly Row[], width: number | null): readonly string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const natural = columns.map((_, index) => Math.max(...lines.map((line) => placesOf(line[index] ?? ''))));
  const places = width === null ? natural : fitted(columns, natural, width);
  return lines.map((line) => {
    const cells = columns.flatMap((column, index) => {
      const place = places[index] ?? 0;
      return place === 0 ? [] : [padded(cut(line[index] ?? '', place), place, column)];
    });
    const text = cells.join(GAP).trimEnd();
    return width === null ? text : cut(text, width);
  });
}

/** At most so many places of the terminal, ended by … when it was longer. */
export function cut(text: string, width: number): string {
  if (placesOf(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += placesOf(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Text for reading: broken between words where the terminal ends, what follows the first line moved in by `indent`. null: one line. */
export function paragraph(text: string, width: number | null, indent: number): string {
  if (width === null) return text;
  const [first = '', ...rest] = wrap(text, width, placesOf);
  const more = rest.length === 0 ? [] : wrap(rest.join(' '), Math.max(1, width - indent), placesOf);
  return [first, ...more.map((line) => `${' '.repeat(indent)}${line}`)].join('\n');
}

/** How many places each column gets; 0: it is left out. */
function fitted(columns: readonly TableColumn[], natural: readonly number[], width: number): readonly number[] {
  const places = [...natural];
  const least = (index: number) => Math.min(natural[index] ?? 0, columns[index]?.least ?? Infinity);
  const needed = () =>
    places.reduce((sum, place, index) => sum + (place === 0 ? 0 : least(index) + GAP.length), -GAP.length);
  const spare = [...columns.keys()].filter((index) => columns[index]?.spare !== undefined);
  spare.sort((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0));
  for (const index of spare) if (needed() > width) places[index] = 0;

  const taken = () => places.reduce((sum, place) => sum + (place === 0 ? 0 : place + GAP.length), -GAP.length);
  for (let over = taken() - width; over > 0; over -= 1) {
    const [widest] = [...columns.keys()]
      .filter((index) => (places[index] ?? 0) > least(index))
      .sort((a, b) => (places[b] ?? 0) - (places[a] ?? 0));
    if (widest === undefined) break;
    places[widest] = (places[widest] ?? 0) - 1;
  }
  return places;
}

function padded(text: string, place: number, { isNumber }: TableColumn): string {
  const space = ' '.repeat(Math.max(0, place - placesOf(text)));
  return isNumber === true ? `${space}${text}` : `${text}${space}`;
}

/** Nothing of its own: it stands on the character before. */
const ABOVE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Makes a picture of the character before, which then is twice as wide. */
const AS_PICTURE = '\ufe0f';

/**
 * As a terminal counts that joins nothing: each character by itself. Others join a family of emoji, a skin tone, a vowel sign beside its letter,
 * and need less: so no line is too long on any.
 */
export function placesOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return Array.from(text, placesOfOne).reduce((sum, places) => sum + places, 0);
}

function placesOfOne(character: string): number {
  if (character === AS_PICTURE) return 1;
  return ABOVE.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}
