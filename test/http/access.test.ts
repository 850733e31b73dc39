// Who may look, and how guessing is slowed down.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Access } from '../../src/http/access.ts';
import { createGuesses } from '../../src/http/guesses.ts';
import { startHttp } from '../../src/http/server.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { NO_PAGES } from '../support/views.ts';

async function serve(context: TestContext, access: Access) {
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
