import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, once, sharedText } from '../../src/nomad/shared-values.ts';

test('a text is what it was, however many others come, long or short', () => {
  for (let index = 0; index < 25_000; index += 1) assert.equal(once(`message ${index}`), `message ${index}`);
  const long = 'x'.repeat(5000);
  assert.equal(once(long), long);
  assert.equal(sharedText(undefined), null);
  assert.equal(sharedText(''), '');
});

test('lists without anything in them are one, and nobody can put anything into it', () => {
  assert.equal(listOf([]), listOf([]));
  assert.throws(() => (listOf([]) as string[]).push('x'), TypeError);
  assert.deepEqual(listOf(['x']), ['x']);
});
