// Several accounts in one process: each is watched by itself, what it finds goes to its own readers, and none is in another's way.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createApp } from '../../src/app/app.ts';
import type { LoadedAccount } from '../../src/config/accounts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, GRACE, addUpload, fail, succeed } from '../../src/demo/nomad-state.ts';
import { NO_RULES } from '../../src/domain/notify/routing.ts';
import { createScrubber } from '../../src/log.ts';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

type Variables = Readonly<Record<string, string>>;

async function setUp(context: TestContext, more: Variables = {}) {
  const time = { now: T0 };
  const nomad = await startSimulatedNomad({ now: () => time.now });
  const inbox = await startInbox();
  const shared = {
    ...{ NOMAD_URL: nomad.url, SMTP_URL: inbox.url, MAIL_FROM: 'm@lab.example', STATE_DIR: tempDir(context) },
    ...{ HTTP_PORT: '0', TZ: 'UTC', POLL_SCHEDULE: '0 0 1 1 *', ...more },
  };
  const account = (name: string, variables: Variables): LoadedAccount => {
    const parsed = parseConfig({ ...shared, ...variables }, { scheduleProblem: () => null });
    assert.ok('config' in parsed, JSON.stringify(parsed));
    return { name, config: parsed.config, rules: NO_RULES };
  };
  const ada = account('ada', { NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password, MAIL_TO: 'ada@x.example' });
  const grace = account('grace', {
    ...{ NOMAD_USERNAME: GRACE.username, NOMAD_PASSWORD: GRACE.password, MAIL_TO: 'grace@x.example' },
  });
  const logged: string[] = [];
  const write = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  /** As the file has them. */
  const file = { accounts: [] as readonly LoadedAccount[], problems: [] as readonly string[], isBroken: false };
  const build = (accounts: readonly LoadedAccount[]) => {
    const app = createApp({
      readAccounts() {
        if (file.isBroken) throw new Error('what nobody expected');
        return file;
      },
      ...{ config: ada.config, accounts, version: '0', scrubber: createScrubber([]), random: () => 0.5 },
      log: { debug: () => undefined, info: write, warn: write, error: write },
      clock: () => time.now,
      monotonic: () => time.now,
    });
    context.after(() => app.stop());
    return app;
  };
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const mails = () => inbox.mails.map(({ to, subject }) => `${String(to)}: ${subject}`).sort();
  return { time, nomad, inbox, account, ada, grace, build, file, mails, logged };
}

test('what each finds is told to its own readers', async (context) => {
  const { time, nomad, ada, grace, build, mails } = await setUp(context);
  const [hers, theirs] = [ADA, GRACE].map(({ id, username }) =>
    addUpload(nomad.world, `of-${username}`, T0, { name: `batch of ${username}`, mainAuthor: id }),
  );
  assert.ok(hers !== undefined && theirs !== undefined);
  succeed(hers, T0, 2);
  succeed(theirs, T0, 2);
  const app = build([ada, grace]);
  await app.runOnce(T0);
  assert.deepEqual(mails(), [
    'ada@x.example: [NOMAD] Now watching 1 upload',
    'grace@x.example: [NOMAD] Now watching 1 upload',
  ]);
  time.now += MINUTE;
  fail(hers, time.now, ['KeyError: x']);
  await app.runOnce(time.now);
  assert.ok(mails().includes(`ada@x.example: [NOMAD] batch of ${ADA.username} failed: KeyError: x`));
  assert.equal(mails().length, 3);
});

test('who would get the same twice for an upload that two accounts see gets it once', async (context) => {
  const { time, nomad, account, build, inbox } = await setUp(context, { MAIL_TO: 'group@x.example' });
  const names = [ADA, GRACE].map(({ username, password }) =>
    account(username, { NOMAD_USERNAME: username, NOMAD_PASSWORD: password }),
  );
  const upload = addUpload(nomad.world, 'shared', T0, { name: 'shared', coauthors: [GRACE.id] });
  succeed(upload, T0, 2);
  const app = build(names);
  await app.runOnce(T0);
  time.now += MINUTE;
  fail(upload, time.now, ['KeyError: x']);
  await app.runOnce(time.now);
  const about = inbox.mails.filter(({ subject }) => subject.includes('shared failed'));
  assert.equal(about.length, 1);
});

