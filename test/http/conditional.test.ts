// What has not changed is not sent again: ETag and If-None-Match (RFC 9110, 13.1.2), and what caches may do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSite } from '../support/site.ts';
import { allViews, statusView } from '../support/views.ts';

const ADDRESSES = ['/status', '/uploads', '/events', '/outbox', '/openapi.json'];

/** What If-None-Match says, with the tag in its place, and what is answered. */
const conditions: readonly (readonly [said: string, status: number])[] = [
  ['TAG', 304],
  ['*', 304],
  ['"other", TAG', 304],
  ['TAG,"other"', 304],
  ['"a,b" , W/"c", TAG', 304],
  ['"other"', 200],
  ['W/"other"', 200],
  ['""', 200],
  ['', 200],
  ['nonsense', 200],
  ['"*"', 200],
];
for (const [said, status] of conditions) {
  test(`If-None-Match: ${said} is answered with ${status}`, async (context) => {
    const url = await startSite(context);
    const first = await fetch(`${url}/api/v1/status`);
    const tag = first.headers.get('etag') ?? '';
    assert.match(tag, /^W\/"[0-9a-f]{40}"$/);
    for (const each of [tag, tag.replace('W/', '')]) {
      for (const method of ['GET', 'HEAD']) {
        const headers = { 'if-none-match': said.replace('TAG', each) };
        const answer = await fetch(`${url}/api/v1/status`, { method, headers });
        assert.equal(answer.status, status, `${method} ${each}`);
        assert.equal(answer.headers.get('etag'), tag);
        assert.equal((await answer.text()) === '', status === 304 || method === 'HEAD');
      }
    }
  });
}

test('the tag is of what is said, not of how it is packed; it changes with it', async (context) => {
  const state = { uploads: 1 };
  const problem = 'NOMAD does not answer. '.repeat(100);
  const views = allViews({
    status: async () => statusView({ ...state, failing: { since: 0, problem, isLong: false } }),
  });
  const url = await startSite(context, { views });
  const tag = async (encoding: string) => {
    const answer = await fetch(`${url}/api/v1/status`, { headers: { 'accept-encoding': encoding } });
    await answer.text();
    return [answer.headers.get('etag'), answer.headers.get('content-encoding')];
  };
  const [plain] = await tag('identity');
  assert.deepEqual(await tag('gzip'), [plain, 'gzip']);
  state.uploads = 2;
  assert.notEqual((await tag('identity'))[0], plain);
});

test('each answer may be kept by whoever asked, and by nobody between; what went wrong by nobody at all', async (context) => {
  const url = await startSite(context);
  const caching = ({ headers }: Response) => [headers.get('cache-control'), headers.get('vary'), headers.has('etag')];
  for (const path of ADDRESSES) {
    const answer = await fetch(`${url}/api/v1${path}`);
    assert.deepEqual(caching(answer), ['private, no-cache', 'Accept-Encoding', true], path);
    const again = await fetch(`${url}/api/v1${path}`, { headers: { 'if-none-match': '*' } });
    assert.equal(again.status, 304);
    assert.deepEqual(caching(again), ['private, no-cache', 'Accept-Encoding', true], path);
  }
  for (const path of ['/uploads/none', '/none', '/events?since=soon']) {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { 'if-none-match': '*' } });
    assert.ok(answer.status >= 400);
    assert.deepEqual([answer.headers.get('cache-control'), answer.headers.has('etag')], ['no-store', false], path);
  }
});
