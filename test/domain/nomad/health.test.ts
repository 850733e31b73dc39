import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Contact,
  HEALTHY,
  type TokenLife,
  judgeHealth,
  judgeWaiting,
  shiftHealth,
} from '../../../src/domain/nomad/health.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

const DAY = 24 * 60 * MINUTE;
const ok: Contact = { ok: true, identity: { userId: 'ada', email: null } };
const down: Contact = { ok: false, problem: 'ECONNREFUSED', refused: null };
const wrong: Contact = { ok: false, problem: 'Incorrect username or password', refused: 'password' };
const dead: Contact = { ok: false, problem: 'NOMAD_TOKEN is expired', refused: 'token' };
const forEver: TokenLife = { expiresAt: null, renewable: true };

interface Look {
  /** Minutes. */
  readonly at: number;
  readonly is: Contact | 'waits';
  readonly isFirst?: true;
  readonly token?: TokenLife;
  readonly expect?: readonly string[];
}

const table: readonly { readonly what: string; readonly looks: readonly Look[] }[] = [
  {
    what: 'a good NOMAD is no news',
    looks: [
      { at: 0, is: ok, isFirst: true },
      { at: 1, is: ok },
    ],
  },
  {
    what: 'failing for UNREACHABLE_AFTER is told once, and the first good poll ends it',
    looks: [
      { at: 0, is: down, isFirst: true },
      { at: 9, is: down },
      { at: 10, is: down, expect: ['nomad.unreachable'] },
      { at: 99, is: down },
      { at: 100, is: ok, expect: ['nomad.reachable'] },
      { at: 101, is: down },
      { at: 111, is: down, expect: ['nomad.unreachable'] },
    ],
  },
  {
    what: 'a short failure is no news',
    looks: [
      { at: 0, is: down },
      { at: 9, is: ok },
      { at: 10, is: down },
    ],
  },
  {
    what: 'while NOMAD asked us to wait, the failure grows old all the same',
    looks: [
      { at: 0, is: down },
      { at: 9, is: 'waits' },
      { at: 10, is: 'waits', expect: ['nomad.unreachable'] },
      { at: 11, is: 'waits' },
    ],
  },
  {
    what: 'time that the monitor itself was away is not held against NOMAD',
    looks: [
      { at: 0, is: down },
      { at: 60, is: down, isFirst: true },
      { at: 69, is: down },
      { at: 70, is: down, expect: ['nomad.unreachable'] },
    ],
  },
  {
    what: 'what was told before a restart is not told again, and its end is',
    looks: [
      { at: 0, is: down },
      { at: 10, is: down, expect: ['nomad.unreachable'] },
      { at: 500, is: down, isFirst: true },
      { at: 501, is: ok, expect: ['nomad.reachable'] },
    ],
  },
  {
    what: 'polls further apart than UNREACHABLE_AFTER',
    looks: [
      { at: 0, is: down },
      { at: 60, is: down, expect: ['nomad.unreachable'] },
    ],
  },
  {
    what: 'a refused password is told at once and once; while NOMAD is down nothing is known of it',
    looks: [
      { at: 0, is: wrong, expect: ['nomad.login_refused'] },
      { at: 1, is: wrong },
      { at: 2, is: down },
      { at: 3, is: wrong },
      { at: 4, is: ok, expect: ['nomad.login_restored'] },
      { at: 5, is: wrong, expect: ['nomad.login_refused'] },
    ],
  },
  {
    what: 'a refused token is told when it is refused three times in a row: one of several workers may be wrong',
    looks: [
      { at: 0, is: dead },
      { at: 1, is: dead },
      { at: 2, is: ok },
      { at: 3, is: dead },
      { at: 4, is: dead },
      { at: 5, is: down },
      { at: 6, is: dead },
      { at: 7, is: dead },
      { at: 8, is: dead, expect: ['nomad.login_refused'] },
      { at: 9, is: ok, expect: ['nomad.login_restored'] },
    ],
  },
  {
    what: 'a NOMAD that refuses the login is there',
    looks: [
      { at: 0, is: down },
      { at: 10, is: down, expect: ['nomad.unreachable'] },
      { at: 11, is: wrong, expect: ['nomad.reachable', 'nomad.login_refused'] },
      { at: 30, is: wrong },
    ],
  },
  {
    what: 'a token that cannot be renewed is told of 7 days and 1 day before its end; another one anew',
    looks: [
      { at: 0, is: ok, token: { expiresAt: T0 + 8 * DAY, renewable: false } },
      { at: 1500, is: ok, token: { expiresAt: T0 + 8 * DAY, renewable: false }, expect: ['nomad.token_expiring'] },
      { at: 1501, is: ok, token: { expiresAt: T0 + 8 * DAY, renewable: false } },
      { at: 10_100, is: ok, token: { expiresAt: T0 + 8 * DAY, renewable: false }, expect: ['nomad.token_expiring'] },
      { at: 10_101, is: ok, isFirst: true, token: { expiresAt: T0 + 8 * DAY, renewable: false } },
      { at: 10_102, is: ok, token: { expiresAt: T0 + 9 * DAY, renewable: false }, expect: ['nomad.token_expiring'] },
    ],
  },
  {
    what: 'a token that renews itself, or whose end is not to be seen, is no news',
    looks: [
      { at: 0, is: ok, token: { expiresAt: T0 + DAY, renewable: true } },
      { at: 1, is: ok, token: { expiresAt: null, renewable: false } },
    ],
  },
];

for (const { what, looks } of table) {
  test(what, () => {
    let health = HEALTHY;
    const keys: string[] = [];
    for (const { at, is, isFirst, token, expect } of looks) {
      const now = T0 + at * MINUTE;
      const judged =
        is === 'waits'
          ? judgeWaiting(health, 10 * MINUTE, now)
          : judgeHealth(health, {
              contact: is,
              token: token ?? forEver,
              isFirst: isFirst === true,
              unreachableAfter: 10 * MINUTE,
              now,
            });
      assert.deepEqual(
        judged.found.map(({ kind }) => kind),
        expect ?? [],
        `at ${at}`,
      );
      keys.push(...judged.found.map(({ key }) => key));
      health = judged.health;
    }
    assert.equal(new Set(keys).size, keys.length, 'each has a key of its own');
  });
}

test('a clock that was set takes what it measured along', () => {
  const input = { contact: down, token: forEver, isFirst: false, unreachableAfter: 10 * MINUTE };
  const failing = judgeHealth(HEALTHY, { ...input, now: T0 }).health;
  const shifted = shiftHealth(failing, 2 * DAY);
  assert.deepEqual(judgeHealth(shifted, { ...input, now: T0 + 2 * DAY + MINUTE }).found, []);
  assert.equal(judgeHealth(shifted, { ...input, now: T0 + 2 * DAY + 10 * MINUTE }).found.length, 1);
});
