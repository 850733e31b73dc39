// Each way in, at each address: who comes with what, and what they get. Over raw sockets, for fetch cannot say all of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthConfig } from '../../src/http/auth.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { askRaw, startSite } from '../support/site.ts';

const TOKEN = 'a-t0ken of ünusual make';
const BASIC = { username: 'ada', password: 'pässwörd: with a colon' };
const NONE: AuthConfig = { token: null, basic: null };
const ONLY_TOKEN: AuthConfig = { token: TOKEN, basic: null };
const ONLY_BASIC: AuthConfig = { token: null, basic: BASIC };
const BOTH: AuthConfig = { token: TOKEN, basic: BASIC };

const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');
const right = base64(`${BASIC.username}:${BASIC.password}`);

/** Lines of headers; what is answered at an address that shows something. */
const ways: readonly (readonly [what: string, access: AuthConfig, headers: readonly string[], status: 200 | 401])[] = [
  ['no secret is set, none comes', NONE, [], 200],
  ['no secret is set, any comes', NONE, ['Authorization: Bearer x'], 200],
  ['nothing comes', BOTH, [], 401],
  ['an empty header', BOTH, ['Authorization:'], 401],
  ['the token', ONLY_TOKEN, [`Authorization: Bearer ${TOKEN}`], 200],
  ['the token, where there is a password as well', BOTH, [`Authorization: Bearer ${TOKEN}`], 200],
  ['the token, where there is only a password', ONLY_BASIC, [`Authorization: Bearer ${TOKEN}`], 401],
  ['scheme in lower case', BOTH, [`Authorization: bearer ${TOKEN}`], 200],
  ['scheme in upper case', BOTH, [`AUTHORIZATION: BEARER ${TOKEN}`], 200],
  ['more than one space after the scheme', BOTH, [`Authorization: Bearer   ${TOKEN}`], 200],
  ['blanks around it', BOTH, [`Authorization:  \t Bearer ${TOKEN} \t`], 200],
  ['a tab after the scheme', BOTH, [`Authorization: Bearer\t${TOKEN}`], 401],
  ['no scheme', BOTH, [`Authorization: ${TOKEN}`], 401],
  ['scheme alone', BOTH, ['Authorization: Bearer'], 401],
  ['another scheme', BOTH, [`Authorization: Digest ${TOKEN}`], 401],
  ['scheme and token without a space', BOTH, [`Authorization: Bearer${TOKEN}`], 401],
  ['the token as basic', BOTH, [`Authorization: Basic ${base64(TOKEN)}`], 401],
  ['the token in another case', BOTH, [`Authorization: Bearer ${TOKEN.toUpperCase()}`], 401],
  ['the token cut short', BOTH, [`Authorization: Bearer ${TOKEN.slice(0, -1)}`], 401],
  ['the token and more', BOTH, [`Authorization: Bearer ${TOKEN}x`], 401],
  ['the token in quotes', BOTH, [`Authorization: Bearer "${TOKEN}"`], 401],
  ['the token percent-encoded', BOTH, [`Authorization: Bearer ${encodeURIComponent(TOKEN)}`], 401],
  ['ten thousand characters', BOTH, [`Authorization: Bearer ${'a'.repeat(10_000)}`], 401],
  ['user and password', ONLY_BASIC, [`Authorization: Basic ${right}`], 200],
  ['user and password, where there is a token as well', BOTH, [`Authorization: Basic ${right}`], 200],
  ['user and password, where there is only a token', ONLY_TOKEN, [`Authorization: Basic ${right}`], 401],
  ['user and password, scheme in lower case', BOTH, [`Authorization: basic ${right}`], 200],
  ['user and password in another case', BOTH, [`Authorization: Basic ${right.toLowerCase()}`], 401],
  ['user and password, not as UTF-8', BOTH, [`Authorization: Basic ${base64(`ada:${BASIC.password}`, 'latin1')}`], 401],
  ['the wrong password', BOTH, [`Authorization: Basic ${base64('ada:password')}`], 401],
  ['another user', BOTH, [`Authorization: Basic ${base64(`bob:${BASIC.password}`)}`], 401],
  ['no user', BOTH, [`Authorization: Basic ${base64(`:${BASIC.password}`)}`], 401],
  ['no password', BOTH, [`Authorization: Basic ${base64('ada')}`], 401],
  ['no base64', BOTH, ['Authorization: Basic ada:password'], 401],
  ['two, the right one first', BOTH, [`Authorization: Bearer ${TOKEN}`, 'Authorization: Bearer x'], 401],
  ['two, the right one last', BOTH, ['Authorization: Bearer x', `Authorization: Bearer ${TOKEN}`], 401],
  ['the token in a header of another name', BOTH, [`Proxy-Authorization: Bearer ${TOKEN}`, `X-Api-Key: ${TOKEN}`], 401],
  ['the token in a cookie', BOTH, [`Cookie: token=${TOKEN}; Authorization=Bearer ${TOKEN}`], 401],
  ['said to come from loopback', BOTH, ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1'], 401],
];

const OPEN = ['/healthz', '/readyz'];
/** With what they show to those who may see it. `/live` never ends: GET is tried with those who may not. */
const GUARDED: readonly (readonly [path: string, status: number])[] = [
  ['/', 200],
  ['/?show=failed', 200],
  ['/uploads/u1', 404],
  ['/metrics', 200],
  ['/feed.atom', 200],
  ['/live', 200],
  ['/assets/page.css', 200],
  ['/assets/page.js', 200],
  ['/assets/icon.svg', 200],
  ['/api/v1/status', 200],
  ['/api/v1/uploads', 200],
  ['/api/v1/uploads/u1', 404],
  ['/api/v1/events', 200],
  ['/api/v1/outbox', 200],
  ['/api/v1/openapi.json', 200],
  ['/api/v1/none', 404],
  ['/none', 404],
  ['//metrics', 404],
  ['/healthz/', 404],
  ['/healthz/../metrics', 200],
  ['/%6detrics', 200],
  ['/metrics?token=a-t0ken', 200],
];

for (const [what, access, headers, expected] of ways) {
  test(`${what}: ${expected}`, async (context) => {
    const time = { now: T0 };
    const url = await startSite(context, { access, clock: () => (time.now += MINUTE) });
    const ask = (method: string, path: string) =>
      askRaw(url, [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, 'Connection: close']);
    for (const path of OPEN) assert.equal((await ask('GET', path)).status, 200, path);
    for (const [path, shown] of GUARDED) {
      for (const method of path === '/live' && expected === 200 ? ['HEAD'] : ['GET', 'HEAD']) {
        const answer = await ask(method, path);
        assert.equal(answer.status, expected === 200 ? shown : 401, `${method} ${path}`);
        if (expected === 200) continue;
        const { body } = answer;
        assert.ok(
          method === 'HEAD' || body.includes('access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD'),
          path,
        );
        assert.doesNotMatch(body, /series|nomad\.example|<html/);
        const wanted = [
          ...(access.basic === null ? [] : ['Basic realm="nomad-upload-monitor", charset="UTF-8"']),
          ...(access.token === null ? [] : ['Bearer']),
        ].join(', ');
        assert.equal(answer.headers.get('www-authenticate'), wanted, path);
      }
    }
  });
}

test('more than 16 KiB of headers are not read', async (context) => {
  const url = await startSite(context, { access: BOTH });
  const answer = await askRaw(url, [
    'GET / HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${'a'.repeat(20_000)}`,
  ]);
  assert.equal(answer.status, 431);
});
