// The feed as feed readers need it: the same until something happens, its own address, an id for each account, a link for each entry.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { openSqliteReader } from '../../src/store/sqlite/reader.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createViews } from '../../src/views/queries.ts';
import { DAY, MINUTE } from '../../src/domain/text/durations.ts';
import { T0, event } from '../support/builders.ts';
import { askRaw, startSite } from '../support/site.ts';
import { tempDir } from '../support/temp.ts';

interface Options {
  readonly user?: string | null;
  readonly nomad?: string;
  readonly publicUrl?: string;
}

/** The feed over a real state, by a clock that the test sets; `find` is a poll that finds these. */
async function serve(
  context: TestContext,
  { user = 'ada', nomad = 'https://n.example/prod/v1/api/v1', publicUrl }: Options = {},
) {
  const stateDir = tempDir(context);
  const parsed = parseConfig(
    { NOMAD_URL: nomad, NOMAD_TOKEN: 'a-token', STATE_DIR: stateDir, TZ: 'UTC' },
    { scheduleProblem: () => null },
  );
  assert.ok('config' in parsed);
  const store = openSqliteStore(stateDir);
  const reader = openSqliteReader(stateDir);
  context.after(async () => {
    await reader.close();
    await store.close();
  });
  const time = { now: T0 };
  const views = createViews({
    config: parsed.config,
    version: '0.0.0',
    account: () => null,
    login: 'token 1234',
    reader,
    store,
    isLeading: () => true,
    last: () => null,
    nextPollAt: () => Number.POSITIVE_INFINITY,
    tokenExpiresAt: () => null,
    noRecipient: async () => null,
  });
  const url = await startSite(context, { views, clock: () => time.now, publicUrl: publicUrl ?? null });
  let polls = 0;
  const find = async (...events: readonly ReturnType<typeof event>[]) => {
    const { id: account } = await store.openAccount(nomad, user ?? 'token 1234', T0);
    await store.commitPoll({
      ...{ account, login: `${nomad} token 1234`, health: { ...HEALTHY, identity: { userId: user, email: null } } },
      ...{ comparedWith: polls === 0 ? null : polls, changed: [], removed: [], takenAt: time.now, now: time.now },
      ...{ events, notifications: [] },
    });
    polls += 1;
  };
  const get = async (headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const answer = await fetch(`${url}/feed.atom`, { headers, method });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { url, time, find, get };
}

const idOf = (text: string) => /<id>(.*?)<\/id>/.exec(text)?.[1] ?? '';
const selfOf = (text: string) => /rel="self"[^>]*href="([^"]*)"/.exec(text)?.[1] ?? '';
const updatedOf = (text: string) => /<updated>(.*?)<\/updated>/.exec(text)?.[1] ?? '';
const linksOf = (text: string) =>
  text
    .split('<entry>')
    .slice(1)
    .map((entry) => /rel="alternate" href="([^"]*)"/.exec(entry)?.[1]);

test('what has not changed is not sent again: by the tag, packed or not, whatever the time', async (context) => {
  const { get, find, time } = await serve(context);
  await find(
    event({
      id: 'e1',
      time: T0,
      upload: null,
      kind: 'nomad.unreachable',
      details: { since: T0, problem: 'x'.repeat(3000) },
    }),
  );
  const first = await get({ 'accept-encoding': 'identity' });
  const tag = first.headers.get('etag') ?? '';
  assert.match(tag, /^W\/"[0-9a-f]{40}"$/);
  const caching = ['private, no-cache', 'Accept-Encoding'];
  assert.deepEqual([first.headers.get('cache-control'), first.headers.get('vary')], caching);
  time.now = T0 + DAY;
  for (const encoding of ['identity', 'gzip']) {
    for (const said of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
      const again = await get({ 'if-none-match': said, 'accept-encoding': encoding });
      assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', tag], said);
    }
  }
  const packed = await get({ 'accept-encoding': 'gzip' });
  assert.deepEqual(
    [packed.headers.get('etag'), packed.headers.get('content-encoding'), packed.text],
    [tag, 'gzip', first.text],
  );
  assert.equal((await get({}, 'HEAD')).headers.get('etag'), tag);
  await find(event({ id: 'e2', time: time.now }));
  const changed = await get({ 'if-none-match': tag });
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.get('etag'), tag);
});

test('a feed without entries is the same each time: before the first poll, before the first event, after a month of quiet', async (context) => {
  const { get, find, time } = await serve(context);
  const steady = async () => {
    const before = await get();
    time.now += 7 * MINUTE;
    const after = await get({ 'if-none-match': before.headers.get('etag') ?? '' });
    assert.equal(after.status, 304);
    assert.doesNotMatch(before.text, /<entry>/);
    return updatedOf(before.text);
  };
  assert.equal(await steady(), '1970-01-01T00:00:00.000Z');
  await find();
  assert.equal(await steady(), '2026-11-20T10:00:00.000Z', 'when the account was met');
  const found = time.now;
  await find(event({ id: 'e1', time: found }));
  time.now = T0 + 40 * DAY;
  assert.equal(await steady(), new Date(found).toISOString(), 'when the last thing happened');
});

test('an id for each account, whatever the address of the monitor; the ids of entries are those of events', async (context) => {
  const other = 'https://oasis.example/nomad/api/v1';
  const ids: string[] = [];
  for (const options of [
    {},
    { publicUrl: 'https://m.example/n' },
    { user: 'grace' },
    { nomad: other },
    { user: null },
  ]) {
    const { get, find } = await serve(context, options);
    await find(event({ id: 'e1' }));
    const { text } = await get();
    assert.match(text, /<id>urn:nomad-upload-monitor:event:e1<\/id>/);
    ids.push(idOf(text));
  }
  assert.ok(ids.every((id) => /^urn:nomad-upload-monitor:feed:[0-9a-f]{32}$/.test(id)));
  assert.equal(ids[0], ids[1]);
  assert.equal(new Set(ids).size, 4);
});

test('rel=self is the address by which it is read', async (context) => {
  const named = await serve(context, { publicUrl: 'https://m.example/n' });
  assert.equal(selfOf((await named.get()).text), 'https://m.example/n/feed.atom');
  const { url, get } = await serve(context);
  assert.equal(selfOf((await get()).text), `${url}/feed.atom`);
  const raw = await askRaw(url, ['GET /feed.atom?x=secret HTTP/1.1', 'Host: localhost:9697', 'Connection: close']);
  assert.equal(selfOf(raw.body), 'http://localhost:9697/feed.atom');
});

test('each entry has a link: to its upload, else to the page, or to the list of uploads in NOMAD', async (context) => {
  const upload = { id: 'u1', name: 'x', link: 'https://n.example/u?a&b', author: 'ada', role: null } as const;
  for (const [publicUrl, all] of [
    ['https://m.example/n', 'https://m.example/n/'],
    [undefined, 'https://n.example/prod/v1/gui/user/uploads'],
  ] as const) {
    const { get, find } = await serve(context, { ...(publicUrl !== undefined && { publicUrl }) });
    await find(
      event({ id: 'e1', upload }),
      event({ id: 'e2', kind: 'nomad.reachable', upload: null, details: { since: T0, problem: 'x' } }),
      event({ id: 'e3', upload: { ...upload, link: 'javascript:x' } }),
    );
    const links = linksOf((await get()).text);
    assert.deepEqual(links.toSorted(), ['https://n.example/u?a&amp;b', all, all].toSorted());
  }
});
