// The uploads in each order, kept from one look to the next: hardly anything moves between two polls, and what has not moved is not
// worked out again. Holds what the newest snapshot that was looked at holds, and no more.
import { type Ranked } from '../domain/report/report.ts';
import { type Sort, rankedCounts, inOrder } from '../domain/report/sort.ts';
import { type Condition, EMPTY_SNAPSHOT, conditionsOf } from '../domain/report/conditions.ts';
import type { Snapshot } from '../domain/upload.ts';

/** The uploads as they were last seen. */
export interface RankedSnapshot {
  readonly snapshot: Snapshot;
  /** Of their authors, by user id. */
  readonly names: ReadonlyMap<string, string>;
}

export const NO_UPLOADS: RankedSnapshot = { snapshot: EMPTY_SNAPSHOT, names: new Map() };

export interface Ranking {
  sorted(snapshot: RankedSnapshot, sort: Sort): readonly Ranked[];
  counts(snapshot: RankedSnapshot): Readonly<Record<Condition, number>>;
}

interface Order {
  readonly names: RankedSnapshot['names'];
  readonly uploads: readonly Ranked[];
}

export function createRanking(): Ranking {
  const uploads = new Map<string, Ranked>();
  const orders = new Map<Sort, Order>();
  /** Ids as they stood in an order that is over. */
  const stood = new Map<Sort, readonly string[]>();
  let counts = rankedCounts([]);
  let followed: Snapshot | null = null;

  function follow(snapshot: Snapshot): void {
    if (followed === snapshot) return;
    followed = snapshot;
    if (!update(snapshot)) return;
    counts = rankedCounts(uploads.values());
    for (const [sort, order] of orders) stood.set(sort, idsOf(order.uploads));
    orders.clear();
  }

  /** Says whether anything is not as it was. */
  function update(snapshot: Snapshot): boolean {
    let isNew = false;
    for (const [id, watched] of snapshot.uploads) {
      if (uploads.get(id)?.watched === watched) continue;
      uploads.set(id, { watched, conditions: conditionsOf(watched) });
      isNew = true;
    }
    if (uploads.size === snapshot.uploads.size) return isNew;
    for (const id of uploads.keys()) if (!snapshot.uploads.has(id)) uploads.delete(id);
    return true;
  }

  return {
    sorted({ snapshot, names }, sort) {
      follow(snapshot);
      const known = orders.get(sort);
      // Only one order depends on what authors are called.
      if (known !== undefined && (sort !== 'author' || known.names === names)) return known.uploads;
      const before = known === undefined ? (stood.get(sort) ?? []) : idsOf(known.uploads);
      const made = inOrder(sort, uploads, names, before);
      orders.set(sort, { names, uploads: made });
      stood.delete(sort);
      return made;
    },
    counts({ snapshot }) {
      follow(snapshot);
      return counts;
    },
  };
}

function idsOf(uploads: readonly Ranked[]): readonly string[] {
  return uploads.map(({ watched }) => watched.upload.id);
}