test('a login that is refused keeps no other from being watched', async (context) => {
  const { time, nomad, ada, account, build, mails, logged } = await setUp(context);
  const upload = addUpload(nomad.world, 'u1', T0, { name: 'batch' });
  succeed(upload, T0, 2);
  const wrong = account('wrong', { NOMAD_USERNAME: 'nobody', NOMAD_PASSWORD: 'hidden-word', MAIL_TO: 'w@x.example' });
  const app = build([wrong, ada]);
  const outcomes = await app.runOnce(T0);
  assert.deepEqual(
    outcomes.map(({ result }) => result),
    ['unauthorized', 'ok'],
  );
  time.now += MINUTE;
  fail(upload, time.now, ['KeyError: x']);
  await app.runOnce(time.now);
  assert.ok(mails().includes('ada@x.example: [NOMAD] batch failed: KeyError: x'));
  assert.ok(mails().includes('w@x.example: [NOMAD] NOMAD refuses the login'), mails().join('\n'));
  assert.ok(logged.some((line) => line.includes('"account":"wrong"')));
  assert.ok(logged.every((line) => !line.includes('hidden-word')));
  assert.match(await app.status(), /^2 accounts, 1 of them without a listing from NOMAD: 1 upload, 1 failed/);
});

test('a mute of one account holds nothing of another', async (context) => {
  const { time, nomad, ada, grace, build, mails } = await setUp(context);
  const uploads = [ADA, GRACE].map(({ id, username }) =>
    addUpload(nomad.world, username, T0, { name: username, mainAuthor: id }),
  );
  for (const upload of uploads) succeed(upload, T0, 2);
  const app = build([ada, grace]);
  const [polled] = await app.runOnce(T0);
  const operator = openSqliteOperator(ada.config.stateDir);
  context.after(() => operator.close());
  await operator.mute(polled?.watching?.account ?? 0, [], T0 + 60 * MINUTE, T0);
  time.now += MINUTE;
  for (const upload of uploads) fail(upload, time.now, ['KeyError: x']);
  await app.runOnce(time.now);
  const failures = mails().filter((mail) => mail.includes('failed'));
  assert.deepEqual(failures, [`grace@x.example: [NOMAD] ${GRACE.username} failed: KeyError: x`]);
});

test('pages: one before all of them, and each below its name; metrics say whose they are', async (context) => {
  const { nomad, ada, grace, build } = await setUp(context);
  fail(addUpload(nomad.world, 'u1', T0, { name: '<b>batch</b>' }), T0, ['KeyError: x']);
  const app = build([grace, ada]);
  await app.runOnce(T0);
  const { url } = await app.start();
  const ask = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  };
  const home = (await ask('/')).text;
  assert.match(home, /<h1>1 failed<\/h1>/);
  assert.ok(home.indexOf('./accounts/ada/') < home.indexOf('./accounts/grace/'), 'worst first');
  assert.match(home, /accounts\/ada\/\?author=Ada\+Lovelace/);
  const own = (await ask('/accounts/ada/')).text;
  assert.match(own, /&lt;b&gt;batch&lt;\/b&gt;/);
  assert.match(own, /href="\.\/\.\.\/\.\.\/"/);
  assert.doesNotMatch((await ask('/accounts/grace/')).text, /batch/);
  assert.equal((await ask('/accounts/ada/uploads/u1')).status, 200);
  assert.equal((await ask('/accounts/grace/uploads/u1')).status, 404);
  assert.equal((await ask('/accounts/nobody/')).status, 404);
  assert.deepEqual((await ask('/accounts/ada')).location, './ada/');
  assert.equal((await ask('/accounts/ada/assets/page.css')).status, 200);
  const { uploads } = JSON.parse((await ask('/accounts/ada/api/v1/uploads')).text) as { uploads: readonly object[] };
  assert.equal(uploads.length, 1);
  const { accounts } = JSON.parse((await ask('/api/v1/accounts')).text) as {
    accounts: readonly { name: string; api: string }[];
  };
  assert.deepEqual(
    accounts.map(({ name, api }) => [name, new URL(api, `${url}/api/v1/accounts`).pathname]),
    [
      ['ada', '/accounts/ada/api/v1'],
      ['grace', '/accounts/grace/api/v1'],
    ],
  );
  const metrics = (await ask('/metrics')).text;
  for (const line of [
    'nomad_upload_monitor_nomad_up{account="ada"} 1',
    'nomad_upload_monitor_nomad_up{account="grace"} 1',
    'nomad_upload_monitor_uploads{account="ada",process_status="FAILURE"} 1',
    'nomad_upload_monitor_upload_errors{account="ada",upload_id="u1"} 1',
  ])
    assert.ok(metrics.split('\n').includes(line), line);
  assert.match(metrics, /^nomad_upload_monitor_polls_total\{account="ada",kind="poll",result="ok"\} [1-9]$/m);
  assert.match(metrics, /^nomad_upload_monitor_poll_duration_seconds_count\{kind="poll"\} [2-9]$/m);
  const families = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.equal(new Set(families).size, families.length, 'each family once');
});

