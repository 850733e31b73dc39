import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { GENERATIONS, isCelery } from '../../src/demo/nomad-generations.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { T0, MINUTE } from '../support/builders.ts';
import { ADA_LOGIN, wire } from '../support/nomad.ts';

type Wiring = Awaited<ReturnType<typeof wire>>;
async function set(context: TestContext, options: Parameters<typeof wire>[0] = {}): Promise<Wiring> {
  const wiring = await wire(options);
  context.after(wiring.close);
  return wiring;
}
const problemOf = (result: { ok: boolean; problem?: string }) => result.problem ?? '';

for (const generation of GENERATIONS) {
  test(`${generation}: a login gives an app token, and the password stands in no address`, async (context) => {
    const { tokens, lines } = await set(context, { generation });
    const result = await tokens.token();
    assert.ok(result.ok);
    assert.deepEqual(lines(), ['POST /auth/token', 'GET /auth/app_token?expires_in=3600']);
    assert.equal(result.value.expiresAt, T0 + 3_600_000);
  });

  test(`${generation}: twenty who ask at once make one login`, async (context) => {
    const { tokens, lines } = await set(context, { generation });
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token()));
    assert.equal(new Set(all.map((each) => (each.ok ? each.value.value : ''))).size, 1);
    assert.equal(lines().length, 2);
  });

  test(`${generation}: it is renewed at about 80 % of its life`, async (context) => {
    const { tokens, lines, time } = await set(context, { generation });
    await tokens.token();
    time.now = T0 + 0.76 * 3_600_000;
    await tokens.token();
    assert.equal(lines().length, 2);
    time.now = T0 + 0.84 * 3_600_000;
    await tokens.token();
    // 1.x: a token renews itself. 2.x: it lacks the scope, so the password is used.
    const expected = isCelery(generation)
      ? ['GET /auth/app_token?expires_in=3600']
      : ['GET /auth/app_token?expires_in=3600', 'POST /auth/token', 'GET /auth/app_token?expires_in=3600'];
    assert.deepEqual(lines().slice(2), expected);
  });

  test(`${generation}: a lifetime that is too long becomes the longest allowed`, async (context) => {
    const { tokens, lines } = await set(context, { generation, lifetime: 100_000, maxAppToken: 600 });
    const result = await tokens.token();
    assert.ok(result.ok);
    assert.equal(result.value.expiresAt, T0 + 600_000);
    assert.deepEqual(lines().slice(1), ['GET /auth/app_token?expires_in=100000', 'GET /auth/app_token?expires_in=600']);
  });

  test(`${generation}: a revoked token is renewed once and the request made once more`, async (context) => {
    const { tokens, nomad, server, time } = await set(context, { generation });
    const first = await tokens.token();
    assert.ok(first.ok);
    server.tokens.revoke(first.value.value);
    time.now += 1000; // an app token holds nothing but user and end: within one second it is the same again
    const result = await nomad.list(T0);
    assert.ok(result.ok);
  });
}

test('2.x: what is known to need the password does not ask the token again', async (context) => {
  const { tokens, lines, time } = await set(context);
  for (const hours of [0, 0.9, 1.8]) {
    time.now = T0 + hours * 3_600_000;
    await tokens.token();
  }
  assert.equal(lines().filter((line) => line.startsWith('POST')).length, 3);
  assert.equal(lines().length, 7);
});

test('a fresh token that is refused too is the server: no login loop', async (context) => {
  const { nomad, server, lines } = await set(context);
  server.setFault(({ path }) =>
    path === '/uploads' ? { status: 401, body: '{"detail":"Could not validate credentials."}' } : undefined,
  );
  const result = await nomad.list(T0);
  assert.equal(result.ok ? '' : result.reason, 'unauthorized');
  assert.equal(lines().filter((line) => line.startsWith('GET /uploads')).length, 2);
});

test('a failing renewal leaves the token that still lives in use', async (context) => {
  const { tokens, server, time, renewals } = await set(context);
  const first = await tokens.token();
  server.setFault(() => ({ status: 503, body: 'busy' }));
  time.now = T0 + 3_000_000;
  assert.deepEqual(await tokens.token(), first);
  assert.deepEqual(renewals, ['ok', 'error']);
});

test('a renewal that failed is not tried again with each request, nor before the Retry-After; an ended token waits for nothing', async (context) => {
  const { tokens, server, time, lines } = await set(context, { lifetime: 86_400 });
  await tokens.token();
  server.setFault(({ path }) =>
    path.startsWith('/auth/') ? { status: 503, headers: { 'retry-after': '600' } } : undefined,
  );
  const asked: number[] = [];
  for (const minutes of [1300, 1304, 1309, 1311, 1500]) {
    const before = lines().length;
    time.now = T0 + minutes * MINUTE;
    for (let request = 0; request < 5; request += 1) await tokens.token();
    asked.push(lines().length - before);
  }
  assert.deepEqual(asked, [1, 0, 0, 1, 5]);
});

test("the time left is judged by the server's clock, not by ours", async (context) => {
  const { tokens } = await set(context, { skew: 5 * 3_600_000 });
  const result = await tokens.token();
  assert.ok(result.ok);
  assert.equal(result.value.expiresAt, T0 + 6 * 3_600_000);
});

test('a wrong password: at most five tries an hour, however often it is asked', async (context) => {
  const { tokens, lines, refusals, time } = await set(context, {
    credentials: { ...ADA_LOGIN, kind: 'password', username: 'ada', password: 'wrong' },
  });
  for (let minute = 0; minute < 60; minute += 1) {
    time.now = T0 + minute * MINUTE;
    const result = await tokens.token();
    assert.equal(result.ok, false);
    assert.ok(!problemOf(result).includes('wrong'));
  }
  assert.equal(refusals.length, 5);
  assert.equal(lines().length, 5);
});

test('an identity server that is down is no refusal', async (context) => {
  const { tokens, refusals } = await set(context, {
    credentials: { kind: 'password', username: 'ada', password: 'keycloak-is-down' },
  });
  const result = await tokens.token();
  assert.equal(result.ok ? '' : result.reason, 'unreachable');
  assert.deepEqual(refusals, []);
});

test('a personal access token is used as it is; without users:read it is known to nobody', async (context) => {
  const { nomad, lines } = await set(context, {
    credentials: ({ tokens }) => ({ kind: 'token', token: tokens.mintPat(ADA, ['uploads:read']) }),
  });
  const identity = await nomad.identity();
  assert.deepEqual(identity, { ok: true, value: { userId: null, email: null } });
  assert.ok((await nomad.list(T0)).ok);
  assert.ok(lines().every((line) => !line.includes('auth')));
});

test('an app token from outside renews itself on 1.x and is used to its end on 2.x', async (context) => {
  for (const generation of GENERATIONS) {
    const { nomad, tokens, time, lines } = await set(context, {
      generation,
      credentials: (server) => ({ kind: 'token', token: server.tokens.mint('app', ADA, 1000) }),
    });
    time.now = T0 + 900_000;
    assert.ok((await tokens.token()).ok);
    assert.ok((await tokens.token()).ok);
    assert.equal(lines().length, 1);
    time.now = T0 + 1_000_000;
    assert.equal((await nomad.list(T0)).ok, isCelery(generation));
  }
});
