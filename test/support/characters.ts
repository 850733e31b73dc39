// Any character that can be in a text, as fast-check's own unit `binary` has them: by the same draws the same ones.
import fc from 'fast-check';

/** Between these are the halves of characters, which are none. */
const BEFORE_HALVES = 0xd800;
const HALVES = 0x800;
const LAST = 0x10ffff;

/** Unit of a string. fast-check's own keeps a table of all 1.1 million, which takes longer to build than most tests run. */
export const anyCharacter = fc
  .nat({ max: LAST - HALVES })
  .map((index) => String.fromCodePoint(index < BEFORE_HALVES ? index : index + HALVES), indexOf);

/** Throws for what is not one character, as fast-check wants it. */
function indexOf(value: unknown): number {
  const point = typeof value === 'string' ? value.codePointAt(0) : undefined;
  if (point === undefined || String.fromCodePoint(point) !== value || !value.isWellFormed())
    throw new Error('not one character');
  return point < BEFORE_HALVES ? point : point - HALVES;
}
