import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { failureOf } from '../../src/nomad/failure.ts';
import { type RequestCount, createClient } from '../../src/nomad/client.ts';

async function server(context: TestContext, answer: Parameters<typeof createServer>[1]): Promise<string> {
  const listening = createServer({}, answer).listen(0, '127.0.0.1');
  context.after(() => {
    listening.close();
    listening.closeAllConnections();
  });
  await once(listening, 'listening');
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function client(context: TestContext, url: string, more: { timeout?: number; proxyEnv?: Record<string, string> } = {}) {
  const counts: RequestCount[] = [];
  const made = createClient({
    url,
    userAgent: 'test',
    proxyEnv: {},
    onRequest: (count) => counts.push(count),
    ...more,
  });
  context.after(made.close);
  return { ...made, counts };
}

test('a proxy is used', async (context) => {
  const asked: string[] = [];
  const proxy = await server(context, (request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await client(context, 'http://nomad.example/api/v1', { proxyEnv: { HTTP_PROXY: proxy } }).request({
    endpoint: 'uploads',
  });
  assert.deepEqual(asked, ['http://nomad.example/api/v1/uploads']);
});

test("what a proxy refuses is told as the proxy's, with its variable and without its password", async (context) => {
  const reply = { status: 407, headers: {} as Record<string, string> };
  const listening = createServer((_request, response) => response.writeHead(reply.status, reply.headers).end('<html>'));
  listening.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${reply.status} No\r\n\r\n`));
  listening.listen(0, '127.0.0.1');
  context.after(() => listening.close());
  await once(listening, 'listening');
  const host = `127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const ask = async (url: string, name: string, proxy = host) => {
    const proxyEnv = { [name]: `http://ada:hush@${proxy}` };
    const answer = await client(context, url, { proxyEnv }).request({ endpoint: 'uploads' });
    return failureOf(answer, 'uploads').problem;
  };
  const [plain, tls] = ['http://nomad.example/api/v1', 'https://nomad.example/api/v1'];
  const login = (name: string) =>
    `uploads: the proxy of ${name} (${host}) wants a user and a password (407): set ${name}=http://user:password@…`;
  assert.equal(await ask(plain, 'http_proxy'), login('http_proxy'));
  assert.equal(await ask(tls, 'HTTPS_PROXY'), login('HTTPS_PROXY'));
  reply.status = 503;
  assert.equal(await ask(tls, 'HTTPS_PROXY'), `uploads: the proxy of HTTPS_PROXY (${host}) refused the request (503)`);
  const unclear = `uploads: NOMAD, or the proxy of HTTP_PROXY (${host}) on the way to it, answered 503`;
  assert.equal(await ask(plain, 'HTTP_PROXY'), unclear);
  for (const headers of [
    { 'x-squid-error': 'ERR_CONNECT_FAIL 111' },
    { 'proxy-status': 'p; error=connection_refused' },
  ]) {
    reply.headers = headers;
    assert.equal(
      await ask(plain, 'HTTP_PROXY'),
      `uploads: the proxy of HTTP_PROXY (${host}) refused the request (503)`,
    );
  }
  const gone = 'uploads: the proxy of HTTPS_PROXY (127.0.0.1:1) cannot be reached (ECONNREFUSED)';
  assert.equal(await ask(tls, 'HTTPS_PROXY', '127.0.0.1:1'), gone);
});

test('never more than two requests at once', async (context) => {
  let [now, limit] = [0, 0];
  const url = await server(context, (_request, response) => {
    now += 1;
    limit = Math.max(limit, now);
    setTimeout(() => {
      now -= 1;
      response.end();
    }, 5);
  });
  const { request } = client(context, url);
  await Promise.all(Array.from({ length: 20 }, () => request({ endpoint: 'uploads' })));
  assert.equal(limit, 2);
});

test('a redirect is not followed, so that no token travels', async (context) => {
  const url = await server(context, (request, response) => {
    assert.ok(!request.url?.includes('elsewhere'));
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const answer = await client(context, url).request({ endpoint: 'uploads', token: 't' });
  assert.deepEqual(
    [answer.kind === 'answer' && answer.status, answer.kind === 'answer' && answer.location],
    [302, '/elsewhere'],
  );
});

test('an answer without end is cut, one without beginning is given up', async (context) => {
  const endless = await server(context, (_request, response) => {
    response.setHeader('content-type', 'application/json');
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    const more = () => {
      while (!response.destroyed && response.write(megabyte));
    };
    response.on('drain', more);
    more();
  });
  const cut = await client(context, endless).request({ endpoint: 'uploads' });
  assert.deepEqual(cut, { kind: 'silence', problem: 'the answer is larger than 64 MiB' });
  const silent = await server(context, () => undefined);
  const { request, counts } = client(context, silent, { timeout: 50 });
  const late = await request({ endpoint: 'uploads' });
  assert.match(late.kind === 'silence' ? late.problem : '', /ETIMEDOUT/);
  const [{ milliseconds, ...count } = { milliseconds: -1 }] = counts;
  assert.deepEqual([counts.length, count], [1, { endpoint: 'uploads', code: 'error', bytes: 0 }]);
  assert.ok(milliseconds >= 49, 'as long as the time limit');
});

test('a kept connection that the server closes instead of answering: a GET goes out once more, a login does not', async (context) => {
  const seen = new Map<object, number>();
  const url = await server(context, (request, response) => {
    const uses = (seen.get(request.socket) ?? 0) + 1;
    seen.set(request.socket, uses);
    if (uses > 1) request.socket.destroy();
    else response.setHeader('content-type', 'application/json').end('{}');
  });
  const { request, counts } = client(context, url);
  const kinds = async (what: Parameters<typeof request>[0]) => (await request(what)).kind;
  assert.equal(await kinds({ endpoint: 'uploads' }), 'answer');
  assert.equal(await kinds({ endpoint: 'uploads' }), 'answer');
  assert.deepEqual(
    counts.map(({ code }) => code),
    ['200', 'error', '200'],
  );
  assert.equal(await kinds({ endpoint: 'auth/token', form: { password: 'x' } }), 'silence');
});

test('a new connection that is closed without an answer is no answer, after one try', async (context) => {
  const url = await server(context, (request) => request.socket.destroy());
  const { request, counts } = client(context, url);
  assert.equal((await request({ endpoint: 'uploads' })).kind, 'silence');
  assert.equal(counts.length, 1);
});

test('an answer is asked for compressed, and counted as it came over the wire', async (context) => {
  const body = JSON.stringify({ data: Array.from({ length: 5000 }, () => 'the same again') });
  const url = await server(context, (request, response) => {
    assert.match(String(request.headers['accept-encoding']), /\bgzip\b/);
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(body));
  });
  const { request, counts } = client(context, url);
  for (let turn = 1; turn <= 2; turn += 1) {
    const answer = await request({ endpoint: 'uploads' });
    assert.deepEqual(answer.kind === 'answer' && answer.body, JSON.parse(body));
  }
  const [first, second] = counts.map(({ bytes }) => bytes);
  assert.ok(first !== undefined && first > gzipSync(body).length && first < 2000, `${String(first)} bytes`);
  assert.equal(second, first);
});
