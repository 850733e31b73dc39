// Whether the clock was set: a jump is what it went beyond the time that passed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jumpBetween } from '../../../src/domain/nomad/clock-jump.ts';
import { T0 } from '../../support/builders.ts';

const rows: readonly (readonly [string, number, number, number])[] = [
  ['both went a minute', 60_000, 60_000, 0],
  ['a little steered ahead', 69_999, 60_000, 0],
  ['a little steered back', 50_001, 60_000, 0],
  ['set ahead by just enough', 70_000, 60_000, 10_000],
  ['set back by just enough', 50_000, 60_000, -10_000],
  ['an hour ahead', 3_660_000, 60_000, 3_600_000],
  ['an hour back', -3_540_000, 60_000, -3_600_000],
  ['slept for an hour: only the clock went on', 3_600_000, 0, 3_600_000],
];

for (const [what, clock, passed, jump] of rows) {
  test(`clock: ${what}`, () => {
    assert.equal(jumpBetween({ now: T0, monotonic: 500 }, { now: T0 + clock, monotonic: 500 + passed }), jump);
  });
}
