// `doctor` as operators meet it: what it says, what its exit code is, what it leaves behind, and that no secret is in it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { type SimulatedNomadOptions, startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { callCli } from '../support/cli.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const TIMEOUT = { timeout: 300_000 };
const DAY = 86_400_000;

async function setUp(context: TestContext, options: SimulatedNomadOptions = {}) {
  const nomad = await startSimulatedNomad(options);
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  addUpload(nomad.world, 'u1', Date.now() - DAY, { name: 'batch-42' });
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: join(tempDir(context), 'state') };
  const logins = () => nomad.requests.filter(({ line }) => line === 'POST /auth/token').length;
  return { nomad, inbox, env, logins };
}

type Env = Readonly<Record<string, string>>;

async function doctor(env: Env, args: readonly string[] = []) {
  const { code, output } = await callCli(['--env-file', '/dev/null', 'doctor', ...args], usualEnv(env));
  return { code, text: output };
}

/** The same as a process of its own. */
async function doctorProcess(context: TestContext, env: Env) {
  const program = startProgram(context, env, ['--env-file', '/dev/null', 'doctor']);
  const code = await program.ended;
  return { code, text: program.output() };
}

interface Told {
  readonly part: string;
  readonly state: string;
  readonly finding: string;
  readonly advice: string | null;
}

async function examined(env: Env) {
  const { code, text } = await doctor(env, ['--json']);
  const { ok, parts } = JSON.parse(text) as { ok: boolean; parts: readonly Told[] };
  assert.equal(ok, code === 0, text);
  assert.deepEqual(
    parts.map(({ part }) => part),
    ['configuration', 'nomad', 'login', 'token_lifetime', 'listing', 'processing', 'clock', 'smtp', 'state', 'http'],
  );
  const states = (state: string) => parts.filter((each) => each.state === state).map(({ part }) => part);
  const said = (name: string) => {
    const found = parts.find(({ part }) => part === name);
    return `${found?.finding ?? ''} ${found?.advice ?? ''}`.trim();
  };
  return { code, text, parts, bad: states('bad'), skipped: states('skipped'), said };
}

test('everything is right: 0, and nothing is left behind', TIMEOUT, async (context) => {
  const { nomad, inbox, env } = await setUp(context);
  const { code, text } = await doctorProcess(context, env);
  assert.equal(code, 0, text);
  const patterns = [
    /^ok {3}configuration {3}complete, and all values are valid$/,
    /^ok {3}NOMAD answers {3}http:\/\/127\.0\.0\.1:\d+\/prod\/v1\/api\/v1 in \d+ ms$/,
    /^ok {3}login {11}ada is accepted: user 68878af7-[\w-]+, ada@lab\.example$/,
    /^ok {3}token lifetime {2}1 day, as requested; renewed before it expires$/,
    /^ok {3}listing {9}1 upload in \d+ ms$/,
    /^ok {3}processing {6}no upload shows yet how this NOMAD processes uploads$/,
    /^ok {3}clock {11}agrees with NOMAD's$/,
    /^ok {3}SMTP {12}127\.0\.0\.1:\d+ in \d+ ms, mail to ada@lab\.example$/,
    /^ok {3}state folder {4}\/.+\/state will be created at the first start$/,
    /^ok {3}HTTP port {7}127\.0\.0\.1:\(any port\) is free$/,
    /^$/,
  ];
  const lines = text.split('\n');
  assert.equal(lines.length, patterns.length, text);
  for (const [index, pattern] of patterns.entries()) assert.match(lines[index] ?? '', pattern);
  assert.equal(existsSync(env.STATE_DIR), false);
  assert.equal(inbox.mails.length, 0);
  assert.deepEqual(
    nomad.requests.map(({ line }) => line.replace(/\?.*/, '')),
    ['GET /users/me', 'POST /auth/token', 'GET /auth/app_token', 'GET /users/me', 'GET /users/me', 'GET /uploads'],
  );
});

test('a wrong password: 4 after one login; what needs a login is skipped', TIMEOUT, async (context) => {
  const { env, logins } = await setUp(context);
  const { code, bad, skipped, said } = await examined({ ...env, NOMAD_PASSWORD: 'wrong' });
  assert.equal(code, 4);
  assert.deepEqual(
    [bad, skipped],
    [
      ['login', 'smtp'],
      ['token_lifetime', 'listing', 'processing'],
    ],
  );
  assert.match(said('smtp'), /works, but until the first login nobody can be notified: .* set MAIL_TO/);
  assert.match(said('login'), /Incorrect username or password.*fix NOMAD_USERNAME and NOMAD_PASSWORD/);
  assert.equal(logins(), 1);
});

