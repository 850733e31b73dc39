// Who is refused whatever they bring: another name than ours on loopback (DNS rebinding), and pages of other sites. Over raw sockets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askRaw, startSite } from '../support/site.ts';

const HEALTH = ['/healthz', '/readyz'];
const GUARDED = ['/', '/metrics', '/live', '/feed.atom', '/assets/page.js', '/api/v1/status', '/none'];
const TARGETS = [...HEALTH, ...GUARDED];
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
  ['as Debian calls it', ['GET T HTTP/1.1', 'Host: localhost.localdomain:9697'], 200],
  ['as Debian calls it in IPv6', ['GET T HTTP/1.1', 'Host: ip6-localhost'], 200],
  ['as Debian also calls it in IPv6', ['GET T HTTP/1.1', 'Host: ip6-loopback:9697'], 200],
  ['as Fedora calls it', ['GET T HTTP/1.1', 'Host: localhost4.localdomain4'], 200],
  ['as Fedora calls it in IPv6', ['GET T HTTP/1.1', 'Host: localhost6'], 200],
  ['a header that names another', ['GET T HTTP/1.1', 'Host: localhost', 'X-Forwarded-Host: evil.test'], 200],
  ['Forwarded', ['GET T HTTP/1.1', 'Host: localhost', 'Forwarded: host=evil.test'], 200],
  ['HTTP/1.0', ['GET T HTTP/1.0', 'Host: localhost'], 200],

  ['another name', ['GET T HTTP/1.1', 'Host: evil.test'], 421],
  ['another name with our port', ['GET T HTTP/1.1', 'Host: evil.test:9697'], 421],
  ['another name in upper case', ['GET T HTTP/1.1', 'HOST: EVIL.TEST'], 421],
  ['a name that begins as ours', ['GET T HTTP/1.1', 'Host: localhost.evil.test'], 421],
  ['a name that ends as ours', ['GET T HTTP/1.1', 'Host: evil-localhost'], 421],
  ['another name below localdomain', ['GET T HTTP/1.1', 'Host: evil.localdomain'], 421],
  ['half of a name of Fedora', ['GET T HTTP/1.1', 'Host: localhost4.localdomain6'], 421],
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
    for (const target of GUARDED) {
      const { status, body } = await ask(head, target);
      assert.equal(status, expected, target);
      assert.doesNotMatch(body, SHOWS, target);
      if (expected === 421) assert.match(body, /HTTP_ALLOWED_HOSTS adds names/);
    }
    // Health is no secret: whoever looks after many services asks by an address, or by no name at all.
    for (const target of HEALTH) assert.equal((await ask(head, target)).status, expected === 421 ? 200 : 400, target);
  });
}

const PUBLIC = {
  publicUrl: 'https://monitor.lab.example:8443/nomad-monitor',
  allowedHosts: ['monitor', '[2001:db8::7]'],
};
const given: readonly (readonly [host: string, isLoopback: boolean, status: number])[] = [
  ['monitor.lab.example:8443', true, 200],
  ['monitor.lab.example', true, 200],
  ['MONITOR.LAB.EXAMPLE', true, 200],
  ['monitor', true, 200],
  ['monitor:9697', true, 200],
  ['[2001:db8::7]:9697', true, 200],
  ['localhost', true, 200],
  ['evil.test', true, 421],
  ['evil.monitor.lab.example', true, 421],
  ['monitor.lab.example.evil.test', true, 421],
  ['monitor.lab', true, 421],
  ['[2001:db8::8]', true, 421],
  // Who names hosts means them, wherever the monitor listens.
  ['monitor', false, 200],
  ['localhost', false, 200],
  ['evil.test', false, 421],
];
for (const [host, isLoopback, expected] of given) {
  test(`with a public address and allowed hosts, on ${isLoopback ? 'loopback' : 'all'}, ${host}: ${expected}`, async (context) => {
    const url = await startSite(context, { ...PUBLIC, isLoopback });
    const { status } = await askRaw(url, ['GET /metrics HTTP/1.1', `Host: ${host}`, 'Connection: close']);
    assert.equal(status, expected);
  });
}

test('beyond loopback any name is good: there the secret is asked for', async (context) => {
  const url = await startSite(context, { isLoopback: false, access: { token: 'secret', basic: null } });
  const head = ['GET /metrics HTTP/1.1', 'Host: monitor.lab.example', 'Connection: close'];
  assert.equal((await askRaw(url, [...head, 'Authorization: Bearer secret'])).status, 200);
  assert.equal((await askRaw(url, head)).status, 401);
});

