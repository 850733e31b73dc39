// Where NOMAD gives no app token: the access token of a login does, with its own life, and no more logins than that needs.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SimulatedFault } from '../../src/demo/nomad-faults.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

async function set(context: TestContext, options: Parameters<typeof wire>[0] = {}) {
  const wiring = await wire(options);
  context.after(wiring.close);
  const { server, lines } = wiring;
  const logins = () => lines().filter((line) => line === 'POST /auth/token').length;
  const appTokens = () => lines().filter((line) => line.startsWith('GET /auth/app_token')).length;
  const without = (fault: SimulatedFault) => {
    server.setFault(({ path }) => (path === '/auth/app_token' ? fault : undefined));
  };
  return { ...wiring, logins, appTokens, without };
}

const json = (status: number, detail: string): SimulatedFault => ({ status, body: JSON.stringify({ detail }) });
const HTML = { 'content-type': 'text/html' };
const LACKS: readonly (readonly [string, SimulatedFault])[] = [
  [
    'refused by scope (an account outside authorized_users)',
    json(403, "Missing scopes: [<Scope.TOKENS_CREATE: 'tokens:create'>]"),
  ],
  ['gone, as NOMAD says it', json(404, 'Not Found')],
  ['gone, as a proxy says it', { status: 404, headers: HTML, body: '<html>404</html>' }],
  ['gone, another method is left', json(405, 'Method Not Allowed')],
  ['gone for good', json(410, 'Gone')],
];
for (const [what, fault] of LACKS) {
  test(`app tokens are ${what}: the access token is used, for as long as the login said`, async (context) => {
    const { tokens, nomad, without, logins, server, renewals } = await set(context);
    without(fault);
    const result = await tokens.token();
    assert.ok(result.ok);
    assert.deepEqual([result.value.kind, result.value.expiresAt], ['access', T0 + 5 * MINUTE]);
    assert.ok((await nomad.list(T0)).ok);
    assert.equal(server.requests.at(-1)?.token, result.value.value);
    assert.deepEqual([logins(), renewals], [1, ['ok']]);
    assert.deepEqual(tokens.life(), { expiresAt: T0 + 5 * MINUTE, renewable: true });
  });
}

test('a login that says no life: the access token itself does, by the clock of the server', async (context) => {
  const { tokens, without } = await set(context, { generation: '1.3', skew: 3_600_000 });
  without(json(404, 'Not Found'));
  const result = await tokens.token();
  assert.ok(result.ok);
  assert.equal(result.value.expiresAt, T0 + 3_600_000 + 5 * MINUTE);
});

test('an access token is had anew at 80 % of its life, by a login; whether there are app tokens is asked each hour', async (context) => {
  const { nomad, without, logins, appTokens, time } = await set(context);
  without(json(404, 'Not Found'));
  const made: number[] = [];
  for (let minute = 0; minute < 121; minute += 1) {
    time.now = T0 + minute * MINUTE;
    assert.ok((await nomad.list(time.now)).ok);
    await nomad.renew();
    if (minute === 3 || minute === 4 || minute === 59) made.push(logins(), appTokens());
  }
  assert.deepEqual(made, [1, 1, 2, 1, 15, 1]);
  assert.deepEqual([logins(), appTokens()], [31, 3]);
});

test('nobody asks NOMAD anything for hours: no login is made meanwhile', async (context) => {
  const { nomad, without, logins, time } = await set(context);
  without(json(403, 'Missing scopes: [x]'));
  assert.ok((await nomad.list(T0)).ok);
  for (let minute = 1; minute < 60; minute += 1) {
    time.now = T0 + minute * MINUTE;
    await nomad.renew();
  }
  assert.equal(logins(), 1);
  assert.ok((await nomad.list(time.now)).ok);
  assert.equal(logins(), 2);
});

test('app tokens that are there again are used again', async (context) => {
  const { tokens, without, server, time } = await set(context);
  without(json(404, 'Not Found'));
  await tokens.token();
  server.setFault(null);
  const kinds: string[] = [];
  for (const minute of [30, 59, 61, 65]) {
    time.now = T0 + minute * MINUTE;
    const result = await tokens.token();
    kinds.push(result.ok ? result.value.kind : 'none');
  }
  assert.deepEqual(kinds, ['access', 'access', 'access', 'app']);
});

test('an app token cannot be made for the moment: the login was not in vain', async (context) => {
  const { nomad, without, logins, time } = await set(context);
  without({ status: 503, body: 'busy' });
  for (const minute of [0, 1, 2, 3]) {
    time.now = T0 + minute * MINUTE;
    assert.ok((await nomad.list(time.now)).ok);
  }
  assert.equal(logins(), 1);
});

