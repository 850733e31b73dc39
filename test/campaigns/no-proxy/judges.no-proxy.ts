// Which addresses need no proxy, as the real curl and Go's own package see it, case by case. What differs from us is written down in the table.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { NO_PROXY_CASES, type NoProxyCase } from '../../support/no-proxy-cases.ts';

const { GO_JUDGE } = process.env;
/** Nothing listens there. */
const PROXY = '127.0.0.250';

/** In a network of its own, that has nothing: curl says which address it tries, and fails at once. */
function curlGoesDirect({ noProxy, url }: NoProxyCase): boolean {
  const { host, hostname, port } = new URL(url);
  const known = /^[\d.]+$|:/.test(hostname) ? [] : ['--resolve', `${hostname}:${port || '80'}:192.0.2.1`];
  const { stderr } = spawnSync(
    'unshare',
    ['--net', '--map-root-user', 'curl', '-q', '-sv', '--max-time', '5', ...known, url],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', http_proxy: `http://${PROXY}:3128`, no_proxy: noProxy },
    },
  );
  const [, tried] = /Trying (\S+):\d+\.\.\./.exec(stderr) ?? [];
  assert.ok(tried !== undefined, `${host}: ${stderr}`);
  return tried !== PROXY;
}

function goGoesDirect(cases: readonly NoProxyCase[]): readonly boolean[] {
  assert.ok(GO_JUDGE !== undefined, 'run this with npm run test:no-proxy');
  const input = cases.map(({ noProxy, url }) => JSON.stringify({ noProxy, url })).join('\n');
  const lines = execFileSync(GO_JUDGE, { input, encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line === 'true');
}

test('Go', () => {
  const said = goGoesDirect(NO_PROXY_CASES);
  const expected = NO_PROXY_CASES.map(({ go, isDirect }) => go ?? isDirect);
  const wrong = NO_PROXY_CASES.filter((_, index) => said[index] !== expected[index]);
  assert.deepEqual(wrong, []);
});

test('curl', () => {
  const wrong = NO_PROXY_CASES.filter((each) => curlGoesDirect(each) !== (each.curl ?? each.isDirect));
  assert.deepEqual(wrong, []);
});

test('we differ from both only for this machine and for brackets, and never use a proxy where one of them does not', () => {
  const alone = NO_PROXY_CASES.filter(({ isDirect, curl, go }) => isDirect && curl === false && go === false);
  assert.deepEqual(
    alone.map(({ url }) => new URL(url).hostname),
    ['localhost.', 'nomad.localhost', '[fd00::5]'],
  );
  assert.deepEqual(
    NO_PROXY_CASES.filter(({ isDirect, curl, go }) => !isDirect && (curl === true || go === true)),
    [],
  );
});
