import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERY_LIFETIME, deliveryDelay, pollDelay } from '../../../src/domain/notify/backoff.ts';
import { MINUTE } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;

test('deliveries: 5 s, doubling to 1 h, spread by a fifth', () => {
  const middle = [1, 2, 3, 10, 11, 200].map((tries) => deliveryDelay(tries, 2 * HOUR, 0.5) / 1000);
  assert.deepEqual(middle, [5, 10, 20, 2560, 3600, 3600]);
  assert.equal(deliveryDelay(1, 0, 0), 4000);
  assert.equal(deliveryDelay(1, 0, 1), 6000);
});

test('tries that news brought about make no wait longer than the outage has been so far', () => {
  assert.equal(deliveryDelay(10, MINUTE, 0.5), 65_000);
});

test('a delivery is tried for three days', () => {
  assert.equal(DELIVERY_LIFETIME, 72 * HOUR);
});

test('a failing NOMAD is asked less and less, never before its own Retry-After', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 60].map((failures) => pollDelay(failures, null, 0.5) / 1000),
    [0, 30, 60, 120, 240, 300, 300],
  );
  assert.equal(pollDelay(1, 600_000, 0.5), 600_000);
  assert.equal(pollDelay(1, 1e12, 0.5), 24 * HOUR);
  assert.equal(pollDelay(3, 1000, 0.5), 60_000);
  assert.deepEqual([pollDelay(2, null, 0), pollDelay(2, null, 1)], [24_000, 36_000]);
});
