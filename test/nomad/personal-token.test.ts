// A personal access token is made with the token of a login, as NOMAD 1.4.2 and later do; before that there is none.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createClient } from '../../src/nomad/client.ts';
import { makePersonalToken, revokePersonalToken } from '../../src/nomad/personal-token.ts';
import { readPersonalToken } from '../../src/nomad/wire.ts';
import { type SimulatedNomadOptions, startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { T0 } from '../support/builders.ts';

const WANTED = { name: 'monitor', description: 'reads', scopes: ['uploads:read', 'users:read'] };
const DAY = 86_400_000;

async function site(context: TestContext, options: SimulatedNomadOptions) {
  const server = await startSimulatedNomad({ ...options, now: () => T0 });
  const client = createClient({ url: server.url, userAgent: 'test', proxyEnv: {}, timeout: 5000 });
  context.after(async () => {
    client.close();
    await server.close();
  });
  const access = server.tokens.mint('access', ADA, 300);
  return { server, client, access };
}

test('it is made for as long as NOMAD allows, with these scopes and no others', async (context) => {
  for (const generation of ['1.4', '2.0'] as const) {
    const { server, client, access } = await site(context, { generation });
    const made = await makePersonalToken(client, access, WANTED);
    assert.ok(made.ok && made.value !== null);
    assert.equal(made.value.expiresAt, T0 + 365 * DAY);
    assert.deepEqual(server.tokens.find(made.value.token)?.scopes, WANTED.scopes);
    assert.ok(await revokePersonalToken(client, access, made.value.id));
    assert.equal(server.tokens.find(made.value.token), null, 'revoked');
  }
});

test('where operators allow less, it is asked for once more, for that', async (context) => {
  const { client, access, server } = await site(context, { maxPatDays: 30 });
  const made = await makePersonalToken(client, access, WANTED);
  assert.ok(made.ok && made.value !== null);
  assert.equal(made.value.expiresAt, T0 + 30 * DAY);
  assert.equal(server.requests.length, 2);
});

test('NOMAD 1.3 makes none, and no token but that of a login may have one made', async (context) => {
  const old = await site(context, { generation: '1.3' });
  assert.deepEqual(await makePersonalToken(old.client, old.access, WANTED), { ok: true, value: null });
  const { server, client } = await site(context, {});
  const app = server.tokens.mint('app', ADA, 300);
  assert.deepEqual(await makePersonalToken(client, app, WANTED), { ok: true, value: null });
});

test('what NOMAD refuses for another reason is said in its words', async (context) => {
  const { server, client, access } = await site(context, {});
  for (let count = 0; count < 100; count += 1) server.tokens.mintPat(ADA, ['uploads:read']);
  const made = await makePersonalToken(client, access, WANTED);
  assert.ok(!made.ok);
  assert.match(
    made.problem,
    /^personal access token: NOMAD answered 400 "Maximum number of active PAT \(100\) reached\."/,
  );
});

test('an answer is read leniently, and never taken for more than it is', () => {
  const pat = { id: '6b0cc15e', expired_at: '2027-11-30T00:20:46.602049Z', more: 1 };
  const end = Date.parse('2027-11-30T00:20:46.602Z');
  assert.deepEqual(readPersonalToken({ pat, raw_token: 'nomad_pat_x' }), {
    id: '6b0cc15e',
    token: 'nomad_pat_x',
    expiresAt: end,
  });
  for (const expired_at of [null, undefined, 'one day', 5])
    assert.equal(readPersonalToken({ pat: { ...pat, expired_at }, raw_token: 'x' })?.expiresAt, null);
  for (const body of [null, {}, { pat }, { raw_token: 'x' }, { pat, raw_token: 'a b' }, { pat: {}, raw_token: 'x' }])
    assert.equal(readPersonalToken(body), null);
});
