// The orders in which uploads are shown, each quick when it is asked for again after a poll that moved little. Pure.
import { type Ranked, stateSince, worstFirst } from './report.ts';
import { CONDITIONS, type Condition } from './conditions.ts';

export const SORTS = ['worst', 'newest', 'name', 'author', 'entries'] as const;
export type Sort = (typeof SORTS)[number];

type Compare = (a: Ranked, b: Ranked) => number;
type Names = ReadonlyMap<string, string>;

export function rankedCounts(uploads: Iterable<Ranked>): Readonly<Record<Condition, number>> {
  const counts = new Map<Condition, number>(CONDITIONS.map((condition) => [condition, 0]));
  for (const { conditions } of uploads) {
    for (const condition of conditions) counts.set(condition, (counts.get(condition) ?? 0) + 1);
  }
  return Object.fromEntries(counts) as Record<Condition, number>;
}

/** `before`: ids as they stood in this order a while ago. What is almost in order is sorted in almost no time. */
export function inOrder(
  sort: Sort,
  uploads: ReadonlyMap<string, Ranked>,
  names: Names,
  before: readonly string[],
): readonly Ranked[] {
  const sorted: Ranked[] = [];
  for (const id of before) {
    const ranked = uploads.get(id);
    if (ranked !== undefined) sorted.push(ranked);
  }
  if (sorted.length < uploads.size) {
    const known = new Set(before);
    for (const [id, ranked] of uploads) if (!known.has(id)) sorted.push(ranked);
  }
  return sorted.sort(COMPARES[sort](uploads, names));
}

const COMPARES: Readonly<Record<Sort, (uploads: ReadonlyMap<string, Ranked>, names: Names) => Compare>> = {
  worst: () => worstFirst,
  newest: () => (a, b) => stateSince(b.watched) - stateSince(a.watched) || worstFirst(a, b),
  name: () => {
    const compare = collation();
    const title = ({ watched: { upload } }: Ranked) => upload.name ?? upload.id;
    return (a, b) => compare(title(a), title(b)) || worstFirst(a, b);
  },
  author: (uploads, names) => {
    const places = placesOf(uploads, names);
    const place = ({ watched: { upload } }: Ranked) => places.get(upload.mainAuthor) ?? 0;
    return (a, b) => place(a) - place(b) || worstFirst(a, b);
  },
  entries: () => (a, b) => b.watched.upload.entries - a.watched.upload.entries || worstFirst(a, b),
};

/** Authors are few: their names are compared once, not for each upload. */
function placesOf(uploads: ReadonlyMap<string, Ranked>, names: Names): ReadonlyMap<string, number> {
  const ids = new Set<string>();
  for (const { watched } of uploads.values()) ids.add(watched.upload.mainAuthor);
  const compare = collation();
  const sorted = [...ids].sort((a, b) => compare(names.get(a) ?? a, names.get(b) ?? b) || (a < b ? -1 : 1));
  return new Map(sorted.map((id, index) => [id, index]));
}

/** As people sort: `batch-2` before `batch-10`, `Ä` beside `a`. */
function collation(): (a: string, b: string) => number {
  return new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;
}

/** Whether a part of its name, id, author, message or errors reads so, in whatever case. */
export function isAbout(words: string, names: Names): (ranked: Ranked) => boolean {
  const pattern = new RegExp(words.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
  const authors = new Set([...names].filter(([, name]) => pattern.test(name)).map(([id]) => id));
  return ({ watched: { upload } }) =>
    pattern.test(upload.name ?? '') ||
    pattern.test(upload.id) ||
    authors.has(upload.mainAuthor) ||
    pattern.test(upload.message ?? '') ||
    upload.errors.some((each) => pattern.test(each));
}
