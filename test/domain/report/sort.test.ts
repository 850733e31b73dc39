// The orders of the list: what comes first, and that an order made from an older one is the same as one made anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SORTS, type Sort, rankedCounts, inOrder, isAbout } from '../../../src/domain/report/sort.ts';
import { conditionsOf } from '../../../src/domain/report/conditions.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0, watched } from '../../support/builders.ts';

const NAMES = new Map([
  ['ada', 'Ada Lovelace'],
  ['x1', 'äneas'],
  ['grace', 'Grace Hopper'],
]);
const ALL: readonly TrackedUpload[] = [
  watched({ id: 'a', name: 'batch-10', mainAuthor: 'grace', entries: 1 }, { statusSince: T0 - MINUTE }),
  watched({ id: 'b', name: 'batch-2', mainAuthor: 'ada', entries: 30, published: true }, { statusSince: T0 }),
  watched(
    { id: 'c', name: 'Äpfel', mainAuthor: 'x1', entries: 2, status: 'FAILURE' },
    { statusSince: T0 - 9 * MINUTE },
  ),
  watched({ id: 'd', name: null, mainAuthor: 'unknown', entries: 2 }, { statusSince: T0 - 2 * MINUTE }),
];
const ranked = (uploads: readonly TrackedUpload[]) =>
  new Map(uploads.map((each) => [each.upload.id, { watched: each, conditions: conditionsOf(each) }]));
const idsOf = (sort: Sort, uploads: readonly TrackedUpload[] = ALL, before: readonly string[] = []) =>
  inOrder(sort, ranked(uploads), NAMES, before).map(({ watched: { upload } }) => upload.id);

const expected: Readonly<Record<Sort, string>> = {
  worst: 'cbad',
  newest: 'badc',
  // Numbers as numbers, marks beside their letters, what has no name by its id.
  name: 'cbad',
  author: 'bcad',
  // As many entries: the worst first.
  entries: 'bcda',
};
for (const sort of SORTS) {
  test(`by ${sort}: ${expected[sort]}`, () => {
    assert.equal(idsOf(sort).join(''), expected[sort]);
  });
}

test('an order that is made from an older one is the one made anew, whatever came, went and moved', () => {
  const one = fc.record({
    id: fc.stringMatching(/^[a-e]$/),
    name: fc.constantFrom('batch-2', 'batch-10', null),
    status: fc.constantFrom('SUCCESS' as const, 'FAILURE' as const),
    entries: fc.nat(3),
    mainAuthor: fc.constantFrom('ada', 'grace'),
  });
  const account = fc.uniqueArray(one, { selector: ({ id }) => id });
  fc.assert(
    fc.property(account, account, fc.constantFrom(...SORTS), (before, after, sort) => {
      const older = idsOf(
        sort,
        before.map((each) => watched(each)),
      );
      const uploads = after.map((each) => watched(each));
      assert.deepEqual(idsOf(sort, uploads, older), idsOf(sort, uploads));
    }),
  );
});

test('how many are in which condition; one can be in several', () => {
  const counts = rankedCounts(ranked(ALL).values());
  assert.deepEqual(counts, { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 0, published: 1 });
});

test('words are found in name, id, author, message and errors, in whatever case, and mean only themselves', () => {
  const odd = watched({ id: 'E1', name: 'x', message: 'Parsing (1.5)', errors: ['KeyError'] });
  const found = (words: string) =>
    [...ranked([...ALL, odd]).values()]
      .filter(isAbout(words, NAMES))
      .map(({ watched: { upload } }) => upload.id)
      .join('');
  assert.deepEqual(['BATCH-1', 'e1', 'hopper', 'parsing (1.5)', 'keyerror'].map(found), ['a', 'E1', 'a', 'E1', 'E1']);
  assert.deepEqual(['äPFEL', '.*', '1x5', 'grace', '['].map(found), ['c', '', '', 'a', '']);
});
