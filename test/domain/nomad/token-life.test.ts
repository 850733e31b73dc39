// How long a token just obtained is used, when the clocks that are known agree and when they do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type NewToken, newTokenLife } from '../../../src/domain/nomad/token-life.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/text/durations.ts';
import { T0 } from '../../support/builders.ts';

/** The token is made at T0 by the clock that makes tokens. `ours`, `date`: how far our clock and that of the answers are ahead of it. */
function life(token: { promised?: number; exp?: number; iat?: true; ours?: number; date?: number }) {
  const { promised = null, exp, iat, ours = 0, date } = token;
  const given: NewToken = {
    promised,
    expiresAt: exp === undefined ? null : T0 + exp,
    issuedAt: iat === true ? T0 : null,
    date: date === undefined ? null : T0 + date,
    now: T0 + ours,
  };
  const { lasts, clocksDiffer } = newTokenLife(given);
  return [lasts, clocksDiffer];
}

const ROWS: readonly (readonly [string, Parameters<typeof life>[0], number | null, boolean])[] = [
  ['all clocks agree', { promised: DAY, exp: DAY, date: 0 }, DAY, false],
  ['its end is in whole seconds', { promised: DAY, exp: DAY - 999, date: 0 }, DAY - 999, false],
  ['our clock is ahead, Date is honest', { promised: DAY, exp: DAY, date: 0, ours: 2 * DAY }, DAY, false],
  ['our clock is behind, Date is honest', { promised: DAY, exp: DAY, date: 0, ours: -2 * DAY }, DAY, false],
  ['no Date, our clock is 2 days ahead', { promised: DAY, exp: DAY, ours: 2 * DAY }, DAY, true],
  ['no Date, our clock is 2 days behind', { promised: DAY, exp: DAY, ours: -2 * DAY }, DAY, false],
  ['Date is 2 days ahead of what makes tokens', { promised: DAY, exp: DAY, date: 2 * DAY }, DAY, true],
  ['Date is 2 days behind what makes tokens', { promised: DAY, exp: DAY, date: -2 * DAY }, DAY, false],
  ['10 minutes, 11 apart', { promised: 10 * MINUTE, exp: 10 * MINUTE, date: 11 * MINUTE }, 10 * MINUTE, true],
  ['10 minutes, 8 apart', { promised: 10 * MINUTE, exp: 10 * MINUTE, date: 8 * MINUTE }, 10 * MINUTE, true],
  ['10 minutes, 3 seconds left', { promised: 10 * MINUTE, exp: 3 * SECOND, date: 0 }, 10 * MINUTE, true],
  ['10 minutes, 2 apart', { promised: 10 * MINUTE, exp: 10 * MINUTE, date: 2 * MINUTE }, 8 * MINUTE, false],
  ['an end before it was made', { promised: HOUR, exp: -HOUR, date: 0 }, HOUR, true],
  ['an end of 0', { promised: HOUR, exp: -T0, date: 0 }, HOUR, true],
  ['less than asked for', { promised: DAY, exp: 20 * HOUR, date: 0 }, 20 * HOUR, false],
  ['more than asked for', { promised: HOUR, exp: DAY, date: 0 }, HOUR, false],
  ['shows no end', { promised: HOUR, date: 0 }, HOUR, false],
  ['promised a second only', { promised: SECOND, exp: SECOND, date: 0 }, MINUTE, false],
  ['promised too much for a date', { promised: 1e300 }, null, false],
  ['nothing was promised: its own end', { exp: 5 * MINUTE, date: 0 }, 5 * MINUTE, false],
  ['nothing promised, an end in the past', { exp: -MINUTE, date: 0 }, null, true],
  ['nothing promised, it says when it was made', { exp: 5 * MINUTE, iat: true, date: 2 * DAY }, 5 * MINUTE, true],
  ['nothing promised, made, clock behind', { exp: 5 * MINUTE, iat: true, date: -2 * DAY }, 5 * MINUTE, false],
  ['nothing promised, no end', { date: 0 }, null, false],
  ['nothing promised, an end no date can hold', { exp: 1e300, date: 0 }, null, false],
];
for (const [what, token, lasts, clocksDiffer] of ROWS) {
  test(`a new token: ${what}`, () => {
    assert.deepEqual(life(token), [lasts, clocksDiffer]);
  });
}

test('whatever the clocks say, a new token is used for a minute at least, and no longer than was promised', () => {
  const time = fc.option(fc.double({ noNaN: true, min: -1e13, max: 1e13 }), { nil: null });
  const promised = fc.double({ noNaN: true, min: MINUTE, max: 30 * DAY });
  fc.assert(
    fc.property(promised, time, time, time, (asked, expiresAt, issuedAt, date) => {
      const { lasts } = newTokenLife({ promised: asked, expiresAt, issuedAt, date, now: T0 });
      assert.ok(lasts !== null && lasts >= Math.max(MINUTE, asked / 2) && lasts <= asked);
    }),
  );
});
