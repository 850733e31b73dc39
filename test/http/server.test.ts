import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHttp } from '../../src/http/server.ts';
import { NO_PAGES } from '../support/views.ts';

test('a loop that does not move is named; a state that cannot be written is not ready', async (context) => {
  const state: { stuck: readonly string[]; reason: string | null } = { stuck: [], reason: null };
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => state.stuck,
    notReady: async () => state.reason,
    ...NO_PAGES,
  });
  context.after(server.close);
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  assert.deepEqual([await get('/healthz'), await get('/readyz')], ['200 ok', '200 ok']);
  state.stuck = ['poll', 'relay'];
  state.reason = 'the state cannot be written: disk full';
  assert.deepEqual(
    [await get('/healthz'), await get('/readyz')],
    ['503 does not move: poll, relay', '503 the state cannot be written: disk full'],
  );
});

test('a taken port is told by its code', async (context) => {
  const options = {
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: null, basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
  };
  const first = await startHttp(options);
  context.after(first.close);
  await assert.rejects(startHttp({ ...options, port: Number(new URL(first.url).port) }), { code: 'EADDRINUSE' });
});

test('metrics are compressed for those who want it, in both forms, and for nobody else', async (context) => {
  const body = 'series{upload_id="u1"} 1\n'.repeat(1000);
  for (const contentType of ['text/plain; version=0.0.4', 'application/openmetrics-text; version=1.0.0']) {
    const server = await startHttp({
      host: '127.0.0.1',
      port: 0,
      isLoopback: true,
      access: { token: null, basic: null },
      metrics: async () => ({ contentType, body }),
      stuckLoops: () => [],
      notReady: async () => null,
      ...NO_PAGES,
    });
    context.after(server.close);
    for (const [wanted, encoding] of [
      ['gzip', 'gzip'],
      ['br, gzip;q=0.5', 'gzip'],
      ['identity', null],
      ['gzip;q=0', null],
    ] as const) {
      const answer = await fetch(`${server.url}/metrics`, { headers: { 'accept-encoding': wanted } });
      assert.equal(answer.headers.get('content-encoding'), encoding, `${contentType} for ${wanted}`);
      assert.match(answer.headers.get('vary') ?? '', /accept-encoding/i);
      assert.equal(await answer.text(), body);
    }
  }
});

test('where a token is set it is asked for on loopback too; what is refused tells nothing', async (context) => {
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    isLoopback: true,
    access: { token: 'let-me-in', basic: null },
    metrics: async () => ({ contentType: 'text/plain', body: 'series' }),
    stuckLoops: () => [],
    notReady: async () => null,
    ...NO_PAGES,
  });
  context.after(server.close);
  const get = async (path: string, authorization = '') => {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization } });
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none';.* frame-ancestors 'none'$/);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  const refused = '401 access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD';
  assert.equal(await get('/metrics', 'Bearer let-me-in'), '200 series');
  for (const given of ['', 'Bearer let-me-i', 'Bearer let-me-in2', 'let-me-in'])
    assert.equal(await get('/metrics', given), refused);
  assert.deepEqual([await get('/'), await get('/missing')], [refused, refused]);
});