test('refused logins are counted with the monitor: after five in an hour none is tried', TIMEOUT, async (context) => {
  const { env, logins } = await setUp(context);
  const store = openSqliteStore(env.STATE_DIR);
  const key = `${env.NOMAD_URL} ${ADA.username}`;
  for (const minutes of [40, 30, 20, 10]) await store.addRefusal(key, Date.now() - minutes * 60_000);
  await store.close();
  const wrong = { ...env, NOMAD_PASSWORD: 'wrong' };
  assert.match((await examined(wrong)).said('login'), /Incorrect username or password/);
  const last = await examined(wrong);
  assert.match(last.said('login'), /the next attempt is at/);
  assert.deepEqual([last.code, logins()], [4, 1]);
  assert.deepEqual(readdirSync(env.STATE_DIR).sort(), ['lock', 'state.sqlite']);
});

test('NOMAD is down: 3', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  await nomad.close();
  const { code, bad, skipped, said } = await examined(env);
  assert.equal(code, 3);
  assert.deepEqual(
    [bad, skipped],
    [
      ['nomad', 'smtp'],
      ['login', 'token_lifetime', 'listing', 'processing', 'clock'],
    ],
  );
  assert.match(said('nomad'), /ECONNREFUSED.*nothing is listening there/);
});

test('a web page instead of the API: 1, and no password is sent there', TIMEOUT, async (context) => {
  const { nomad, env, logins } = await setUp(context);
  nomad.setFault(() => ({ status: 200, body: '<html>GUI</html>', headers: { 'content-type': 'text/html' } }));
  const { code, bad, said } = await examined(env);
  assert.deepEqual([code, bad, logins()], [1, ['nomad', 'smtp'], 0]);
  assert.match(said('nomad'), /web page \(HTML\).*NOMAD_URL/);
});

test('a gateway without a NOMAD behind it: 3; a login service that is down: 3', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  nomad.setFault(() => ({ status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }));
  assert.deepEqual((await examined(env)).code, 3);
  nomad.setFault(null);
  const login = await examined({ ...env, NOMAD_PASSWORD: 'keycloak-is-down' });
  assert.deepEqual([login.code, login.bad], [3, ['login', 'smtp']]);
});

test('the mail server refuses the login: 1; it is not there: 1; none is configured: 0', TIMEOUT, async (context) => {
  const { inbox, env } = await setUp(context);
  inbox.setHooks({ onLogin: () => ({ code: 535, message: 'no such user' }) });
  const SMTP_URL = inbox.url.replace('//', '//ada:secret-of-smtp@');
  const refused = await examined({ ...env, SMTP_URL });
  assert.deepEqual([refused.code, refused.bad], [1, ['smtp']]);
  assert.match(refused.said('smtp'), /535 no such user.*SMTP_URL/);
  assert.ok(!refused.text.includes('secret-of-smtp'));
  const tls = await examined({ ...env, SMTP_URL: inbox.url.replace('smtp:', 'smtps:') });
  assert.match(tls.said('smtp'), /STARTTLS/);
  // Only a loopback address may go without STARTTLS, and this one is not written as such.
  const elsewhere = inbox.url.replace('127.0.0.1', '0.0.0.0');
  assert.match((await examined({ ...env, SMTP_URL: elsewhere })).said('smtp'), /upgrading.*STARTTLS/);
  inbox.setHooks({});
  assert.equal((await examined({ ...env, SMTP_URL: elsewhere, SMTP_ALLOW_PLAINTEXT: 'true' })).code, 0);
  await inbox.close();
  const gone = await examined(env);
  assert.deepEqual([gone.code, gone.bad], [1, ['smtp']]);
  const none = await examined({ NOMAD_URL: env.NOMAD_URL, STATE_DIR: env.STATE_DIR });
  assert.deepEqual([none.code, none.skipped], [0, ['smtp']]);
});

