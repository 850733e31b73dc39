// What is told of NOMAD itself, word for word, and what is remembered of it from poll to poll: a table of single judgements.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Details } from '../../src/domain/event.ts';
import {
  type Contact,
  HEALTHY,
  type Health,
  type HealthInput,
  type TokenLife,
  judgeHealth,
  judgeWaiting,
  shiftHealth,
} from '../../src/domain/nomad/health.ts';
import { MINUTE, T0 } from '../support/builders.ts';

const DAY = 24 * 60 * MINUTE;
const ok: Contact = { ok: true, identity: { userId: 'ada', email: null } };
const down: Contact = { ok: false, problem: 'ECONNREFUSED', refused: null };
const wrong: Contact = { ok: false, problem: 'Incorrect username or password', refused: 'password' };
const dead: Contact = { ok: false, problem: 'NOMAD_TOKEN is expired', refused: 'token' };
const forEver: TokenLife = { expiresAt: null, renewable: true };

const input = (more: Partial<HealthInput>): HealthInput => ({
  contact: ok,
  token: forEver,
  isFirst: false,
  unreachableAfter: 10 * MINUTE,
  now: T0 + 10 * MINUTE,
  ...more,
});
const failing = { since: T0, problem: 'ECONNREFUSED', told: false };
const refused = { since: T0, polls: 1, told: true };
const ending: TokenLife = { expiresAt: T0 + 7 * DAY, renewable: false };
const told: readonly (readonly [string, Health, Partial<HealthInput>, string, Details])[] = [
  [
    'unreachable',
    { ...HEALTHY, failing },
    { contact: { ...down, problem: 'ETIMEDOUT' } },
    `nomad.unreachable ${T0}`,
    { since: T0, problem: 'ETIMEDOUT' },
  ],
  [
    'reachable',
    { ...HEALTHY, failing: { ...failing, told: true } },
    {},
    `nomad.reachable ${T0}`,
    { since: T0, problem: 'ECONNREFUSED' },
  ],
  [
    'a refused password',
    HEALTHY,
    { contact: wrong, now: T0 },
    `nomad.login_refused ${T0}`,
    { since: T0, problem: 'Incorrect username or password', what: 'password' },
  ],
  [
    'a refused token, since it was first refused',
    { ...HEALTHY, refused: { since: T0, polls: 2, told: false } },
    { contact: dead },
    `nomad.login_refused ${T0}`,
    { since: T0, problem: 'NOMAD_TOKEN is expired', what: 'token' },
  ],
  ['the login taken again', { ...HEALTHY, refused }, {}, `nomad.login_restored ${T0}`, { since: T0 }],
  [
    'a token that ends in 7 days',
    HEALTHY,
    { token: ending, now: T0 },
    `nomad.token_expiring ${T0 + 7 * DAY + 7}`,
    { expires: T0 + 7 * DAY, days: 7 },
  ],
  [
    'a token that ends in a day',
    HEALTHY,
    { token: ending, now: T0 + 6 * DAY },
    `nomad.token_expiring ${T0 + 7 * DAY + 1}`,
    { expires: T0 + 7 * DAY, days: 1 },
  ],
];
for (const [what, before, more, key, details] of told) {
  test(`what is told of ${what}`, () => {
    const given = input(more);
    const { found } = judgeHealth(before, given);
    const [kind] = key.split(' ');
    assert.deepEqual(found, [{ key, kind, time: given.now, upload: null, before: null, after: null, details }]);
  });
}