const PAGE_URL = 'https://monitor.lab.example:8443/nomad-monitor';
const sent = (site: string, mode: string, target: string) => [
  `Sec-Fetch-Site: ${site}`,
  `Sec-Fetch-Mode: ${mode}`,
  `Sec-Fetch-Dest: ${target}`,
];
const link = (site: string) => sent(site, 'navigate', 'document');
const origin = (value: string) => [`Origin: ${value}`];
/** Asked of `Host: localhost`, or of the host that is given. */
const asking: readonly (readonly [what: string, headers: readonly string[], status: 200 | 403, host?: string])[] = [
  ['a program, which says nothing of it', [], 200],
  ['an address that was typed', link('none'), 200],
  ['our own page', sent('same-origin', 'cors', 'empty'), 200],
  ['our own page, with its origin', [...origin('http://localhost'), ...sent('same-origin', 'cors', 'script')], 200],
  [
    'our own page, through a proxy that changes Host',
    [...origin('https://monitor.lab.example'), ...sent('same-origin', 'cors', 'script')],
    200,
  ],
  ['a link in a mail on the web', link('cross-site'), 200],
  ['a link on another page of this machine', link('same-site'), 200],
  ['a feed reader in a browser', origin('moz-extension://6a0c'), 200],
  ['a page elsewhere, by fetch', [...origin('https://evil.test'), ...sent('cross-site', 'cors', 'empty')], 403],
  [
    'a page elsewhere that knows our address',
    [...origin(new URL(PAGE_URL).origin), ...sent('cross-site', 'cors', 'empty')],
    403,
  ],
  [
    'a page on another port of this machine',
    [...origin('http://localhost:8080'), ...sent('same-site', 'cors', 'empty')],
    403,
  ],
  ['a page elsewhere, as a script', sent('cross-site', 'no-cors', 'script'), 403],
  ['a page elsewhere, as a picture', sent('same-site', 'no-cors', 'image'), 403],
  ['a page elsewhere, as an object', sent('cross-site', 'navigate', 'object'), 403],
  ['a page elsewhere, embedded', sent('cross-site', 'navigate', 'embed'), 403],
  ['a page elsewhere, in a frame', sent('cross-site', 'navigate', 'iframe'), 403],
  ['a page next door, in an old frame', sent('same-site', 'navigate', 'frame'), 403],
  ['a browser that says something new', sent('near-site', 'cors', 'empty'), 403],
  ['somebody who says two things', sent('same-origin, cross-site', 'cors', 'empty'), 403],

  ['an empty header and our origin', ['Sec-Fetch-Site:', ...origin('http://localhost')], 200],
  ['an empty header and another origin', ['Sec-Fetch-Site:', ...origin('https://evil.test')], 403],
  ['an old browser: our page', origin('http://localhost:9697'), 200, 'localhost:9697'],
  ['an old browser: our page, the usual port named', origin('https://localhost'), 200, 'localhost:443'],
  ['an old browser: our page, the usual port of http named', origin('http://localhost'), 200, 'localhost:80'],
  [
    'an old browser: the public address, another Host',
    origin('https://monitor.lab.example:8443'),
    200,
    '127.0.0.1:9697',
  ],
  ['an old browser: the public host on another port', origin('https://monitor.lab.example'), 403, '127.0.0.1:9697'],
  ['an old browser: the public host without TLS', origin('http://monitor.lab.example:8443'), 403, '127.0.0.1:9697'],
  ['an old browser: a name that begins as the public one', origin('https://monitor.lab.example:8443.evil.test'), 403],
  ['an old browser: a page elsewhere', origin('https://evil.test'), 403],
  ['an old browser: a page of no origin', origin('null'), 403],
  ['an old browser: a page on another port', origin('http://localhost:8080'), 403, 'localhost:9697'],
];
for (const [what, headers, expected, host = 'localhost'] of asking) {
  test(`asked by ${what}: ${expected}`, async (context) => {
    const url = await startSite(context, { publicUrl: PAGE_URL });
    for (const target of expected === 200 ? ['/metrics', '/api/v1/status'] : TARGETS) {
      const {
        status,
        headers: answered,
        body,
      } = await askRaw(url, [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...headers, 'Connection: close']);
      assert.equal(status, expected, target);
      assert.equal(answered.get('access-control-allow-origin'), undefined);
      if (expected === 403) assert.doesNotMatch(body, SHOWS, target);
    }
  });
}

const frames: readonly (readonly [what: string, headers: readonly string[], status: 200 | 403])[] = [
  ['a frame elsewhere', sent('cross-site', 'navigate', 'iframe'), 200],
  ['a frame next door', sent('same-site', 'navigate', 'frame'), 200],
  ['an object elsewhere', sent('cross-site', 'navigate', 'object'), 403],
  ['what a page elsewhere fetches', sent('cross-site', 'cors', 'empty'), 403],
];
for (const [what, headers, expected] of frames) {
  test(`where a site may show the page in a frame, ${what}: ${expected}; the browser holds them to it`, async (context) => {
    const url = await startSite(context, { frameAncestors: ["'self'", 'https://portal.lab.example'] });
    const answer = await askRaw(url, ['GET / HTTP/1.1', 'Host: localhost', ...headers, 'Connection: close']);
    assert.equal(answer.status, expected);
    assert.match(
      answer.headers.get('content-security-policy') ?? '',
      /base-uri 'none'; frame-ancestors 'self' https:\/\/portal\.lab\.example$/,
    );
    assert.equal(answer.headers.get('x-frame-options'), undefined);
  });
}