test('accounts come and go while it runs; what is as before is not disturbed', async (context) => {
  const { time, nomad, ada, grace, build, file, mails, logged } = await setUp(context);
  const change = async (...accounts: readonly LoadedAccount[]) => {
    file.accounts = accounts;
    await app.reload();
  };
  const upload = addUpload(nomad.world, 'u1', T0, { name: 'batch' });
  succeed(upload, T0, 2);
  const app = build([ada]);
  await app.runOnce(T0);
  /** Each asks it once. */
  const identities = () => nomad.requests.filter(({ line }) => line.includes('users/me')).length;
  const before = identities();
  await change({ ...ada }, grace);
  await app.runOnce(T0 + MINUTE);
  assert.equal(identities(), before + 1, 'only the new one is new');
  assert.equal(mails().filter((mail) => mail.startsWith('ada')).length, 1);
  await change(grace);
  time.now += 2 * MINUTE;
  fail(upload, time.now, ['KeyError: x']);
  await app.runOnce(time.now);
  assert.ok(!mails().some((mail) => mail.includes('failed')), 'nobody watches it');
  await change(ada, grace);
  time.now += MINUTE;
  await app.runOnce(time.now);
  assert.ok(mails().includes('ada@x.example: [NOMAD] batch failed: KeyError: x'), 'found when it is watched again');
  file.problems = ['accounts.yaml:3:5: name: it is missing'];
  await change(grace);
  assert.equal((await app.runOnce(time.now)).length, 2, 'the one that is not there may be the one that is wrong');
  await change();
  assert.ok(logged.some((line) => line.startsWith('accounts.yaml:3:5')));
  assert.equal((await app.runOnce(time.now)).length, 2, 'the previous ones stay');
});

test('the page of an account shows its own messages, and not those of others', async (context) => {
  const { inbox, ada, grace, build } = await setUp(context);
  inbox.setHooks({ onRecipient: (to) => (to.startsWith('ada') ? { code: 451, message: 'later' } : undefined) });
  const app = build([ada, grace]);
  await app.runOnce(T0);
  const { url } = await app.start();
  const outbox = async (name: string) =>
    (await (await fetch(`${url}/accounts/${name}/api/v1/outbox`)).json()) as { pending: number; deliveries: object[] };
  const [hers, theirs] = [await outbox('ada'), await outbox('grace')];
  assert.deepEqual([hers.pending, hers.deliveries.length], [1, 1]);
  assert.deepEqual([theirs.pending, theirs.deliveries.length], [0, 0]);
});

test('a reload that fails unexpectedly ends nothing, and the next one is as good as any', async (context) => {
  const { time, ada, grace, build, file, logged } = await setUp(context);
  const app = build([ada]);
  file.isBroken = true;
  await app.reload();
  assert.ok(logged.some((line) => line.startsWith('the configuration could not be reloaded: what nobody expected')));
  Object.assign(file, { isBroken: false, accounts: [ada, grace] });
  await app.reload();
  assert.equal((await app.runOnce(time.now)).length, 2);
});
