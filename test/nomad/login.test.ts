// A login that hangs, or is refused: what is said of it, and when the next is made.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answer, Client } from '../../src/nomad/client.ts';
import { createLogin } from '../../src/nomad/login.ts';
import { createTokenSource } from '../../src/nomad/token-source.ts';
import { loginHung } from '../../src/domain/nomad/token-policy.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

const said = (status: number, body: unknown = {}, more: { retryAfter?: number } = {}): Answer => ({
  ...{ kind: 'answer', status, bytes: new Uint8Array(), body, contentType: 'application/json' },
  ...{ date: null, retryAfter: null, location: null, ...more },
});
const TIMED_OUT: Answer = { kind: 'silence', problem: "ETIMEDOUT: Timeout awaiting 'request' for 70000ms" };

/** Each login takes so long by the clock, and comes to the next of these. */
function set(answers: readonly Answer[], takes = 70_000, password = 'p') {
  const time = { now: T0 };
  const asked: number[] = [];
  const client: Client = {
    request: ({ endpoint }) => {
      if (endpoint !== 'auth/token') return Promise.resolve(said(200, { app_token: 'app' }));
      asked.push(time.now - T0);
      time.now += takes;
      return Promise.resolve(answers[asked.length - 1] ?? TIMED_OUT);
    },
    close: () => undefined,
  };
  const refusals: number[] = [];
  const options = {
    client,
    username: 'ada',
    password,
    refusals: { recent: async () => refusals, add: async (at: number) => void refusals.push(at) },
    clock: () => time.now,
  };
  const credentials = { kind: 'password', username: 'ada', password } as const;
  return {
    time,
    asked,
    login: () => createLogin(options),
    tokens: () => createTokenSource({ ...options, credentials, lifetime: 3600, random: () => 0.5 }),
  };
}

test('a login that timed out is not made again for 5 minutes, and it is said why and until when', async () => {
  const { time, asked, login } = set([TIMED_OUT, said(200, { access_token: 't' })]);
  const way = login();
  assert.equal(await way.blocked(), null);
  const first = await way.run();
  assert.ok(!first.ok);
  assert.equal(first.reason, 'unreachable');
  assert.match(
    first.problem,
    /^login: ETIMEDOUT: .*; a login that hangs can block NOMAD for everyone, so the next attempt is at 2026-11-20T10:06:10.000Z$/,
  );
  assert.equal(first.retryAfter, 5 * MINUTE);
  time.now += 5 * MINUTE - 1;
  const blocked = await way.blocked();
  assert.deepEqual([blocked?.problem, blocked?.retryAfter, blocked?.refused], [first.problem, 1, null]);
  time.now += 1;
  assert.equal(await way.blocked(), null);
  assert.ok((await way.run()).ok);
  assert.equal(asked.length, 2);
});

test('whoever asks meanwhile, and however often, makes no login', async () => {
  const { time, asked, tokens } = set([]);
  const source = tokens();
  for (let second = 0; second < 600; second += 10) {
    time.now = Math.max(time.now, T0 + second * 1000);
    assert.equal((await source.token()).ok, false);
    await source.renewAhead();
  }
  assert.deepEqual(asked, [0, 370_000]);
});

test('a token that still lives goes on being used while no login may be made', async (context: TestContext) => {
  const { tokens, nomad, server, time, lines, renewals, close } = await wire();
  context.after(close);
  await tokens.token();
  server.setFault(({ path }) => (path.startsWith('/auth/') ? { status: 504, body: '<html>' } : undefined));
  const before = lines().length;
  for (const minute of [50, 51, 52, 53, 54, 55]) {
    time.now = T0 + minute * MINUTE;
    assert.ok((await nomad.list(time.now)).ok);
  }
  const asked = lines().slice(before);
  // The first asks the token itself; that is no login, and it may try again when it is due.
  assert.deepEqual(
    asked.filter((line) => !line.startsWith('GET /uploads')),
    [
      'GET /auth/app_token?expires_in=3600',
      'GET /auth/app_token?expires_in=3600',
      'GET /auth/app_token?expires_in=3600',
    ],
  );
  assert.ok(renewals.every((result, index) => result === (index === 0 ? 'ok' : 'error')));
});

