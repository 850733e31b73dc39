// Whose uploads are listed: the names that the list can be filtered by.
import { oneLine } from '../domain/text/one-line.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { RankedSnapshot } from './ranking.ts';
import type { AuthorCount } from './views.ts';

/** Longer names are cut, here and in what is asked for. */
export const MAX_AUTHOR = 200;

/** By snapshot: it is the same until something changes. */
const known = new WeakMap<Snapshot, ReadonlyMap<string, number>>();

/** By name; two users of the same name are one. */
export function authorCounts({ snapshot, names }: RankedSnapshot): readonly AuthorCount[] {
  const byId = known.get(snapshot) ?? countedById(snapshot);
  known.set(snapshot, byId);
  const byName = new Map<string, number>();
  for (const [id, uploads] of byId) {
    const name = nameOf(id, names);
    byName.set(name, (byName.get(name) ?? 0) + uploads);
  }
  return [...byName]
    .map(([name, uploads]) => ({ name, uploads }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.name < b.name ? -1 : 1));
}

function countedById({ uploads }: Snapshot): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { upload } of uploads.values()) counts.set(upload.mainAuthor, (counts.get(upload.mainAuthor) ?? 0) + 1);
  return counts;
}

/** Its name, or its id where that is not known, as one line. */
export function nameOf(id: string, names: RankedSnapshot['names']): string {
  return oneLine(names.get(id) ?? id, MAX_AUTHOR);
}
