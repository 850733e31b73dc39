import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerTime, retryAfterOf } from '../../../src/domain/text/retry-after.ts';

const DATE = Date.UTC(2026, 10, 29, 12);
for (const [header, date, expected] of [
  [undefined, DATE, null],
  ['120', null, 120_000],
  ['0', DATE, 0],
  ['Sun, 29 Nov 2026 12:05:00 GMT', DATE, 300_000],
  ['Sun, 29 Nov 2026 11:00:00 GMT', DATE, 0],
  ['Sun, 29 Nov 2026 12:05:00 GMT', null, null],
  ['-5', DATE, 0],
  ['soon', DATE, null],
  ['', DATE, null],
] as const)
  test(`Retry-After: ${header ?? 'absent'}, ${date === null ? 'without a Date' : 'with one'}`, () => {
    assert.equal(retryAfterOf(header, date), expected);
  });

test('a header that is a time, and one that is none', () => {
  assert.equal(headerTime('Sun, 29 Nov 2026 12:00:00 GMT'), DATE);
  assert.deepEqual([headerTime('tomorrow'), headerTime(undefined)], [null, null]);
});