const identity = { userId: 'grace', email: 'grace@lab.example' };
const remembered: readonly (readonly [string, Health, Partial<HealthInput>, Partial<Health>])[] = [
  [
    'whose uploads they are, by the last login',
    { ...HEALTHY, identity },
    {},
    { identity: { userId: 'ada', email: null } },
  ],
  [
    'and while NOMAD is down, by the one before',
    { ...HEALTHY, identity },
    { contact: wrong, now: T0 },
    { identity, refused: { ...refused } },
  ],
  [
    'the newest problem, since the first failure',
    { ...HEALTHY, failing },
    { contact: down, now: T0 + 1 },
    { failing: { ...failing } },
  ],
  [
    'once told, the newest problem still',
    { ...HEALTHY, failing: { ...failing, told: true } },
    { contact: { ...down, problem: 'new' } },
    { failing: { since: T0, problem: 'new', told: true } },
  ],
  [
    'a failure that lies in the future begins now: our clock was set back',
    { ...HEALTHY, failing: { ...failing, since: T0 + DAY } },
    { contact: down, now: T0 },
    { failing },
  ],
  [
    'a restart within UNREACHABLE_AFTER takes nothing from its age',
    { ...HEALTHY, lookedAt: T0, failing },
    { contact: down, isFirst: true },
    { failing: { ...failing, told: true } },
  ],
  [
    'after a longer one it begins anew',
    { ...HEALTHY, lookedAt: T0 - 1, failing },
    { contact: down, isFirst: true },
    { failing: { ...failing, since: T0 + 10 * MINUTE } },
  ],
  [
    'refusals are counted',
    { ...HEALTHY, refused },
    { contact: dead },
    { refused: { since: T0, polls: 2, told: true } },
  ],
  [
    'while NOMAD fails otherwise, what was told of the login stays',
    { ...HEALTHY, refused },
    { contact: down, now: T0 },
    { failing, refused },
  ],
  [
    'and what was not told begins anew',
    { ...HEALTHY, refused: { ...refused, told: false } },
    { contact: down, now: T0 },
    { failing, refused: null },
  ],
];
for (const [what, before, more, expected] of remembered) {
  test(`remembered: ${what}`, () => {
    const given = input(more);
    const now = { ...HEALTHY, identity: given.contact.ok ? given.contact.identity : null, lookedAt: given.now };
    assert.deepEqual(judgeHealth(before, given).health, { ...now, ...expected });
  });
}

const warned = (days: number, expiresAt = T0 + 7 * DAY) => ({ expiresAt, days });
const warnings: readonly (readonly [string, Health['warned'], Partial<HealthInput>, Health['warned']])[] = [
  ['not before 7 days', null, { token: ending, now: T0 - 1 }, null],
  ['from 7 days', null, { token: ending, now: T0 }, warned(7)],
  ['not twice', warned(7), { token: ending, now: T0 + 6 * DAY - 1 }, warned(7)],
  ['again from 1 day', warned(7), { token: ending, now: T0 + 6 * DAY }, warned(1)],
  ['not of 7 days after 1 day, though the clock was set back', warned(1), { token: ending, now: T0 }, warned(1)],
  ['of another token anew', warned(1, T0), { token: ending, now: T0 }, warned(7)],
  ['not of one that has ended', null, { token: ending, now: T0 + 7 * DAY }, null],
  ['until the very end', null, { token: ending, now: T0 + 7 * DAY - 1 }, warned(1)],
  ['not of one that renews itself', warned(7), { token: { ...ending, renewable: true }, now: T0 }, warned(7)],
];
for (const [what, before, more, expected] of warnings) {
  test(`a token that ends is warned of ${what}`, () => {
    assert.deepEqual(judgeHealth({ ...HEALTHY, warned: before }, input(more)).health.warned, expected);
  });
}

test('a token that ends is not warned of before the first login: it may be that nobody can be notified', () => {
  const away = { contact: { ok: false, problem: 'ECONNREFUSED', refused: null }, token: ending, now: T0 } as const;
  const known = { ...HEALTHY, identity: { userId: 'ada', email: null } };
  assert.equal(judgeHealth(HEALTHY, input(away)).health.warned, null);
  assert.deepEqual(judgeHealth(known, input(away)).health.warned, warned(7));
});

test('while no poll is made nothing else is judged', () => {
  assert.deepEqual(judgeWaiting({ ...HEALTHY, warned: warned(7) }, 10 * MINUTE, T0), {
    health: { ...HEALTHY, warned: warned(7) },
    found: [],
  });
  const waited = judgeWaiting({ ...HEALTHY, failing, refused }, 10 * MINUTE, T0 + 9 * MINUTE);
  assert.deepEqual(waited, { health: { ...HEALTHY, failing, refused, lookedAt: T0 + 9 * MINUTE }, found: [] });
});

test('all that was measured by our clock moves along with it', () => {
  const health = { ...HEALTHY, failing, refused, lookedAt: T0, warned: warned(7) };
  assert.deepEqual(shiftHealth(health, 5), {
    ...health,
    failing: { ...failing, since: T0 + 5 },
    refused: { ...refused, since: T0 + 5 },
    lookedAt: T0 + 5,
  });
  assert.deepEqual(shiftHealth(HEALTHY, 5), { ...HEALTHY, lookedAt: 5 });
});
