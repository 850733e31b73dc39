// Who may look, and how guessing is slowed down.
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
  const get = async (path: string, authorization?: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      headers: authorization === undefined ? {} : { authorization },
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

test('after ten wrong ones nothing is taken for the rest of the minute, not even what is right; what came without was no guess', async (context) => {
  const { get, time } = await serve(context, { token: 'secret-token', basic: null });
  for (let guess = 0; guess < 20; guess += 1) assert.equal((await get('/')).status, 401);
  for (let guess = 0; guess < 10; guess += 1) assert.equal((await get('/', `Bearer ${guess}`)).status, 401);
  time.now += 20_000;
  const refused = await get('/', 'Bearer secret-token');
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '40']);
  assert.equal((await get('/healthz')).status, 200);
  time.now += 40_000;
  assert.equal((await get('/', 'Bearer secret-token')).status, 200);
});

test('guesses are counted by address, forgotten after a minute, and never fill the memory; a clock set back frees', () => {
  const guesses = createGuesses();
  for (let guess = 0; guess < 10; guess += 1) guesses.add('a', T0 + guess);
  assert.deepEqual([guesses.wait('a', T0 + 9), guesses.wait('b', T0 + 9)], [MINUTE - 9, 0]);
  assert.equal(guesses.wait('a', T0 + MINUTE), 0);
  assert.equal(guesses.wait('a', T0 - 1), 0);
  for (let address = 0; address < 10_000; address += 1) guesses.add(`x${address}`, T0 + 10);
  assert.equal(guesses.wait('a', T0 + 11), 0);
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
  for (let guess = 0; guess < 10; guess += 1) guesses.add(`2001:db8:1:2::${guess.toString(16)}`, T0);
  assert.deepEqual([guesses.wait('2001:db8:1:2:ffff::1', T0), guesses.wait('2001:db8:1:3::1', T0)], [MINUTE, 0]);
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
