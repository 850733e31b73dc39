// Who may look, and who guesses.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type TestContext, test } from 'node:test';
import { type AuthConfig, secretCheck } from '../../src/http/auth.ts';
import { createGuesses, networkOf } from '../../src/http/guess-limit.ts';
import { startHttp } from '../../src/http/server.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { NO_PAGES } from '../support/views.ts';

async function serve(context: TestContext, access: AuthConfig) {
  const time = { now: T0 };
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
    clock: () => time.now,
  });
  context.after(server.close);
  const get = async (path: string, authorization?: string, more: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      headers: authorization === undefined ? more : { authorization, ...more },
    });
    await answer.text();
    return answer;
  };
  return { time, get };
}
const GUARDED = [
  '/',
  '/uploads/u1',
  '/metrics',
  '/feed.atom',
  '/live',
  '/api/v1/status',
  '/api/v1/openapi.json',
  '/assets/page.css',
];
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test('without the token nothing is shown but whether it lives and is ready', async (context) => {
  const { get } = await serve(context, { token: 'secret-token', basic: null });
  for (const path of GUARDED) assert.equal((await get(path)).status, 401, path);
  assert.equal((await get('/')).headers.get('www-authenticate'), 'Bearer');
  assert.deepEqual([(await get('/healthz')).status, (await get('/readyz')).status], [200, 200]);
  assert.equal((await get('/metrics', 'Bearer secret-token')).status, 200);
});

test('name and password, or the token where both are set', async (context) => {
  const { get } = await serve(context, { token: 'secret-token', basic: { username: 'ada', password: 'p:w' } });
  const status = async (authorization?: string) => (await get('/', authorization)).status;
  assert.deepEqual(
    [
      await status(basic('ada:p:w')),
      await status('Bearer secret-token'),
      await status(basic('ada:pw')),
      await status('secret-token'),
    ],
    [200, 200, 401, 401],
  );
  assert.match((await get('/')).headers.get('www-authenticate') ?? '', /^Basic /);
});

test('ten different wrong ones in a minute, and no further wrong one is looked at; the right one always is, and who brings none is asked for it', async (context) => {
  const { get, time } = await serve(context, { token: 'secret-token', basic: null });
  for (let guess = 0; guess < 20; guess += 1) assert.equal((await get('/')).status, 401);
  for (let guess = 0; guess < 10; guess += 1) assert.equal((await get('/', `Bearer ${guess}`)).status, 401);
  time.now += 20_000;
  const refused = await get('/', 'Bearer another');
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '40']);
  assert.equal((await get('/', 'Bearer secret-token')).status, 200);
  assert.equal((await get('/')).status, 401);
  assert.equal((await get('/healthz')).status, 200);
  time.now += 40_000;
  assert.equal((await get('/', 'Bearer another')).status, 401);
});

test('a scraper with an old password beside one with the right one: each gets the same answer all the time', async (context) => {
  const { get, time } = await serve(context, { token: null, basic: { username: 'prometheus', password: 'new' } });
  for (let scrape = 0; scrape < 60; scrape += 1) {
    assert.equal((await get('/metrics', basic('prometheus:old'))).status, 401);
    assert.equal((await get('/metrics', basic('prometheus:new'))).status, 200);
    time.now += 5000;
  }
});

test('guesses are counted by address, forgotten after a minute, and never fill the memory; a clock set back frees', () => {
  const guesses = createGuesses();
  for (let guess = 0; guess < 10; guess += 1) assert.equal(guesses.add('a', `g${guess}`, T0 + guess), 0);
  assert.deepEqual([guesses.add('a', 'x', T0 + 9), guesses.add('b', 'x', T0 + 9)], [MINUTE - 9, 0]);
  assert.equal(guesses.add('a', 'g3', T0 + 9), 0, 'it came before');
  assert.equal(guesses.add('a', 'x', T0 + MINUTE), 0);
  const full = createGuesses();
  const fill = () => {
    for (let guess = 0; guess < 10; guess += 1) full.add('a', `g${guess}`, T0);
  };
  fill();
  assert.equal(full.add('a', 'x', T0 - 1), 0);
  fill();
  for (let address = 0; address < 10_000; address += 1) full.add(`x${address}`, 'x', T0);
  assert.equal(full.add('a', 'x', T0), 0);
});

test('behind a proxy each client has its own guesses, by what the proxy adds and not by what the client says', async (context) => {
  const { get } = await serve(context, { token: 'secret-token', basic: null });
  const wrong = (guess: string, forwardedFor: string) =>
    get('/', `Bearer ${guess}`, { 'x-forwarded-for': forwardedFor });
  for (let guess = 0; guess < 10; guess += 1) await wrong(`${guess}`, `198.51.100.${guess}, 192.0.2.7`);
  assert.equal((await wrong('x', '203.0.113.1, 192.0.2.7')).status, 429);
  assert.equal((await wrong('x', '192.0.2.8')).status, 401);
});

const networks: readonly (readonly [address: string, network: string])[] = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
];
for (const [address, network] of networks) {
  test(`guesses from "${address}" count for "${network}"`, () => {
    assert.equal(networkOf(address), network);
  });
}

test('a machine that guesses from all over its /64 is one', () => {
  const guesses = createGuesses();
  for (let guess = 0; guess < 10; guess += 1) guesses.add(`2001:db8:1:2::${guess.toString(16)}`, `g${guess}`, T0);
  assert.deepEqual(
    [guesses.add('2001:db8:1:2:ffff::1', 'x', T0), guesses.add('2001:db8:1:3::1', 'x', T0)],
    [MINUTE, 0],
  );
});

test('whatever comes, each secret that there is is compared, digests of equal length, by a function in constant time', (context) => {
  const compared = context.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const isRight = secretCheck({ token: 'secret-token', basic: { username: 'ada', password: 'secret' } });
  const given = [
    '',
    'Bearer',
    'Bearer s',
    'Bearer secret-token',
    'Basic x',
    basic('ada:secret'),
    'x'.repeat(100_000),
    '\u00e4',
  ];
  const right = given.filter((each) => {
    compared.mock.resetCalls();
    const answer = isRight(each);
    const lengths = compared.mock.calls.map(({ arguments: sides }) => sides.map(({ byteLength }) => byteLength));
    assert.deepEqual(lengths, [
      [32, 32],
      [32, 32],
    ]);
    return answer;
  });
  assert.deepEqual(right, ['Bearer secret-token', basic('ada:secret')]);
});
