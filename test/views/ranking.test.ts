// The ranking that is kept from one look to the next is at each look what it would be if it were made anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SORTS } from '../../src/domain/report/sort.ts';
import { createRanking } from '../../src/views/ranking.ts';
import { T0, snapshot, watched } from '../support/builders.ts';

const NAMES = new Map([['ada', 'Ada Lovelace']]);

test('whatever comes, goes and changes between two looks', () => {
  const one = fc
    .record({
      id: fc.stringMatching(/^[a-e]$/),
      name: fc.constantFrom('batch-2', 'batch-10', null),
      status: fc.constantFrom('SUCCESS' as const, 'FAILURE' as const),
      entries: fc.nat(3),
      mainAuthor: fc.constantFrom('ada', 'grace'),
    })
    .map((each) => watched(each));
  const account = fc.uniqueArray(one, { selector: ({ upload }) => upload.id });
  const names = fc.constantFrom(NAMES, new Map([...NAMES, ['grace', 'A. Hopper']]));
  const look = fc.record({ uploads: account, names, sort: fc.constantFrom(...SORTS), isKept: fc.boolean() });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 6 }), (looks) => {
      const ranking = createRanking();
      let before = looks[0]?.uploads ?? [];
      for (const { uploads, names: called, sort, isKept } of looks) {
        // What is as it was is the very same value, as after a poll.
        before = isKept ? before : uploads;
        const seen = { snapshot: snapshot(before), names: called };
        const anew = createRanking();
        assert.deepEqual(ranking.sorted(seen, sort), anew.sorted(seen, sort));
        assert.deepEqual(ranking.counts(seen), anew.counts(seen));
      }
    }),
  );
});

test('what has not moved is not made again', () => {
  const ranking = createRanking();
  const uploads = [watched({ id: 'a' }), watched({ id: 'b' }, { statusSince: T0 - 1 })];
  const first = ranking.sorted({ snapshot: snapshot(uploads), names: NAMES }, 'worst');
  assert.equal(ranking.sorted({ snapshot: snapshot(uploads, { sequence: 8 }), names: new Map() }, 'worst'), first);
});
