// Who is refused is told which setting would let them in, and so is the operator, once; nothing else is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpServerOptions } from '../../src/http/server.ts';
import type { Refusal } from '../../src/http/refusals.ts';
import { askRaw, startSite } from '../support/site.ts';

const SECRET = { access: { token: 'right-secret', basic: null } } as const;
const SITE = { publicUrl: 'https://monitor.lab.example/inner', allowedHosts: ['inner.lab.example'] } as const;
const cases: readonly (readonly [
  status: number,
  site: Partial<HttpServerOptions>,
  headers: readonly string[],
  setting: RegExp,
  who: Readonly<Record<string, string>>,
])[] = [
  [
    421,
    SITE,
    ['Host: other.lab.example:9697'],
    /HTTP_ALLOWED_HOSTS adds names, and so does HTTP_PUBLIC_URL/,
    { host: 'other.lab.example:9697' },
  ],
  [421, SITE, [`Host: ${'x'.repeat(300)}`], /HTTP_ALLOWED_HOSTS/, { host: `${'x'.repeat(99)}…` }],
  [
    403,
    SITE,
    ['Host: localhost', 'Origin: https://evil.test'],
    /set HTTP_PUBLIC_URL to the address/,
    { from: 'https://evil.test' },
  ],
  [
    403,
    SITE,
    ['Host: localhost', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    /HTTP_FRAME_ANCESTORS names the sites that may/,
    { from: 'cross-site' },
  ],
  [
    403,
    SITE,
    ['Host: localhost', 'Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: cors'],
    /no setting allows it; a link to the page works/,
    { from: 'same-site' },
  ],
  [401, SECRET, ['Host: localhost'], /access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD/, {}],
  [401, SECRET, ['Host: localhost', 'Authorization: Bearer wrong-secret'], /access needs HTTP_TOKEN/, {}],
];
for (const [status, site, headers, setting, who] of cases) {
  test(`${status} for ${headers.join(', ').slice(0, 90)}`, async (context) => {
    const told: Refusal[] = [];
    const url = await startSite(context, { ...site, onRefusal: (refusal) => told.push(refusal) });
    for (const path of ['/', '/api/v1/status?token=right-secret', '/']) {
      const answer = await askRaw(url, [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close']);
      assert.equal(answer.status, status);
      assert.match(answer.body, setting);
      assert.doesNotMatch(answer.body, /lab\.example|evil|xxx|127\.0|-secret/);
    }
    assert.deepEqual(
      told.map(({ who: each }) => each),
      [{ address: '127.0.0.1', ...who }],
    );
    assert.match(told[0]?.detail ?? '', setting);
    assert.doesNotMatch(JSON.stringify(told), /-secret|inner/);
  });
}

test('429 says how clients behind a proxy are told apart; it is told once', async (context) => {
  const told: number[] = [];
  const url = await startSite(context, { ...SECRET, onRefusal: ({ status }) => told.push(status) });
  for (let guess = 0; guess < 15; guess += 1) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${guess}` } });
    const text = await answer.text();
    assert.equal(answer.status, guess < 10 ? 401 : 429);
    if (guess >= 10) assert.match(text, /HTTP_TOKEN, or HTTP_USERNAME and HTTP_PASSWORD\).*HTTP_TRUSTED_PROXIES/);
  }
  assert.deepEqual(told, [401, 429]);
});

test('each host name is told once, and of ever new ones no more than twenty', async (context) => {
  const told: (string | undefined)[] = [];
  const url = await startSite(context, { onRefusal: ({ who }) => told.push(who['host']) });
  for (let host = 0; host < 40; host += 1)
    await askRaw(url, ['GET / HTTP/1.1', `Host: h${host % 30}.example`, 'Connection: close']);
  await askRaw(url, ['GET / HTTP/1.1', 'Host: localhost', 'Origin: https://evil.test', 'Connection: close']);
  assert.deepEqual(told, [...Array.from({ length: 20 }, (_, host) => `h${host}.example`), undefined]);
});