test('a state folder that cannot be: 5; a corrupt state: 5; a newer one: 5', TIMEOUT, async (context) => {
  const { env } = await setUp(context);
  const file = join(tempDir(context), 'file');
  writeFileSync(file, '');
  for (const STATE_DIR of [file, join(file, 'below')]) {
    const { code, bad, said } = await examined({ ...env, STATE_DIR, NOMAD_PASSWORD: 'wrong' });
    assert.deepEqual([code, bad], [5, ['login', 'smtp', 'state']]);
    assert.match(said('state'), /is not a folder.*set STATE_DIR/);
  }
  await openSqliteStore(env.STATE_DIR).close();
  assert.equal((await examined(env)).code, 0);
  writeFileSync(join(env.STATE_DIR, 'state.sqlite'), 'this is no database'.repeat(100));
  const corrupt = await examined(env);
  assert.deepEqual([corrupt.code, corrupt.bad], [5, ['state']]);
  assert.match(corrupt.said('state'), /not a database.*backup/);
  const ahead = new DatabaseSync(join(env.STATE_DIR, 'state.sqlite.new'));
  ahead.exec('PRAGMA user_version = 99');
  ahead.close();
  renameSync(join(env.STATE_DIR, 'state.sqlite.new'), join(env.STATE_DIR, 'state.sqlite'));
  const newer = await examined(env);
  assert.equal(newer.code, 5);
  assert.match(newer.said('state'), /newer version \(schema 99/);
});

test('beside a running monitor: its state and its port are in use, and that is right', TIMEOUT, async (context) => {
  const { nomad, env, logins } = await setUp(context);
  const monitor = startProgram(context, env);
  await monitor.line(({ msg }) => msg === 'delivered');
  const { port } = new URL(await monitor.url());
  const beside = await examined({ ...env, HTTP_PORT: port });
  assert.equal(beside.code, 0, beside.text);
  assert.match(beside.said('state'), /in use by a running monitor/);
  assert.match(beside.said('http'), /in use by the running monitor, which is healthy/);
  const before = logins();
  const refused = await examined({ ...env, HTTP_PORT: port, NOMAD_PASSWORD: 'wrong' });
  assert.deepEqual([refused.code, logins() - before], [4, 1]);
  const other = await examined({ ...env, HTTP_PORT: port, STATE_DIR: tempDir(context) });
  assert.deepEqual([other.code, other.bad], [1, ['http']]);
  assert.match(other.said('http'), /a monitor with another state/);
  const polls = () => nomad.requests.filter(({ line }) => line.startsWith('GET /uploads')).length;
  const polled = polls();
  while (polls() < polled + 2) await new Promise((resolve) => setTimeout(resolve, 100));
  monitor.child.kill('SIGTERM');
  assert.equal(await monitor.ended, 0);
  assert.doesNotMatch(monitor.output(), /"level":"error"/);
});

test('the port is in use by something else, or not ours to have: 1', TIMEOUT, async (context) => {
  const { env } = await setUp(context);
  const other = createServer((_request, response) => response.end('ok\n')).listen(0, '127.0.0.1');
  context.after(() => other.close());
  await once(other, 'listening');
  const HTTP_PORT = String((other.address() as AddressInfo).port);
  const taken = await examined({ ...env, HTTP_PORT });
  assert.deepEqual([taken.code, taken.bad], [1, ['http']]);
  assert.match(taken.said('http'), /in use by something else.*HTTP_PORT/);
  const elsewhere = await examined({ ...env, HTTP_HOST: '192.0.2.1', HTTP_TOKEN: 'some-token' });
  assert.match(elsewhere.said('http'), /EADDRNOTAVAIL.*HTTP_HOST/);
});

test('a wrong configuration: 2, every problem on a line, and nothing else is examined', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  const wrong = { ...env, LOG_LEVEL: 'y', NOMAD_PASSWORT: 'canary-misspelt', NOMAD_ROLES: ADA.password };
  const { code, text } = await doctor(wrong);
  assert.equal(code, 2);
  const lines = text.split('\n');
  assert.match(lines[0] ?? '', /^BAD {2}configuration {3}3 problems$/);
  for (const line of lines.slice(1, 4)) assert.match(line, /^ {21}[A-Z_]+: /);
  assert.match(text, /did you mean NOMAD_PASSWORD\?/);
  assert.equal(lines.filter((line) => line.includes('not checked: the configuration is wrong')).length, 9);
  assert.ok(!text.includes('canary') && !text.includes(ADA.password), text);
  assert.equal((await examined(wrong)).code, 2);
  assert.equal(nomad.requests.length, 0);
});