test('an account that is not admitted, and a fresh token that is refused, are said as they are', async (context) => {
  for (const [fault, said] of [
    [json(403, 'You are logged in with an unknown user'), /403 "You are logged in with an unknown user"/],
    [json(401, 'Expired token.'), /401 "Expired token."/],
  ] as const) {
    const { tokens, without } = await set(context);
    without(fault);
    const result = await tokens.token();
    assert.ok(!result.ok);
    assert.deepEqual([result.reason, result.refused], ['unauthorized', null]);
    assert.match(result.problem, said);
  }
});

const KEY_FAULT: SimulatedFault = {
  status: 500,
  body: JSON.stringify({
    detail: {
      reason: 'Unexpected exception while handling your request',
      exception: "'kid'",
      exception_class: 'KeyError',
      exception_traceback: 'Traceback …',
    },
  }),
};
/** 1.4.1 fails over an app token that asks for another. */
function asIn141({ server }: Awaited<ReturnType<typeof set>>, users: readonly string[] = []): void {
  server.setFault(({ path }) => {
    const token = server.requests.at(-1)?.token ?? '';
    const isApp = server.tokens.find(token)?.kind === 'app';
    return (path === '/auth/app_token' && isApp) || users.includes(path) ? KEY_FAULT : undefined;
  });
}

test("1.4.1's 500 at a renewal: a login at once, from then on without that question; nothing counts as an error", async (context) => {
  const wiring = await set(context);
  const { tokens, lines, time, renewals } = wiring;
  asIn141(wiring);
  for (const hours of [0, 0.9, 1.8, 2.7]) {
    time.now = T0 + hours * 3_600_000;
    assert.ok((await tokens.token()).ok);
  }
  const [question, login] = ['GET /auth/app_token?expires_in=3600', 'POST /auth/token'];
  assert.deepEqual(lines(), [login, question, question, login, question, login, question, login, question]);
  assert.deepEqual(renewals, ['ok', 'ok', 'ok', 'ok']);
});

for (const [what, fault] of [
  ["1.4.1's 500", KEY_FAULT],
  ['no such address', json(404, 'Not Found')],
] as const) {
  test(`NOMAD_TOKEN whose renewal meets ${what}: the second time it is one that cannot be renewed`, async (context) => {
    const { tokens, without, appTokens, time, renewals } = await set(context, {
      credentials: (server) => ({ kind: 'token', token: server.tokens.mint('app', ADA, 10 * 86_400) }),
    });
    without(fault);
    const seen: unknown[] = [];
    for (const minutes of [3000, 3001, 3006, 3012, 9000]) {
      time.now = T0 + minutes * MINUTE;
      assert.ok((await tokens.token()).ok);
      seen.push([appTokens(), tokens.life().renewable]);
    }
    assert.deepEqual(seen, [
      [1, true],
      [1, true],
      [2, false],
      [2, false],
      [2, false],
    ]);
    assert.deepEqual(renewals, ['error', 'refused']);
  });
}

test('a fault that does not come again, and one of another kind, leave NOMAD_TOKEN renewable', async (context) => {
  const other: SimulatedFault = {
    status: 500,
    body: '{"detail":{"exception":"down","exception_class":"AutoReconnect"}}',
  };
  for (const faults of [
    [KEY_FAULT, null, KEY_FAULT],
    [other, other, other, other],
  ]) {
    const { tokens, server, time } = await set(context, {
      generation: '1.3',
      credentials: (given) => ({ kind: 'token', token: given.tokens.mint('app', ADA, 10 * 86_400) }),
    });
    for (const [index, fault] of faults.entries()) {
      server.setFault(({ path }) => (path === '/auth/app_token' && fault !== null ? fault : undefined));
      time.now = T0 + (3000 + index * 100) * MINUTE;
      await tokens.token();
    }
    assert.equal(tokens.life().renewable, true);
  }
});

test("1.4.1's 500 for a token of unknown kind is a refusal: with a password a new login, with NOMAD_TOKEN said to be that", async (context) => {
  const own = await set(context);
  await own.nomad.list(T0);
  let faults = 0;
  own.server.setFault(({ path }) => (path === '/uploads' && (faults += 1) === 1 ? KEY_FAULT : undefined));
  assert.ok((await own.nomad.list(T0)).ok);
  assert.equal(own.logins(), 2);

  const given = await set(context, { credentials: { kind: 'token', token: 'ey.rubbish.x' } });
  given.server.setFault(() => KEY_FAULT);
  const result = await given.nomad.list(T0);
  assert.ok(!result.ok);
  assert.deepEqual([result.reason, result.refused], ['unauthorized', 'token']);
});
