// The one line of `systemctl status`: what it tells in which case, and that nobody from outside writes into it what is not text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { type AccountStatus, type StatusFacts, statusLine } from '../../../src/domain/message/status-line.ts';
import { T0, progressed, snapshot, watched } from '../../support/builders.ts';

const polled = snapshot([
  watched({ id: 'a', status: 'FAILURE' }),
  watched({ id: 'b' }),
  watched({ id: 'c', status: 'RUNNING' }, { progress: progressed({ stuck: true }) }),
]);
const failing = (problem: string) => ({ ...HEALTHY, failing: { since: T0, problem, told: false } });
const stall = { movedAt: T0, told: { since: T0, waiting: 2 } };
const refused = { ...HEALTHY, refused: { since: T0, polls: 1, told: true } };

const rows: readonly (readonly [string, Partial<AccountStatus & StatusFacts>, string])[] = [
  ['nothing polled yet', { health: null, snapshot: null }, 'the first poll is not finished yet; 0 messages wait'],
  ['a good poll', {}, 'polled 20 Nov, 10:00:00 UTC: 3 uploads, 1 failed, 1 stuck; 0 messages wait'],
  [
    'one of each',
    { snapshot: snapshot([watched()]), messages: 1 },
    'polled 20 Nov, 10:00:00 UTC: 1 upload, 0 failed, 0 stuck; 1 message waits',
  ],
  [
    'in a zone',
    { timeZone: 'Europe/Berlin' },
    'polled 20 Nov, 11:00:00 CET: 3 uploads, 1 failed, 1 stuck; 0 messages wait',
  ],
  [
    'NOMAD is away',
    { health: failing('listing: NOMAD answered 503'), messages: 2 },
    'no listing from NOMAD since 20 Nov, 10:00:00 UTC: listing: NOMAD answered 503; 2 messages wait',
  ],
  [
    'the login is refused',
    { health: refused, snapshot: null },
    'NOMAD has refused the login since 20 Nov, 10:00:00 UTC; 0 messages wait',
  ],
  [
    'nothing is processed',
    { health: { ...HEALTHY, stall } },
    'NOMAD has processed no uploads since 20 Nov, 10:00:00 UTC; 0 messages wait',
  ],
  [
    'nothing is processed any more, and it is away',
    { health: { ...failing('x'), stall } },
    'no listing from NOMAD since 20 Nov, 10:00:00 UTC: x; 0 messages wait',
  ],
  [
    'nothing stands still',
    { health: { ...HEALTHY, stall: { ...stall, told: null } }, snapshot: snapshot([]) },
    'polled 20 Nov, 10:00:00 UTC: 0 uploads, 0 failed, 0 stuck; 0 messages wait',
  ],
  [
    'a hostile answer',
    { health: failing('\u001b[2J a\nREADY=1\u202e b') },
    'no listing from NOMAD since 20 Nov, 10:00:00 UTC: [2J a READY=1 b; 0 messages wait',
  ],
];
for (const [what, { health = HEALTHY, snapshot: seen = polled, ...facts }, expected] of rows) {
  test(`${what}: ${expected}`, () => {
    const accounts = [{ health, snapshot: seen }];
    assert.equal(statusLine({ accounts, messages: 0, timeZone: 'UTC', ...facts }), expected);
  });
}

test('of several accounts: how many there are, how many cannot be seen, and their uploads together', () => {
  const all = { messages: 3, timeZone: 'UTC' };
  const good = { health: HEALTHY, snapshot: polled };
  const away = [
    { health: failing('x'), snapshot: polled },
    { health: refused, snapshot: null },
  ];
  assert.equal(
    statusLine({ ...all, accounts: [good, good, { health: null, snapshot: null }] }),
    '3 accounts: 6 uploads, 2 failed, 2 stuck; 3 messages wait',
  );
  assert.equal(
    statusLine({ ...all, accounts: [good, ...away] }),
    '3 accounts, 2 of them without a listing from NOMAD: 6 uploads, 2 failed, 2 stuck; 3 messages wait',
  );
});

test('an answer of any length takes no more than a line', () => {
  const line = statusLine({
    accounts: [{ health: failing('x'.repeat(5000)), snapshot: null }],
    messages: 0,
    timeZone: 'UTC',
  });
  assert.ok(line.length < 300, `${line.length} characters`);
});