test('a clock that is two days off: 1; the lifetime of the token is still seen right', TIMEOUT, async (context) => {
  const { env } = await setUp(context, { now: () => Date.now() - 2 * DAY });
  const { code, bad, said } = await examined(env);
  assert.deepEqual([code, bad], [1, ['clock']]);
  assert.match(said('clock'), /^2 days ahead of NOMAD's synchronise the clock by NTP/);
  assert.match(said('token_lifetime'), /^1 day, as requested/);
});

test(
  'personal access tokens: good; without users:read mail needs MAIL_TO; without uploads:read: 1; dead: 4',
  TIMEOUT,
  async (context) => {
    const { nomad, env, logins } = await setUp(context);
    const pat = (...scopes: string[]) => ({ ...env, NOMAD_TOKEN: nomad.tokens.mintPat(ADA, scopes) });
    const good = await examined(pat('uploads:read', 'users:read'));
    assert.equal(good.code, 0);
    assert.match(good.said('token_lifetime'), /does not show when it expires/);
    const nameless = await examined(pat('uploads:read'));
    assert.deepEqual([nameless.code, nameless.bad], [1, ['smtp']]);
    assert.match(nameless.said('smtp'), /MAIL_TO/);
    assert.equal((await examined({ ...pat('uploads:read'), MAIL_TO: 'a@lab.example' })).code, 0);
    const dead = await examined({ ...env, NOMAD_TOKEN: 'nomad_pat_of-yesterday' });
    assert.deepEqual([dead.code, dead.bad], [4, ['login', 'smtp']]);
    nomad.setFault(({ path }) =>
      path === '/uploads' ? { status: 403, body: `{"detail":"Missing scopes: [<Scope.UPLOADS_READ>]"}` } : undefined,
    );
    const blind = await examined(pat('users:read'));
    assert.deepEqual([blind.code, blind.bad], [1, ['listing']]);
    assert.match(blind.said('listing'), /uploads:read/);
    assert.equal(logins(), 0);
  },
);

test('app tokens given as NOMAD_TOKEN: 1.x renews them, 2.x does not', TIMEOUT, async (context) => {
  for (const [generation, days, code, said] of [
    ['1.3', 3, 0, /it is renewed before/],
    ['2.0', 3, 1, /in 3 days.*, and cannot be renewed create a new token/],
    ['2.0', 20, 0, /cannot be renewed$/],
  ] as const) {
    const { nomad, env } = await setUp(context, { generation });
    const NOMAD_TOKEN = nomad.tokens.mint('app', ADA, days * 86_400 + 30);
    const told = await examined({ ...env, NOMAD_TOKEN });
    assert.equal(told.code, code, told.text);
    assert.match(told.said('token_lifetime'), said);
  }
});

test('no secret is in the output, whatever the servers repeat', TIMEOUT, async (context) => {
  const { nomad, inbox, env } = await setUp(context);
  const smtp = 'canary=smtp&pw';
  const SMTP_URL = inbox.url.replace('//', `//user:${encodeURIComponent(smtp)}@`);
  inbox.setHooks({ onLogin: () => ({ code: 535, message: `not ${smtp} ${Buffer.from(smtp).toString('base64')}` }) });
  const canaries = { NOMAD_PASSWORD: 'canary pass/&?ü', HTTP_TOKEN: 'canary-token/1+' };
  const more = { ...env, SMTP_URL, HTTP_TOKEN: canaries.HTTP_TOKEN };
  const echo = `{"detail":"who is ${canaries.NOMAD_PASSWORD} ${encodeURIComponent(canaries.NOMAD_PASSWORD)}\\u001b[2J"}`;
  nomad.setFault(({ path }) => (path === '/auth/token' ? { status: 500, body: echo } : undefined));
  const refused = await doctorProcess(context, { ...more, NOMAD_PASSWORD: canaries.NOMAD_PASSWORD });
  assert.match(refused.text, /who is \[secret\] \[secret\]/);
  const sent: string[] = [];
  for (const path of ['/auth/app_token', '/users/me', '/uploads']) {
    nomad.setFault((request) => {
      const token = nomad.requests.at(-1)?.token ?? null;
      if (request.path !== path || token === null) return undefined;
      return { status: 403, body: JSON.stringify({ detail: `no ${token}` }) };
    });
    for (const args of [[], ['--json']]) sent.push((await doctor(more, args)).text);
  }
  const everything = [refused.text, ...sent].join('\n');
  assert.equal(everything.split('no [secret]').length, 7, everything);
  const tokens = nomad.requests.flatMap(({ token }) => (token === null ? [] : [token]));
  for (const secret of [...Object.values(canaries), smtp, ADA.password, ...tokens])
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      assert.ok(!everything.includes(form), `${form} was found`);
  assert.ok(!everything.includes('\u001b'));
});

test('a signal ends it at once, and says so', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  const asked = new Promise<void>((resolve) => {
    nomad.setFault(() => {
      resolve();
      return { hold: new Promise(() => undefined) };
    });
  });
  const program = startProgram(context, env, ['--env-file', '/dev/null', 'doctor']);
  await asked;
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 1);
  assert.match(program.output(), /interrupted/);
});
