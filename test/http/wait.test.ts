// Questions that stay open until the processing of an upload has ended: what answers them, what ends them, and their bounds.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createChanges } from '../../src/http/server-sent-events.ts';
import { startHttp } from '../../src/http/server.ts';
import type { UploadSight, UploadView } from '../../src/views/views.ts';
import { T0, inspected, watched } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { startSite } from '../support/site.ts';
import { NO_PAGES, allViews, oneAccount } from '../support/views.ts';

const VIEW: UploadView = { id: 'u1', row: null, warnings: [], advice: null, events: [], receipts: [], report: null };
const good = watched({}, { inspection: inspected() });
const atWork = watched({ status: 'PENDING', message: 'Parsing level 0' });
const failed = watched({ status: 'FAILURE', errors: ['KeyError: x'] });
const BEFORE: UploadSight = { watched: atWork, gone: null, sequence: 7, polledAt: T0 - 1, wholeAt: T0 - 1, total: 3 };
const NOW = { polledAt: T0, wholeAt: T0 };

/** A monitor whose polls are those that the test makes. */
function monitor(first: Partial<UploadSight> = {}, view: UploadView | null = VIEW) {
  const changes = createChanges();
  let sight: UploadSight = { ...BEFORE, ...first };
  let looks = 0;
  const views = allViews({
    upload: async () => view,
    sight: async () => {
      looks += 1;
      return sight;
    },
  });
  return {
    parts: { ...NO_PAGES, accounts: oneAccount(views, changes) },
    looked: (times: number) => eventually('a look', () => (looks >= times ? true : undefined)),
    poll(next: Partial<UploadSight>) {
      sight = { ...sight, ...NOW, sequence: sight.sequence + 1, ...next };
      changes.notify();
    },
  };
}

const ASK = '/api/v1/uploads/u1?until=ended&for=10m';
type Answer = { readonly outcome: Readonly<Record<string, unknown>>; readonly detail?: string };

async function ask(url: string, path = ASK, init: RequestInit = {}): Promise<readonly [status: number, body: Answer]> {
  const answer = await fetch(`${url}${path}`, init);
  return [answer.status, (await answer.json()) as Answer];
}

const ended = (result: string, reason: string | null = null) => ({ ended: true, result, reason, waits_for: null });
const open = (waits_for: string) => ({ ended: false, result: null, reason: null, waits_for });

const ENDS: readonly (readonly [
  what: string,
  first: Partial<UploadSight>,
  polls: readonly Partial<UploadSight>[],
  outcome: object,
])[] = [
  ['good', {}, [{}, { watched: good }], ended('good')],
  ['failed', {}, [{ watched: failed }], ended('failed', 'KeyError: x')],
  [
    'failed since the poll before, which said good',
    { watched: good },
    [{ watched: failed }],
    ended('failed', 'KeyError: x'),
  ],
  ['deleted', {}, [{ watched: null, gone: 'deleted' }], ended('deleted', 'it was deleted')],
  [
    'reset',
    {},
    [{ watched: watched({ status: 'READY', process: null }) }],
    ended('reset', 'an administrator reset it: nothing is processed'),
  ],
  ['its entries are asked about later', {}, [{ watched: watched() }, { watched: good }], ended('good')],
  ['not known before', { watched: null }, [{ watched: good }], ended('good')],
  [
    'of a large account an end that was seen to come',
    { total: 2000 },
    [{ watched: good, wholeAt: null }],
    ended('good'),
  ],
  [
    'of a large account one that rests, at the next sweep',
    { total: 2000, watched: good },
    [{ wholeAt: null }, { watched: failed }],
    ended('failed', 'KeyError: x'),
  ],
  [
    'by the number of the poll, where the clocks do not agree',
    {},
    [{ watched: good, polledAt: 0 }, { polledAt: 0 }],
    ended('good'),
  ],
];

for (const [what, first, polls, outcome] of ENDS) {
  test(`it stays open until the end: ${what}`, async (context) => {
    const { parts, looked, poll } = monitor(first);
    const url = await startSite(context, parts);
    const answer = ask(url);
    for (const [index, next] of polls.entries()) {
      await looked(index + 1);
      poll(next);
    }
    assert.deepEqual(await answer.then(([status, body]) => [status, body.outcome]), [200, outcome]);
  });
}

test('what has ended is answered at once, as of a poll that began later', async (context) => {
  const url = await startSite(context, monitor({ watched: good, ...NOW }).parts);
  assert.deepEqual((await ask(url))[1].outcome, ended('good'));
});

