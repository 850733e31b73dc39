// Nothing can be changed: every route that the site has, asked with every method that there is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METHODS } from 'node:http';
import { OWN_PATHS } from '../../src/config/http-settings.ts';
import { allRoutes, askRaw, startSite } from '../support/site.ts';
import { allViews } from '../support/views.ts';

const { site, accounts } = allRoutes();
const routes = [...site, ...accounts];
/** What stands before all of them has no address of its own. */
const PATHS = [...new Set(routes.map(({ path }) => path))].filter((path) => !path.endsWith('*')).sort();

test('these are the addresses', () => {
  assert.deepEqual(PATHS, [
    '/',
    '/api/v1/accounts',
    '/api/v1/events',
    '/api/v1/openapi.json',
    '/api/v1/outbox',
    '/api/v1/status',
    '/api/v1/uploads',
    '/api/v1/uploads/:upload_id',
    '/assets/icon.svg',
    '/assets/page.css',
    '/assets/page.js',
    '/feed.atom',
    '/healthz',
    '/live',
    '/metrics',
    '/readyz',
    '/uploads/:id',
  ]);
});

test('each is known as ours to who reads the public address', () => {
  const isKnown = (path: string) => OWN_PATHS.some((own) => `${path}/`.startsWith(`${own}/`));
  assert.deepEqual(
    PATHS.filter((path) => !isKnown(path)),
    ['/'],
  );
});

test('no route is for anything but GET', () => {
  const others = routes.filter(({ method, path }) => method !== 'GET' && !path.endsWith('*'));
  assert.deepEqual(others, []);
});

test('every other method gets 405 and what is allowed, at every address and at none; nothing is asked of the state', async (context) => {
  const asked: string[] = [];
  const views = new Proxy(allViews(), {
    get: (target, name, receiver) => {
      asked.push(String(name));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const url = await startSite(context, { views });
  // CONNECT is for a proxy: Node hangs up.
  const methods = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method));
  assert.ok(methods.includes('POST') && methods.includes('OPTIONS') && methods.includes('TRACE'));
  for (const path of [...PATHS, '/none', '/api/v1/none']) {
    for (const method of methods) {
      const { status, headers, body } = await askRaw(url, [
        `${method} ${path.replace(/:\w+/, 'u1')} HTTP/1.1`,
        'Host: localhost',
        'X-HTTP-Method-Override: DELETE',
        'Connection: close',
        'Content-Length: 2',
        '',
        '{}',
      ]);
      assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD'], `${method} ${path}`);
      assert.equal(headers.get('access-control-allow-origin'), undefined);
      if (!path.startsWith('/api/')) continue;
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal((JSON.parse(body) as { status: number }).status, 405);
    }
  }
  assert.deepEqual(asked, []);
});

test('HEAD is GET without what is shown', async (context) => {
  const url = await startSite(context);
  for (const path of PATHS.filter((each) => each !== '/live')) {
    const address = `${url}${path.replace(/:\w+/, 'u1')}`;
    const [get, head] = [await fetch(address), await fetch(address, { method: 'HEAD' })];
    const told = ({ status, headers }: Response) => [status, headers.get('content-type'), headers.get('etag')];
    assert.deepEqual(told(head), told(get), path);
    assert.equal(await head.text(), '', path);
    await get.text();
  }
});

test('HEAD of /live takes no place of those who listen', async (context) => {
  const url = await startSite(context);
  for (let time = 0; time < 60; time += 1) {
    const { status, headers } = await fetch(`${url}/live`, { method: 'HEAD' });
    assert.deepEqual([status, headers.get('content-type')], [200, 'text/event-stream']);
  }
  const answer = await fetch(`${url}/live`);
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
});
