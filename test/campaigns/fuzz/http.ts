// Target: the monitor's HTTP server, as a real one, against whatever comes over a socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { type HttpServerOptions, type HttpServer, startHttp as startServer } from '../../../src/http/server.ts';
import { NO_PAGES } from '../../support/views.ts';
import { BASIC, TOKEN } from './request-words.ts';
import { requests } from './requests.ts';
import { answersIn, type RawAnswer } from '../../support/raw-answers.ts';
import { type Running, running } from './target.ts';

interface Input {
  readonly server: 'open' | 'token' | 'basic';
  readonly bytes: Buffer;
  /** Where the bytes are cut into two writes, a share of 256. */
  readonly cut: number;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  server: fc.constantFrom('token', 'token', 'basic', 'open'),
  bytes: requests,
  cut: fc.nat(255),
});

/** Ours, and those that Node itself gives to what is no HTTP. */
const STATUSES = new Set([200, 400, 401, 403, 404, 405, 408, 413, 414, 421, 431, 503]);
/** What only somebody with the token may see. */
const GUARDED = /fuzz_metric|<html|nomad\.example/;
const STRICT = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-resource-policy',
  'cache-control',
];
const ABSENT = ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin'];

let now = 0;
const OPTIONS: Omit<HttpServerOptions, 'access'> = {
  host: '127.0.0.1',
  port: 0,
  isLoopback: true,
  metrics: async (accept) => ({
    contentType: 'text/plain',
    body: `fuzz_metric 1\n# ${String(accept?.length)}${' '.repeat(2000)}\n`,
  }),
  stuckLoops: () => [],
  notReady: async () => null,
  ...NO_PAGES,
  // A minute from request to request: wrong tokens are to be judged, not to be slowed down.
  clock: () => (now += 60_000),
  onError: (error) => {
    throw error;
  },
};

export async function startHttp(start: typeof startServer = startServer): Promise<Running> {
  const servers: Readonly<Record<Input['server'], HttpServer>> = {
    open: await start({ ...OPTIONS, access: { token: null, basic: null } }),
    token: await start({ ...OPTIONS, access: { token: TOKEN, basic: null } }),
    basic: await start({ ...OPTIONS, access: { token: TOKEN, basic: BASIC } }),
  };
  const unexpected: unknown[] = [];
  const note = (error: unknown) => unexpected.push(error);
  process.on('uncaughtException', note).on('unhandledRejection', note);

  async function check({ server, bytes, cut }: Input): Promise<void> {
    const { port } = new URL(servers[server].url);
    const at = Math.floor((bytes.length * cut) / 256);
    const answered = await exchange(Number(port), [bytes.subarray(0, at), bytes.subarray(at)]);
    for (const answer of answersIn(answered)) checkAnswer(answer, server, bytes);
    const after = await fetch(`${servers[server].url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    assert.equal(after.status, 200, 'a good request afterwards');
    assert.match(await after.text(), /^fuzz_metric 1\n/);
    assert.deepEqual(unexpected, [], 'an error that nobody caught');
  }

  return running(inputs, check, async () => {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    await Promise.all(Object.values(servers).map(({ close }) => close()));
  });
}

function checkAnswer({ status, headers, body }: RawAnswer, server: Input['server'], bytes: Buffer): void {
  const sent = bytes.toString('latin1');
  assert.ok(STATUSES.has(status), `status ${status}`);
  for (const name of STRICT) assert.ok(headers.has(name), `${name} is missing from a ${status}`);
  for (const name of ABSENT) assert.ok(!headers.has(name), `${name} on a ${status}`);
  assert.doesNotMatch(body, /\.(ts|js|mjs):\d+|node_modules|\bat [\w.]+ \(|file:\/\//, 'a stack trace or a path');
  if (!GUARDED.test(body)) return;
  assert.ok(status === 200 || status === 404, `a page with status ${status}`);
  if (server !== 'open') assert.ok(isAllowed(sent), 'served without the token');
  assert.match(
    sent,
    /host[ \t]*:?[ \t\r\n]*(localhost|127\.\d|\[::1\])|https?:\/\/[^/]*(localhost|127\.|\[::1\])/i,
    'served under another name',
  );
}

function isAllowed(sent: string): boolean {
  const basic = Buffer.from(`${BASIC.username}:${BASIC.password}`).toString('base64');
  return sent.includes(`Bearer ${TOKEN}`) || sent.includes(`Basic ${basic}`) || sent.includes(TOKEN);
}

/** All that the server says until it hangs up; it is told that nothing more will come. */
async function exchange(port: number, pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  socket.end();
  // What waits for the rest of a body would wait for minutes.
  const quiet = setTimeout(() => socket.destroy(), 5000);
  await closed;
  clearTimeout(quiet);
  return Buffer.concat(chunks);
}
