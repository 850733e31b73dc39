// Whether two remembered uploads are the same, so that a poll without news writes no rows.
import type { TrackedUpload } from '../upload.ts';

export function sameWatched(a: TrackedUpload | undefined, b: TrackedUpload): boolean {
  return same(a, b);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
