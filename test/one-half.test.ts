// All test files that `npm test` does not name itself (package.json) and that start no programs, in two processes for two cores: this, and the other half.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTogether, elsewhere, halves, testFiles } from './support/together.ts';

const [one, other] = halves();

defineTogether(one);

test('each file is run once, most of them in a half', () => {
  const all = testFiles(['test/**/*.test.ts']);
  assert.deepEqual([...one, ...other, ...elsewhere()].toSorted(), all);
  assert.ok(one.length + other.length > elsewhere().length);
});

test('npm test names both halves', () => {
  for (const file of ['test/one-half.test.ts', 'test/other-half.test.ts']) assert.ok(elsewhere().includes(file), file);
});
