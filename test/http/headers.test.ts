// What stands on every answer, whatever its status and whoever made it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateNotWrittenError } from '../../src/store/store.ts';
import { askRaw, startSite } from '../support/site.ts';
import { NO_VIEWS, allViews } from '../support/views.ts';

/** What browsers send where they heed Cross-Origin-Opener-Policy. */
const BROWSER = 'Sec-Fetch-Site: none';
const get = (target: string, ...headers: readonly string[]) => [
  `GET ${target} HTTP/1.1`,
  'Host: localhost',
  BROWSER,
  ...headers,
  'Connection: close',
];
const right = 'Authorization: Bearer secret';
const requests: readonly (readonly [status: number, lines: readonly string[]])[] = [
  [200, get('/', right)],
  [200, get('/metrics', right)],
  [200, get('/assets/page.js', right)],
  [200, get('/feed.atom', right)],
  [200, get('/api/v1/outbox', right)],
  [200, get('/healthz')],
  [304, get('/api/v1/outbox', right, 'If-None-Match: *')],
  [400, get('/api/v1/events?since=soon', right)],
  [400, ['GET / HTTP/1.1', 'Host: a', 'Host: b', BROWSER, 'Connection: close']],
  [400, ['GET / HTTP/1.1', 'Host: a@b', 'Connection: close']],
  [400, ['nonsense']],
  [401, get('/metrics')],
  [401, get('/api/v1/status')],
  [403, ['GET /metrics HTTP/1.1', 'Host: localhost', 'Sec-Fetch-Site: cross-site', 'Connection: close']],
  [404, get('/none', right)],
  [404, get('/uploads/none', right)],
  [404, get('/api/v1/none', right)],
  [405, ['POST / HTTP/1.1', 'Host: localhost', BROWSER, 'Content-Length: 0', 'Connection: close']],
  [405, ['POST / HTTP/1.1', 'Host: localhost', BROWSER, 'Content-Length: 0', 'Expect: nonsense', 'Connection: close']],
  [413, ['POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked', '', `2;${'x'.repeat(20_000)}`]],
  [421, ['GET / HTTP/1.1', 'Host: evil.test', BROWSER, 'Connection: close']],
  [431, get('/', `X: ${'x'.repeat(20_000)}`)],
  [500, get('/api/v1/status', right)],
  [503, get('/readyz')],
  [503, get('/api/v1/outbox', right)],
];
for (const [expected, lines] of requests) {
  test(`${expected} to ${String(lines[0])}, ${String(lines.at(-2)).slice(0, 60)}`, async (context) => {
    const errors: unknown[] = [];
    const url = await startSite(context, {
      access: { token: 'secret', basic: null },
      views: allViews({
        outbox: () =>
          expected === 503
            ? Promise.reject(new StateNotWrittenError('database is locked: secret'))
            : NO_VIEWS.outbox(0, null, 1),
        ...(expected === 500 ? { status: () => Promise.reject(new Error('/var/lib/state.sqlite: secret words')) } : {}),
      }),
      notReady: async () => 'no poll yet',
      onError: (error) => errors.push(error),
    });
    const { status, headers, body } = await askRaw(url, lines);
    assert.equal(status, expected);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /base-uri 'none'; frame-ancestors 'none'$/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.ok(headers.has('cache-control'));
    for (const name of ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin']) {
      assert.ok(!headers.has(name), name);
    }
    assert.doesNotMatch(body, /sqlite|secret|\bat \S+:\d+/);
    assert.equal(errors.length, expected === 500 || (expected === 503 && lines.includes(right)) ? 1 : 0);
  });
}

test('where browsers do not heed Cross-Origin-Opener-Policy, and say so in their console, it is left out', async (context) => {
  const url = await startSite(context);
  const { headers } = await askRaw(url, ['GET / HTTP/1.1', 'Host: localhost', 'Connection: close']);
  assert.equal(headers.get('cross-origin-opener-policy'), undefined);
  assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
});

test('a state that cannot be read at this moment: come again', async (context) => {
  const refused = () => Promise.reject(new StateNotWrittenError('the database does not answer'));
  const url = await startSite(context, { views: allViews({ status: refused, feed: refused }) });
  for (const path of ['/', '/api/v1/status', '/feed.atom']) {
    const answer = await fetch(`${url}${path}`);
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '10'], path);
    assert.match(await answer.text(), /the state cannot be read right now/);
  }
});

test('what could not be answered is told as what it is: to programs as a problem, to people as a line', async (context) => {
  const status = () => Promise.reject(new Error('secret words'));
  const url = await startSite(context, { views: allViews({ status }) });
  const problem = await fetch(`${url}/api/v1/status`);
  assert.deepEqual(await problem.json(), {
    title: 'Internal Server Error',
    status: 500,
    detail: 'the request failed; see the log',
  });
  const page = await fetch(`${url}/`);
  assert.deepEqual([page.status, await page.text()], [500, 'the request failed; see the log\n']);
});
