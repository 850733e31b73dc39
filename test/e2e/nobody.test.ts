// Mail without a recipient, as an operator meets it: each place that speaks of messages says so, and none says that all was delivered.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { callCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { startHook } from '../support/hook.ts';
import { type Program, startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const TIMEOUT = { timeout: 60_000 };
type Env = Readonly<Record<string, string>>;
type Line = Readonly<Record<string, unknown>>;

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  addUpload(nomad.world, 'u1', Date.now(), { name: 'batch-42' });
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: join(tempDir(context), 'state') };
  return { nomad, inbox, env };
}

const verb = (env: Env, ...args: readonly string[]) => callCli(['--env-file', '/dev/null', ...args], usualEnv(env));
const event =
  (kind: string) =>
  (line: Line): boolean =>
    line['event'] === kind;

/** What each place says of mail without a recipient; null: what it says when there is none. */
async function said(program: Program, env: Env) {
  const url = await program.url();
  const get = async (path: string) => (await fetch(`${url}${path}`)).text();
  const page = (await get('/')).replaceAll('&#39;', "'");
  const status = JSON.parse(await get('/api/v1/status')) as { messages: { no_recipient: string | null } };
  const outbox = JSON.parse(await get('/api/v1/outbox')) as { no_recipient: string | null };
  const document = JSON.parse((await verb(env, 'outbox', '--json')).stdout) as { no_recipient: string | null };
  const doctor = JSON.parse((await verb(env, 'doctor', '--json')).stdout) as { parts: readonly Line[] };
  const mail = doctor.parts.find(({ part }) => part === 'smtp');
  return {
    page,
    ready: await get('/readyz'),
    outbox: (await verb(env, 'outbox')).stdout,
    json: [status.messages.no_recipient, outbox.no_recipient, document.no_recipient],
    doctor: `${String(mail?.['state'])}: ${String(mail?.['finding'])}; ${String(mail?.['advice'])}`,
  };
}

function assertSaid(places: Awaited<ReturnType<typeof said>>, problem: string, ready: string): void {
  const sentence = `${problem}; set MAIL_TO`;
  assert.equal(places.outbox, `the outbox is empty, but ${sentence}\n`);
  assert.deepEqual(places.json, [sentence, sentence, sentence]);
  assert.ok(places.page.includes(`${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`), places.page);
  assert.doesNotMatch(places.page, /all delivered/);
  assert.equal(places.ready, `${ready}\n${sentence}\n`);
  assert.match(places.doctor, /^bad: 127\.0\.0\.1:\d+ works, but /);
  assert.ok(places.doctor.endsWith(`works, but ${problem}; set MAIL_TO, for example MAIL_TO=ada@lab.example`));
}

function assertNotSaid(places: Awaited<ReturnType<typeof said>>): void {
  assert.equal(places.outbox, 'the outbox is empty: everything was delivered\n');
  assert.deepEqual(places.json, [null, null, null]);
  assert.match(places.page, /all delivered/);
  assert.doesNotMatch(places.page, /MAIL_TO/);
  assert.equal(places.ready, 'ok\n');
  assert.match(places.doctor, /^ok: /);
}

const UNKNOWN =
  "until the first login nobody can be notified: MAIL_TO is not set, and the account's own address is not known before it";
const NOT_READY = 'no poll has received a complete listing yet';

test('a wrong password at the first start: nobody can be notified, until it is right', TIMEOUT, async (context) => {
  const { inbox, env } = await setUp(context);
  const wrong = { ...env, NOMAD_PASSWORD: 'wrong' };
  const first = startProgram(context, wrong);
  await first.line(({ level, msg }) => level === 'warn' && msg === `${UNKNOWN}; set MAIL_TO`);
  await first.line(event('nomad.login_refused'));
  assertSaid(await said(first, wrong), UNKNOWN, NOT_READY);
  assert.equal(first.output().split(UNKNOWN).length, 2, 'once');
  first.child.kill('SIGTERM');
  await first.ended;

  const second = startProgram(context, env);
  const mail = await eventually('a mail', () => inbox.mails[0]);
  assert.match(mail.subject, /NOMAD accepts the login again/);
  assert.deepEqual(mail.to, [ADA.email]);
  assert.match(second.output(), /not known before it; set MAIL_TO/, 'at this start it was not known either');
  await second.line(({ msg }) => msg === 'delivered');
  assertNotSaid(await said(second, env));
  second.child.kill('SIGTERM');
  await second.ended;

  // Known from before: a NOMAD that refuses the login now takes nothing from anybody.
  const third = startProgram(context, wrong);
  await third.line(event('nomad.login_refused'));
  assert.doesNotMatch(third.output(), /MAIL_TO/);
  assert.equal((await said(third, wrong)).json[0], null);
  assert.match((await said(third, wrong)).doctor, /^ok: .* mail to ada@lab\.example/);
});

test('NOMAD is away from the start; the webhook is told all the same', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  const hook = await startHook(context);
  await nomad.close();
  const both = { ...env, WEBHOOK_URL: hook.url, UNREACHABLE_AFTER: '1s' };
  const program = startProgram(context, both);
  await program.line(event('nomad.unreachable'));
  const problem = UNKNOWN.replace('nobody can be notified', 'no mail can be sent (not affected: webhook)');
  await program.line(({ msg }) => msg === `${problem}; set MAIL_TO`);
  await program.line(({ msg }) => msg === 'delivered');
  assertSaid(await said(program, both), problem, NOT_READY);
});

test('a token that may not read the address', TIMEOUT, async (context) => {
  const { nomad, env } = await setUp(context);
  const token = nomad.tokens.mintPat(ADA, ['uploads:read']);
  const withToken = { ...env, NOMAD_TOKEN: token };
  const program = startProgram(context, withToken);
  await program.line(event('monitor.baseline'));
  const problem =
    "nobody can be notified: MAIL_TO is not set, and NOMAD_TOKEN may not read the account's own address (scope users:read)";
  await program.line(({ level, msg }) => level === 'error' && msg === `${problem}; set MAIL_TO`);
  await eventually('ready', async () =>
    (await fetch(`${await program.url()}/readyz`)).status === 200 ? true : undefined,
  );
  assertSaid(await said(program, withToken), problem, 'ok');
  const explained = await verb(withToken, 'config', '--explain', 'u1');
  assert.match(explained.stdout, /upload\.failed +nobody +NOTIFY_ON\n/);
  assert.equal(explained.stderr, `${problem}; set MAIL_TO\n`);
});
