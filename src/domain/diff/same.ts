// Whether two remembered uploads are the same, so that a poll without news writes no rows.
import type { TrackedUpload } from '../upload.ts';

type Fields = Readonly<Record<string, unknown>>;

export function sameWatched(a: TrackedUpload | undefined, b: TrackedUpload): boolean {
  return same(a, b);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keys, left, right] = [Object.keys(a), a as Fields, b as Fields];
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(left[key], right[key]));
}
