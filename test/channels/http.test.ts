// What an answer means for another try, and what is never told.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { sendHttp } from '../../src/channels/http.ts';
import { startHook } from '../support/hook.ts';

const options = { proxyEnv: {}, scrub: (text: string) => text.replaceAll('s3cret', '…'), timeout: 30_000 };
/** For where an answer never comes, or never ends: what of it has come by then counts. */
const ENOUGH = 2000;
const message = { body: '{}', headers: { 'content-type': 'application/json' } };

type Row = readonly [string, (response: ServerResponse) => unknown, string, RegExp | null, number?];

test('each answer: taken, final, or worth another try', async (context) => {
  const hook = await startHook(context);
  const rows: readonly Row[] = [
    ['200', (r) => r.end('ok'), 'delivered', null],
    ['204', (r) => r.writeHead(204).end(), 'delivered', null],
    ['301', (r) => r.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(), 'rejected', /set the final address/],
    ['307', (r) => r.writeHead(307, { location: '/' }).end(), 'rejected', /redirects are not followed/],
    [
      '400',
      (r) => r.writeHead(400).end('invalid\r\n\u001b[31mpayload s3cret'),
      'rejected',
      /^it answered 400: invalid \[31mpayload …$/,
    ],
    ['404', (r) => r.writeHead(404).end(), 'rejected', /^it answered 404$/],
    ['410', (r) => r.writeHead(410).end(), 'rejected', /410 \(gone: it wants no more\)/],
    ['408', (r) => r.writeHead(408).end(), 'retry', /408/],
    ['425', (r) => r.writeHead(425).end(), 'retry', /425/],
    ['429 with seconds', (r) => r.writeHead(429, { 'retry-after': '120' }).end(), 'retry', /429/, 120_000],
    ['429 with nonsense', (r) => r.writeHead(429, { 'retry-after': 'soon' }).end(), 'retry', /429/],
    ['503 for a year', (r) => r.writeHead(503, { 'retry-after': '31536000' }).end(), 'retry', /503/, 3_600_000],
    ['500', (r) => r.writeHead(500).end('boom'), 'retry', /^it answered 500: boom$/],
    ['no answer', () => undefined, 'retry', /no complete answer within 2 s/],
    ['an answer that never ends', (r) => r.writeHead(200).write('x'), 'delivered', null],
    ['a refusal that never ends', (r) => r.writeHead(400).write('x'), 'rejected', /^it answered 400/],
    ['an answer without bound', (r) => r.writeHead(200).end('x'.repeat(5_000_000)), 'delivered', null],
    ['dropped', (r) => r.destroy(), 'retry', /could not be reached \(ECONNRESET\)/],
    [
      'dropped in the answer',
      (r) => r.writeHead(500, { 'content-length': '9' }).write('x', () => r.destroy()),
      'retry',
      /^it answered 500/,
    ],
  ];
  hook.answer = ({ path }, response) => void rows[Number(path.split('/').at(-1))]?.[1](response);
  const send = async ([name, , result, reason, retryAfter]: Row, index: number) => {
    const timeout = /never ends|no answer/.test(name) ? ENOUGH : options.timeout;
    const sent = await sendHttp({ ...options, timeout, url: `${hook.url}/hook/s3cret/${index}` }, message);
    assert.equal(sent.result, result, name);
    if (reason !== null) assert.match(sent.result === 'delivered' ? '' : sent.reason, reason, name);
    assert.equal(sent.result === 'retry' ? sent.retryAfter : undefined, retryAfter, name);
    assert.ok(!JSON.stringify(sent).includes('hook/'), name);
  };
  await Promise.all(rows.map(send));
  assert.equal(hook.received.length, rows.length, 'nothing is sent twice, no redirect is followed');
});

test('a Retry-After can be a date', async (context) => {
  const hook = await startHook(context);
  hook.answer = (_, response) =>
    response.writeHead(503, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() }).end();
  const sent = await sendHttp({ ...options, url: hook.url }, message);
  assert.ok(sent.result === 'retry' && Math.abs((sent.retryAfter ?? 0) - 90_000) < 5000);
});

test('nobody there, and no such name', async (context) => {
  const hook = await startHook(context);
  await hook.close();
  for (const url of [`${hook.url}/s3cret-path`, 'http://no-such-host.invalid/s3cret-path']) {
    const sent = await sendHttp({ ...options, url, timeout: 5000 }, message);
    assert.equal(sent.result, 'retry');
    assert.match(sent.reason, /could not be reached \((ECONNREFUSED|ENOTFOUND|EAI_AGAIN)\)/);
  }
});

test('user and password in the address become basic access', async (context) => {
  const hook = await startHook(context);
  await sendHttp({ ...options, url: hook.url.replace('//', '//ada:p%40ss@') }, message);
  assert.equal(hook.received[0]?.headers.authorization, `Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
});

test("a proxy's own refusal says nothing of the message: it is tried again", async (context) => {
  const hook = await startHook(context);
  const { host } = new URL(hook.url);
  hook.answer = (_request, response) => response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('<html>');
  const through = {
    ...options,
    url: 'http://hooks.example/s3cret',
    proxyEnv: { HTTP_PROXY: `http://ada:hush@${host}` },
  };
  assert.deepEqual(await sendHttp(through, message), {
    result: 'retry',
    reason: `the proxy of HTTP_PROXY (${host}) wants a user and a password (407): set HTTP_PROXY=http://user:password@…`,
  });
  const gone = { ...through, url: 'https://hooks.example/s3cret', proxyEnv: { HTTPS_PROXY: 'http://127.0.0.1:1' } };
  const reason = 'the proxy of HTTPS_PROXY (127.0.0.1:1) cannot be reached (ECONNREFUSED)';
  assert.deepEqual(await sendHttp(gone, message), { result: 'retry', reason });
});
