// When a token is renewed, when a login may be tried, what a refusal is about.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  firstRenewalTime,
  isExpired,
  loginAllowedAt,
  nextRenewalTime,
  refusalOf,
  renewalTime,
} from '../../../src/domain/nomad/token-policy.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;

test('a token is renewed at about 80 % of its life', () => {
  const token = { obtainedAt: T0, expiresAt: T0 + 100_000 };
  assert.equal((renewalTime(token, 0) ?? 0) - T0, 77_000);
  assert.equal((renewalTime(token, 0.5) ?? 0) - T0, 80_000);
  assert.equal(renewalTime({ ...token, expiresAt: null }, 0), null);
  assert.equal(isExpired(token, T0 + 94_000), false);
  assert.equal(isExpired(token, T0 + 96_000), true);
});

test('a token that was given is tried 8 days before its end at the latest: time to warn when it cannot be renewed', () => {
  const days = (life: number) => {
    const token = { obtainedAt: T0, expiresAt: T0 + life * 24 * HOUR };
    return ((firstRenewalTime(token, 0.5) ?? 0) - T0) / (24 * HOUR);
  };
  assert.deepEqual([days(10), days(20), days(100)], [2, 12, 80]);
  assert.equal(firstRenewalTime({ obtainedAt: T0, expiresAt: null }, 0.5), null);
});

test('a renewal that failed is tried again in 5 minutes, sooner when the token ends soon, later when the server asks for it', () => {
  const minutes = (left: number | null, retryAfter: number | null) => {
    const expiresAt = left === null ? null : T0 + left * MINUTE;
    const next = nextRenewalTime({ obtainedAt: T0 - HOUR, expiresAt }, retryAfter, T0);
    return next === null ? null : (next - T0) / MINUTE;
  };
  assert.deepEqual([minutes(60, null), minutes(20, null), minutes(8, null)], [5, 5, 2]);
  assert.deepEqual([minutes(60, 30 * MINUTE), minutes(60, MINUTE)], [30, 5]);
  assert.equal(minutes(null, null), null);
});

test('a request is not begun with a token that ends within 5 s; one whose end is not to be seen is tried', () => {
  const token = { obtainedAt: T0, expiresAt: T0 + 5000 };
  assert.equal(isExpired(token, T0), false);
  assert.equal(isExpired(token, T0 + 1), true);
  assert.equal(isExpired({ ...token, expiresAt: null }, T0), false);
});

test('refused logins: ever longer waits, at most five an hour, a new process may try once more', () => {
  const minutes = (...ago: number[]) => ago.map((each) => T0 - each * MINUTE);
  const rows: readonly [string, readonly number[], number, number][] = [
    ['none so far', [], T0 - HOUR, T0],
    ['one just now', minutes(0), T0 - HOUR, T0 + MINUTE],
    ['two', minutes(3, 1), T0 - HOUR, T0 + 4 * MINUTE],
    ['three', minutes(9, 8, 1), T0 - HOUR, T0 + 9 * MINUTE],
    ['four', minutes(19, 18, 17, 1), T0 - HOUR, T0 + 19 * MINUTE],
    ['one an hour ago', minutes(60), T0 - 2 * HOUR, T0],
    ['one at the moment this process began', minutes(2), T0 - 2 * MINUTE, T0 - MINUTE],
    ['one in the future: the clock was set back', minutes(-1), T0 - HOUR, T0],
    ['five within the hour, of more', minutes(55, 50, 40, 30, 20, 10), T0 - 10 * HOUR, T0 + 10 * MINUTE],
    ['five within the hour', minutes(50, 40, 30, 20, 10), T0 - 10 * HOUR, T0 + 10 * MINUTE],
    ['five, but a new process: the hour counts', minutes(50, 40, 30, 20, 10), T0, T0 + 10 * MINUTE],
    ['one before this process began', minutes(2), T0 - MINUTE, T0],
    ['five, long ago', minutes(100, 90, 80, 70, 65), T0 - 10 * HOUR, T0],
  ];
  for (const [what, refusals, startedAt, expected] of rows)
    assert.equal(loginAllowedAt(refusals, startedAt, T0), expected, what);
});

test('never more than five refused logins in any hour, however often it is tried and restarted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 20 * MINUTE }), fc.boolean()), { maxLength: 200 }),
      (steps) => {
        const refusals: number[] = [];
        let [time, startedAt] = [T0, T0];
        for (const [pause, restart] of steps) {
          time += pause;
          if (restart) startedAt = time;
          if (loginAllowedAt(refusals, startedAt, time) <= time) refusals.push(time);
        }
        assert.ok(
          refusals.every((each) => refusals.filter((other) => other > each - HOUR && other <= each).length <= 5),
        );
      },
    ),
  );
});

test('what a 401 or 403 is about', () => {
  const rows: readonly [401 | 403, string, string][] = [
    [401, 'Authorization required.', 'token'],
    [401, 'Expired token.', 'token'],
    [401, 'Incorrect username or password', 'login'],
    [401, 'You do not have access to the specified upload.', 'upload'],
    [403, 'You do not have access to the specified upload.', 'upload'],
    [403, "Missing scopes: [<Scope.TOKENS_CREATE: 'tokens:create'>]", 'scope'],
    [401, 'You are not authorized to access this Oasis', 'account'],
    [401, 'You are logged in with an unknown user', 'account'],
    [403, '', 'account'],
    [403, 'User is unknown user 7', 'account'],
    [403, 'Incorrect username or password', 'login'],
    [401, 'Token: missing scopes', 'token'],
    [401, 'Not: incorrect username or password', 'token'],
    [401, 'Not: you do not have access to the specified upload', 'token'],
    [401, 'Not: you are not authorized to access this oasis', 'token'],
    [401, 'Missing scopes: [x]', 'scope'],
  ];
  for (const [status, detail, expected] of rows)
    assert.equal(refusalOf(status, detail), expected, `${status} ${detail}`);
});