test('one of several workers refuses the token while logins hang: the others are asked on', async (context: TestContext) => {
  const { nomad, server, time, lines, close } = await wire();
  context.after(close);
  await nomad.list(T0);
  let requests = 0;
  const wrong = { status: 401, body: '{"detail":"Invalid token."}' };
  server.setFault(({ path }) => {
    if (path === '/auth/token') return { status: 504, body: '' };
    return path === '/uploads' && (requests += 1) % 2 === 1 ? wrong : undefined;
  });
  const results: boolean[] = [];
  for (const minute of [1, 2, 3]) {
    time.now = T0 + minute * MINUTE;
    results.push((await nomad.list(time.now)).ok);
  }
  assert.deepEqual(results, [false, true, false]);
  assert.equal(lines().filter((line) => line === 'POST /auth/token').length, 2, 'one good, one that hung');
});

test('Retry-After of a gateway that gave up is obeyed where it is longer', async () => {
  const { login } = set([said(504, {}, { retryAfter: 10 * MINUTE })]);
  const result = await login().run();
  assert.equal(!result.ok && result.retryAfter, 10 * MINUTE);
});

test('cut because we are ending is not hanging; a clock that was set moves the pause along', async () => {
  const { login, time } = set([TIMED_OUT, TIMED_OUT]);
  const way = login();
  await way.run(AbortSignal.abort());
  assert.equal(await way.blocked(), null);
  await way.run();
  time.now += 86_400_000;
  way.clockSet(86_400_000);
  assert.equal((await way.blocked())?.retryAfter, 5 * MINUTE);
});

test('what hung, and what did not', () => {
  const rows: readonly (readonly [string | null, number | null, number, boolean])[] = [
    ["ETIMEDOUT: Timeout awaiting 'request' for 70000ms", null, 70_000, true],
    ["ETIMEDOUT: Timeout awaiting 'request' for 400ms", null, 400, true],
    ["ETIMEDOUT: Timeout awaiting 'connect' for 15000ms", null, 15_000, false],
    ["ETIMEDOUT: Timeout awaiting 'secureConnect' for 15000ms", null, 25_000, false],
    ["ETIMEDOUT: Timeout awaiting 'lookup' for 15000ms", null, 30_000, false],
    ['ETIMEDOUT: connect ETIMEDOUT 10.0.0.1:443', null, 30_000, false],
    ['ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1', null, 1, false],
    ['ECONNRESET: read ECONNRESET', null, 60_000, true],
    ['ECONNRESET: read ECONNRESET', null, 1000, false],
    [null, 504, 60_000, true],
    [null, 504, 10, true],
    [null, 500, 30_000, true],
    [null, 500, 19_999, false],
    [null, 503, 10, false],
  ];
  for (const [problem, status, took, expected] of rows)
    assert.equal(loginHung(problem, status, took), expected, `${problem ?? ''} ${status ?? ''} ${took}`);
});

test('a refused login may be a locked account: that is said, and what to do', async () => {
  const { login } = set([said(401, { detail: 'Incorrect username or password' })], 100);
  const result = await login().run();
  assert.ok(!result.ok);
  assert.equal(
    result.problem,
    'login: NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD ("Incorrect username or password", which it also says when the account is locked); fix them and restart',
  );
});

test('a refused password with a quote at its ends: that is said, and not the password', async () => {
  const { login } = set([said(401, { detail: 'Incorrect username or password' })], 100, '"p"');
  const result = await login().run();
  assert.ok(!result.ok);
  assert.match(
    result.problem,
    /fix them and restart; NOMAD_PASSWORD begins and ends with a quote: it is sent as part of it/,
  );
});
