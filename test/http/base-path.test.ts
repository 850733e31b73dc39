// Below the path of a public address everything is as at the root, whether a proxy strips the path or passes it on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSite } from '../support/site.ts';

const paths: readonly (readonly [publicUrl: string, path: string, status: number])[] = [
  ['https://h.example', '/', 200],
  ['https://h.example', '/nomad-monitor/', 404],
  ['https://h.example/nomad-monitor', '/', 200],
  ['https://h.example/nomad-monitor', '/metrics', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/?show=failed', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/metrics', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/healthz', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/api/v1/status', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/assets/page.css', 200],
  ['https://h.example/nomad-monitor', '/nomad-monitor/uploads/u1', 404],
  ['https://h.example/nomad-monitor', '/nomad-monitor/nomad-monitor/', 404],
  ['https://h.example/nomad-monitor', '/nomad-monitors/', 404],
  ['https://h.example/nomad-monitor', '/Nomad-Monitor/', 404],
  ['https://h.example/a/b', '/a/b/metrics', 200],
  ['https://h.example/a/b', '/a/metrics', 404],
  ['https://h.example/a/b', '/b/metrics', 404],
  ['https://h.example/%C3%BCber%20sicht', '/%c3%bcber%20sicht/metrics', 200],
  ['https://h.example/über', '/%C3%BCber/metrics', 200],
  ['https://h.example/a+b:c*', '/a+b:c*/metrics', 200],
  ['https://h.example/%zz', '/%zz/metrics', 200],
];
for (const [publicUrl, path, expected] of paths) {
  test(`${publicUrl}: ${path} is ${expected}`, async (context) => {
    const url = await startSite(context, { publicUrl: new URL(publicUrl).href.replace(/\/$/, '') });
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
    await answer.text();
    assert.equal(answer.status, expected);
  });
}

const slashes: readonly (readonly [publicUrl: string, path: string, location: string | null])[] = [
  ['https://h.example/nomad-monitor', '/nomad-monitor', '/nomad-monitor/'],
  ['https://h.example/nomad-monitor', '/nomad-monitor?show=failed&q=a%26b', '/nomad-monitor/?show=failed&q=a%26b'],
  ['https://h.example/%C3%BCber', '/%c3%bcber', '/%C3%BCber/'],
  ['https://h.example/nomad-monitor', '/nomad-monitor/', null],
  ['https://h.example/nomad-monitor', '/', null],
  ['https://h.example', '/', null],
];
for (const [publicUrl, path, location] of slashes) {
  test(`${publicUrl}: ${path} is led to ${location ?? 'nowhere'}`, async (context) => {
    const url = await startSite(context, { publicUrl });
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
    await answer.text();
    assert.deepEqual([answer.headers.get('location'), answer.status], [location, location === null ? 200 : 308]);
  });
}

test('without the secret nothing is led anywhere, and an error below /api/v1 is a problem there too', async (context) => {
  const url = await startSite(context, { publicUrl: 'https://h.example/n', access: { token: 'secret', basic: null } });
  const bare = await fetch(`${url}/n`, { redirect: 'manual' });
  assert.deepEqual([bare.status, bare.headers.get('location')], [401, null]);
  const api = await fetch(`${url}/n/api/v1/status`);
  assert.equal(api.headers.get('content-type'), 'application/problem+json');
});

test('all addresses on the pages are relative, and lead to what is there, at the root and below a path', async (context) => {
  const publicUrl = 'https://h.example/a/b';
  const url = await startSite(context, { publicUrl });
  for (const base of ['/', '/a/b/']) {
    for (const path of ['', '?q=x', 'uploads/u1']) {
      const page = `${url}${base}${path}`;
      const text = await (await fetch(page)).text();
      const addresses = [...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, address = '']) => address);
      const own = addresses.filter((address) => !/^(https?:|#)/.test(address));
      assert.ok(own.length >= 9, page);
      for (const address of own) {
        assert.match(address, /^\.\.?\//, page);
        const target = new URL(address, page);
        assert.ok(target.href.startsWith(`${url}${base}`), `${page}: ${address}`);
        const answer = await fetch(target);
        await answer.text();
        assert.equal(answer.status, 200, `${page}: ${address}`);
      }
    }
  }
});
