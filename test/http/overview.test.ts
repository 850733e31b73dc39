// What the page of all accounts says first, and in which order it lists them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY, type Health } from '../../src/domain/nomad/health.ts';
import { overviewPage } from '../../src/http/pages/overview.ts';
import { type AccountFacts, overviewView } from '../../src/views/overview.ts';
import { T0, snapshot, watched } from '../support/builders.ts';
import { statusView } from '../support/views.ts';

const NOTHING = statusView().counts;
const failed = snapshot([watched({ id: 'u1', status: 'FAILURE', mainAuthor: 'ada' })]);
const account = (name: string, more: Partial<AccountFacts> = {}): AccountFacts => ({
  name,
  deployment: 'https://nomad.example/api/v1',
  health: HEALTHY,
  snapshot: snapshot([]),
  names: new Map(),
  counts: NOTHING,
  ...more,
});
const withHealth = (name: string, health: Partial<Health>) => account(name, { health: { ...HEALTHY, ...health } });
const refused = withHealth('refused', { refused: { since: T0, polls: 1, told: true } });
const away = withHealth('away', { failing: { since: T0, problem: 'x', told: true } });
const stalled = withHealth('stalled', { stall: { movedAt: T0, told: { since: T0, waiting: 2 } } });
const bad = account('bad', { snapshot: failed, counts: { ...NOTHING, failed: 1 } });
const fresh = account('fresh', { health: null, snapshot: null });

const rows: readonly (readonly [string, readonly AccountFacts[], string, RegExp])[] = [
  ['two that are well', [account('a'), account('b')], 'All is well', /2 accounts watched/],
  ['one that failed', [account('a'), bad], '1 failed', /2 accounts watched, with 1 upload in their lists/],
  ['an upload that two see counts once', [bad, { ...bad, name: 'other' }], '1 failed', /2 accounts watched/],
  [
    'a login that is refused',
    [account('a'), refused],
    '1 account cannot be watched',
    /Not seen: refused \(login refused\)/,
  ],
  ['a NOMAD that is away', [account('a'), away], '1 account cannot be watched', /Not seen: away \(unreachable\)/],
  [
    'a NOMAD that stands still is seen',
    [account('a'), stalled],
    'NOMAD is not processing uploads',
    /uploads of stalled\./,
  ],
  ['one of which nothing is known', [account('a'), fresh], '1 account not polled yet', /1 account not polled yet\./],
];
for (const [what, accounts, headline, line] of rows) {
  test(`${what}: ${headline}`, async () => {
    const text = String(await overviewPage({ ...overviewView(accounts), version: '0', now: T0, timeZone: 'UTC' }));
    assert.equal(/<h1>(.*)<\/h1>/.exec(text)?.[1], headline);
    assert.match(text, line);
  });
}

test('what cannot be seen comes first, then more of what is worst, whatever else there is', () => {
  const counts = (name: string, more: Partial<typeof NOTHING>) => account(name, { counts: { ...NOTHING, ...more } });
  const all = [counts('many stuck', { stuck: 1000 }), counts('failed', { failed: 1 }), account('well'), refused];
  assert.deepEqual(
    overviewView(all).accounts.map(({ name }) => name),
    ['refused', 'failed', 'many stuck', 'well'],
  );
});
