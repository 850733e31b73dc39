// Two remembered uploads are the same when nothing in them differs: else a poll would write rows without news, or miss some.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sameWatched } from '../../../src/domain/diff/same.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { T0, inspected, progressed, watched } from '../../support/builders.ts';

const counts = { text: '1 2 3', since: T0, askedAt: T0 };
const progress = progressed({ signature: 's', counts });
const inspection = inspected();
const known = watched({ errors: ['a', 'b'] }, { progress, inspection });

const rows: readonly (readonly [string, TrackedUpload | undefined, boolean])[] = [
  ['itself', known, true],
  ['one that says the same', structuredClone(known), true],
  ['none', undefined, false],
  ['one with another name', watched({ errors: ['a', 'b'], name: 'x' }, { progress, inspection }), false],
  ['one without a name', watched({ errors: ['a', 'b'], name: null }, { progress, inspection }), false],
  ['one with an error less', watched({ errors: ['a'] }, { progress, inspection }), false],
  ['one with its errors in another order', watched({ errors: ['b', 'a'] }, { progress, inspection }), false],
  ['one that has no progress', watched({ errors: ['a', 'b'] }, { inspection }), false],
  ['one stuck', { ...known, progress: { ...progress, stuck: true } }, false],
  ['one whose counts moved', { ...known, progress: { ...progress, counts: { ...counts, since: 0 } } }, false],
];
for (const [what, other, expected] of rows) {
  test(`a remembered upload and ${what}: ${expected ? '' : 'not '}the same`, () => {
    assert.equal(sameWatched(other, known), expected);
    if (other !== undefined) assert.equal(sameWatched(known, other), expected);
  });
}

test('the same is what the two say in JSON', () => {
  const memory = fc.record({
    changedAt: fc.option(fc.nat(1)),
    absence: fc.option(fc.record({ askAt: fc.nat(1) })),
    progress: fc.option(fc.constantFrom(progress, { ...progress, counts: null })),
  });
  const any = fc.tuple(fc.record({ errors: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }) }), memory);
  fc.assert(
    fc.property(any, any, (a, b) => {
      const [left, right] = [watched(...a), watched(...b)];
      const isEqual = JSON.stringify(left) === JSON.stringify(right);
      assert.equal(sameWatched(left, right), isEqual);
    }),
  );
});
