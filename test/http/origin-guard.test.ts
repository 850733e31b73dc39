// Who is refused whatever they bring: another name than ours on loopback (DNS rebinding), and pages of other sites. Over raw sockets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askRaw, startSite } from '../support/site.ts';

const TARGETS = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/live',
  '/feed.atom',
  '/assets/page.js',
  '/api/v1/status',
  '/none',
];
const SHOWS = /series|nomad\.example|<html|<feed|addEventListener|^ok/;

/** The head of a request but for `Connection: close`; what is answered at `/metrics`. */
const names: readonly (readonly [what: string, head: readonly string[], status: number])[] = [
  ['localhost', ['GET T HTTP/1.1', 'Host: localhost'], 200],
  ['with a port', ['GET T HTTP/1.1', 'Host: localhost:9697'], 200],
  ['with an empty port', ['GET T HTTP/1.1', 'Host: localhost:'], 400],
  ['in upper case', ['GET T HTTP/1.1', 'Host: LOCALHOST'], 200],
  ['127.0.0.1', ['GET T HTTP/1.1', 'Host: 127.0.0.1:9697'], 200],
  ['another of 127/8', ['GET T HTTP/1.1', 'Host: 127.9.9.9'], 200],
  ['IPv6', ['GET T HTTP/1.1', 'Host: [::1]:9697'], 200],
  ['a whole address', ['GET http://localhost:9697T HTTP/1.1', 'Host: localhost'], 200],
  ['a header that names another', ['GET T HTTP/1.1', 'Host: localhost', 'X-Forwarded-Host: evil.test'], 200],
  ['Forwarded', ['GET T HTTP/1.1', 'Host: localhost', 'Forwarded: host=evil.test'], 200],
  ['HTTP/1.0', ['GET T HTTP/1.0', 'Host: localhost'], 200],

  ['another name', ['GET T HTTP/1.1', 'Host: evil.test'], 421],
  ['another name with our port', ['GET T HTTP/1.1', 'Host: evil.test:9697'], 421],
  ['another name in upper case', ['GET T HTTP/1.1', 'HOST: EVIL.TEST'], 421],
  ['a name that begins as ours', ['GET T HTTP/1.1', 'Host: localhost.evil.test'], 421],
  ['a name that ends as ours', ['GET T HTTP/1.1', 'Host: evil-localhost'], 421],
  ['a name below ours', ['GET T HTTP/1.1', 'Host: evil.localhost'], 421],
  ['an address as the begin of a name', ['GET T HTTP/1.1', 'Host: 127.0.0.1.evil.test'], 421],
  ['a name that looks up to us', ['GET T HTTP/1.1', 'Host: 127.0.0.1.nip.io'], 421],
  ['a dot at the end', ['GET T HTTP/1.1', 'Host: localhost.'], 421],
  ['another name with a dot', ['GET T HTTP/1.1', 'Host: evil.test.'], 421],
  ['another IPv6', ['GET T HTTP/1.1', 'Host: [::2]'], 421],
  ['all addresses', ['GET T HTTP/1.1', 'Host: 0.0.0.0'], 421],
  ['a number that is an address', ['GET T HTTP/1.1', 'Host: 2130706433'], 421],
  ['an address as it is short', ['GET T HTTP/1.1', 'Host: 127.1'], 421],
  ['another name, ours in a header', ['GET T HTTP/1.1', 'Host: evil.test', 'X-Forwarded-Host: localhost'], 421],
  ['a whole address of another', ['GET http://evil.test:9697T HTTP/1.1', 'Host: localhost'], 421],
  ['a whole address of ours, Host another', ['GET http://localhost:9697T HTTP/1.1', 'Host: evil.test'], 421],
  ['a user before another name', ['GET http://localhost@evil.testT HTTP/1.1', 'Host: localhost'], 421],
  ['another scheme', ['GET ftp://localhostT HTTP/1.1', 'Host: localhost'], 400],
  ['HTTP/1.0 and no Host', ['GET T HTTP/1.0'], 421],
  ['no Host', ['GET T HTTP/1.1'], 421],
  ['an empty Host', ['GET T HTTP/1.1', 'Host:'], 421],
  ['a user in Host', ['GET T HTTP/1.1', 'Host: localhost@evil.test'], 400],
  ['a path in Host', ['GET T HTTP/1.1', 'Host: localhost/evil.test'], 400],
  ['two Hosts, ours first', ['GET T HTTP/1.1', 'Host: localhost', 'Host: evil.test'], 400],
  ['two Hosts, ours last', ['GET T HTTP/1.1', 'Host: evil.test', 'Host: localhost'], 400],
  ['two Hosts, both ours', ['GET T HTTP/1.1', 'Host: localhost', 'Host: localhost'], 400],
  ['two names in one Host', ['GET T HTTP/1.1', 'Host: localhost, evil.test'], 400],
];
for (const [what, head, expected] of names) {
  test(`on loopback, ${what}: ${expected}`, async (context) => {
    const url = await startSite(context);
    const ask = ([line = '', ...headers]: readonly string[], target: string) =>
      askRaw(url, [line.replace('T HTTP', `${target} HTTP`), ...headers, 'Connection: close']);
    assert.equal((await ask(head, '/metrics')).status, expected);
    if (expected === 200) return;
    for (const target of TARGETS) {
      const { status, body } = await ask(head, target);
      assert.equal(status, expected, target);
      assert.doesNotMatch(body, SHOWS, target);
    }
  });
}

test('beyond loopback any name is good: there the secret is asked for', async (context) => {
  const url = await startSite(context, { isLoopback: false, access: { token: 'secret', basic: null } });
  const head = ['GET /metrics HTTP/1.1', 'Host: monitor.lab.example', 'Connection: close'];
  assert.equal((await askRaw(url, [...head, 'Authorization: Bearer secret'])).status, 200);
  assert.equal((await askRaw(url, head)).status, 401);
});

const link = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
const asking: readonly (readonly [what: string, headers: readonly string[], status: 200 | 403])[] = [
  ['a program, which says nothing of it', [], 200],
  ['an address that was typed', ['Sec-Fetch-Site: none', ...link], 200],
  ['our own page', ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'], 200],
  ['our own page, with its origin', ['Origin: http://localhost', 'Sec-Fetch-Site: same-origin'], 200],
  ['a link in a mail on the web', ['Sec-Fetch-Site: cross-site', ...link], 200],
  ['a feed reader in a browser', ['Origin: moz-extension://6a0c'], 200],
  [
    'a page elsewhere, by fetch',
    ['Origin: https://evil.test', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: cors'],
    403,
  ],
  ['a page elsewhere, in an old browser', ['Origin: https://evil.test'], 403],
  ['a page of no origin', ['Origin: null'], 403],
  ['a page on another port of this machine', ['Origin: http://localhost:8080', 'Sec-Fetch-Site: same-site'], 403],
  [
    'a page elsewhere, as a script',
    ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'],
    403,
  ],
  [
    'a page elsewhere, as a picture',
    ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'],
    403,
  ],
  [
    'a page elsewhere, in a frame',
    ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    403,
  ],
];
for (const [what, headers, expected] of asking) {
  test(`asked by ${what}: ${expected}`, async (context) => {
    const url = await startSite(context);
    for (const target of expected === 200 ? ['/metrics', '/api/v1/status'] : TARGETS) {
      const {
        status,
        headers: answered,
        body,
      } = await askRaw(url, [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, 'Connection: close']);
      assert.equal(status, expected, target);
      assert.equal(answered.get('access-control-allow-origin'), undefined);
      if (expected === 403) assert.doesNotMatch(body, SHOWS, target);
    }
  });
}
