// Which proxy a request goes through: NO_PROXY as others read it, proxies as people write them, this machine never by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDirect } from '../../src/config/no-proxy.ts';
import { proxyEnvFor } from '../../src/config/proxy.ts';
import { load } from '../../src/config/load.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { NO_PROXY_CASES } from '../support/no-proxy-cases.ts';

for (const { noProxy, url, isDirect: expected } of NO_PROXY_CASES) {
  test(`NO_PROXY=${noProxy}: ${url} ${expected ? 'needs no proxy' : 'goes through the proxy'}`, () => {
    assert.equal(isDirect(new URL(url), noProxy), expected);
  });
}

test('a list of https is about port 443 by default', () => {
  assert.equal(isDirect(new URL('https://lab.example/'), 'lab.example:443'), true);
  assert.equal(isDirect(new URL('https://lab.example/'), 'lab.example:80'), false);
});

const P = 'http://p.example:3128';
const chosen: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  string,
  Readonly<Record<string, string>>,
])[] = [
  ['none', {}, 'https://h.example/', {}],
  ['by scheme', { HTTPS_PROXY: P, HTTP_PROXY: 'http://other' }, 'https://h.example/', { HTTPS_PROXY: P }],
  ['only the other one', { HTTP_PROXY: P }, 'https://h.example/', {}],
  ['lower case', { https_proxy: P }, 'https://h.example/', { https_proxy: P }],
  ['both: lower case counts', { HTTP_PROXY: 'http://other', http_proxy: P }, 'http://h.example/', { http_proxy: P }],
  ['no scheme', { HTTPS_PROXY: 'p.example:3128' }, 'https://h.example/', { HTTPS_PROXY: P }],
  [
    'no scheme, a login',
    { HTTPS_PROXY: 'ada:pw@p.example' },
    'https://h.example/',
    { HTTPS_PROXY: 'http://ada:pw@p.example' },
  ],
  ['excepted', { HTTPS_PROXY: P, NO_PROXY: 'h.example' }, 'https://h.example/', {}],
  [
    'both exceptions: lower case counts',
    { HTTPS_PROXY: P, NO_PROXY: '*', no_proxy: 'x' },
    'https://h.example/',
    { HTTPS_PROXY: P },
  ],
  ['this machine', { HTTP_PROXY: P }, 'http://127.0.0.1:8000/', {}],
];
for (const [what, given, url, expected] of chosen) {
  test(`the proxy that is used: ${what}`, () => {
    assert.deepEqual(proxyEnvFor(given, url), expected);
  });
}

function judged(env: Readonly<Record<string, string>>) {
  const { loaded, problems } = load(
    '/dev/null',
    { scheduleProblem },
    { HOME: '/h', TZ: 'UTC', NOMAD_TOKEN: 'x', ...env },
  );
  return { problems, warnings: loaded?.warnings ?? [] };
}
const SOCKS =
  'socks5:// proxies are not supported, only http:// and https://; write for example http://proxy.lab.example:3128';
const INVALID = 'it is not a valid proxy address; write for example http://proxy.lab.example:3128';

test('a proxy that cannot be used is a problem where it is needed, and a warning elsewhere', () => {
  const socks = { HTTPS_PROXY: 'socks5://ada:hush@p.example:1080' };
  assert.deepEqual(judged(socks), {
    problems: [`HTTPS_PROXY: ${SOCKS}; or add nomad-lab.eu to NO_PROXY if it needs no proxy`],
    warnings: [],
  });
  const unneeded = [`HTTPS_PROXY: ${SOCKS}; nothing that is configured goes through it`];
  for (const env of [{ NO_PROXY: 'nomad-lab.eu' }, { NOMAD_URL: 'http://127.0.0.1:8000' }, { NO_PROXY: '*' }])
    assert.deepEqual(judged({ ...socks, ...env }), { problems: [], warnings: unneeded });
  const hook = { ...socks, NO_PROXY: 'nomad-lab.eu', HEARTBEAT_URL: 'https://hooks.example/3xampl3' };
  assert.deepEqual(judged(hook).problems, [
    `HTTPS_PROXY: ${SOCKS}; or add hooks.example to NO_PROXY if it needs no proxy`,
  ]);
  const lower = judged({ https_proxy: 'http://p.example:99999999' }).problems;
  assert.deepEqual(lower, [`https_proxy: ${INVALID}; or add nomad-lab.eu to NO_PROXY if it needs no proxy`]);
  assert.deepEqual(judged({ HTTP_PROXY: 'ftp://p.example', https_proxy: 'p.example:3128' }), {
    problems: [],
    warnings: [
      'HTTP_PROXY: ftp:// proxies are not supported, only http:// and https://; write for example http://proxy.lab.example:3128; nothing that is configured goes through it',
    ],
  });
});