test('the time is up: it says what is missing; what is older than the question never counts', async (context) => {
  const rows = [
    [{ ...NOW }, open('end')],
    [{ watched: good }, open('poll')],
    [{ watched: watched({ status: 'READY', process: null }), ...NOW }, open('begin')],
    [{ watched: watched(), ...NOW }, open('entries')],
    [{ watched: { ...good, absence: { askAt: 0 } }, ...NOW }, open('poll')],
  ] as const;
  for (const [first, outcome] of rows) {
    const url = await startSite(context, monitor(first).parts);
    assert.deepEqual((await ask(url, '/api/v1/uploads/u1?until=ended&for=1s'))[1].outcome, outcome);
  }
});

test('without until: how it was at the last poll, at once', async (context) => {
  const url = await startSite(context, monitor({ watched: failed }).parts);
  assert.deepEqual((await ask(url, '/api/v1/uploads/u1'))[1].outcome, ended('failed', 'KeyError: x'));
});

test('an id that nobody knows: 404, after a poll that began later', async (context) => {
  const { parts, looked, poll } = monitor({ watched: null }, null);
  const url = await startSite(context, parts);
  const answer = ask(url);
  await looked(1);
  poll({});
  assert.deepEqual(await answer.then(([status, { detail }]) => [status, detail]), [
    404,
    'nothing is known about upload u1',
  ]);
});

test('what is wrong with the question', async (context) => {
  const url = await startSite(context, monitor().parts);
  const rows = [
    ['until=end', /^until: /],
    ['until=ended&for=11m', /^for: write how long to wait, from 1s to 10m, for example 60s$/],
    ['until=ended&for=0s', /^for: write how long to wait/],
    ['until=ended&for=601s', /^for: write how long to wait/],
    ['until=ended&fro=60s', /^there is no parameter "fro" here/],
  ] as const;
  for (const [query, detail] of rows) {
    const [status, body] = await ask(url, `/api/v1/uploads/u1?${query}`);
    assert.equal(status, 400, query);
    assert.match(body.detail ?? '', detail);
  }
});

test('HEAD does not wait; a tag that still holds is answered with 304, at the end', async (context) => {
  const { parts, looked, poll } = monitor();
  const url = await startSite(context, parts);
  const head = await fetch(`${url}${ASK}`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  const first = await fetch(`${url}/api/v1/uploads/u1?until=ended&for=1s`);
  await first.text();
  const tag = first.headers.get('etag') ?? '';
  const headers = { 'if-none-match': tag };
  poll({});
  const again = await fetch(`${url}/api/v1/uploads/u1?until=ended&for=1s`, { headers });
  assert.equal(again.headers.get('cache-control'), 'private, no-cache');
  // What kept it open was another: no poll had looked at it.
  assert.deepEqual([again.status, ((await again.json()) as Answer).outcome], [200, open('end')]);
  const same = await fetch(`${url}/api/v1/uploads/u1?until=ended&for=1s`, {
    headers: { 'if-none-match': again.headers.get('etag') ?? '' },
  });
  assert.equal(same.status, 304);
  const last = fetch(`${url}${ASK}`, { headers });
  await looked(8);
  poll({ watched: good });
  assert.equal((await last).status, 200);
});

test('it needs the same secret as everything else', async (context) => {
  const access = { token: 'a-t0ken-of-24-characters', basic: null };
  const url = await startSite(context, { ...monitor({ watched: good, ...NOW }).parts, access });
  assert.equal((await ask(url))[0], 401);
  assert.equal((await ask(url, ASK, { headers: { authorization: `Bearer ${access.token}` } }))[0], 200);
});

/** So many questions that stay open until they are let go. */
async function manyOpen(url: string, count: number, looked: (times: number) => Promise<unknown>) {
  const leaving = new AbortController();
  const asked = Array.from({ length: count }, () =>
    fetch(`${url}${ASK}`, { signal: leaving.signal }).catch(() => null),
  );
  await looked(count);
  const leave = () => {
    leaving.abort();
  };
  return { leave, asked };
}

test('more than 50 are refused; who goes away makes room', async (context) => {
  const { parts, looked } = monitor();
  const url = await startSite(context, parts);
  const { leave, asked } = await manyOpen(url, 50, looked);
  const refused = await fetch(`${url}${ASK}`);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
  assert.equal(((await refused.json()) as Answer).detail, '50 questions with until are open already');
  assert.equal((await fetch(`${url}/api/v1/uploads/u1`)).status, 200);
  leave();
  await Promise.all(asked);
  const short = `${url}/api/v1/uploads/u1?until=ended&for=1s`;
  await eventually('room', async () => ((await fetch(short)).status === 200 ? true : undefined));
});

test('when the server stops, they end', async (context: TestContext) => {
  const { parts, looked } = monitor();
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...parts,
  });
  context.after(server.close);
  const { asked } = await manyOpen(server.url, 3, looked);
  await server.close();
  assert.deepEqual(await Promise.all(asked), [null, null, null]);
});
