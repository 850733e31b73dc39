// `account list` and `account check`: which accounts there are, and whether each of them gets in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADA, GRACE, addUpload } from '../../../src/demo/nomad-state.ts';
import { accountFiles, nomadOf } from '../../support/account-files.ts';

test('the list: login, NOMAD, roles and recipients; what is wrong is said below', async (context) => {
  const { call } = accountFiles(
    context,
    `defaults: { nomad_url: https://oasis.example/nomad-oasis }
accounts:
  - { name: ada, username: ada.l, password: hush-hush, mail_to: [ada@lab.example, lab@lab.example] }
  - { name: grace, token: nomad_pat_hush, roles: [main_author, reviewer], nomad_url: https://nomad-lab.eu }
  - { name: lise, token: other, stuck_after: soon }
`,
    { SMTP_URL: 'smtp://127.0.0.1' },
  );
  const { code, stdout, stderr } = await call(['account', 'list']);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      ['ACCOUNT', 'LOGIN', 'NOMAD', 'ROLES', 'MAIL TO'],
      ['ada', 'ada.l', 'https://oasis.example/nomad-oasis/api/v1', 'all', 'ada@lab.example, lab@lab.example'],
      ['grace', 'token', 'https://nomad-lab.eu/prod/v1/api/v1', 'main_author, reviewer', "the account's own address"],
    ],
  );
  assert.match(stderr, /^accounts\.yaml:5:46: stuck_after: "soon" is not a valid duration/);
  assert.equal(code, 2);
  const document = JSON.parse((await call(['account', 'list', '--json'])).stdout) as {
    accounts: unknown[];
    problems: unknown[];
  };
  assert.deepEqual(document.accounts[1], {
    name: 'grace',
    nomad_url: 'https://nomad-lab.eu/prod/v1/api/v1',
    login: 'token',
    username: null,
    roles: ['main_author', 'reviewer'],
    mail: true,
    mail_to: null,
  });
  assert.equal(document.problems.length, 1);
  assert.ok(!stdout.includes('hush') && !JSON.stringify(document).includes('hush'));
});

test('the one account of the variables is a list of one without a name', async (context) => {
  const { call } = accountFiles(context, null, { ACCOUNTS_FILE: '', NOMAD_TOKEN: 'x' });
  const { code, stdout } = await call(['account', 'list']);
  assert.equal(code, 0);
  assert.match(stdout, /^- +token +https:\/\/nomad-lab\.eu/m);
});

test('the check: one line each, and the gravest exit code', async (context) => {
  const nomad = await nomadOf(context);
  addUpload(nomad.world, 'KsDqDhs5TOGJH6nUGtXMgA', Date.now());
  const yaml = (more: string) => `accounts:
  - { name: ada, username: ada, password: "${ADA.password}" }
  - { name: grace, token: ${nomad.tokens.mintPat(GRACE, ['uploads:read', 'users:read'])} }
${more}`;
  const checked = (more: string, args: readonly string[] = []) =>
    accountFiles(context, yaml(more), { NOMAD_URL: nomad.url }).call(['account', 'check', ...args]);
  const good = await checked('');
  assert.equal(good.code, 0, good.output);
  assert.match(good.stdout, /^ok {3}ada {4}ada@lab\.example, user 68878af7[^;]*; 1 upload; 1 day, as requested/m);
  assert.match(
    good.stdout,
    /^ok {3}grace {2}grace@lab\.example, user a03af8b6[^;]*; 0 uploads; token does not show when it expires/m,
  );
  const refused = await checked('  - { name: eve, username: eve, password: x }\n');
  assert.equal(refused.code, 4);
  assert.match(
    refused.stdout,
    /^BAD {2}eve {4}login: NOMAD refuses username and password .*\n {12}fix username and password: /m,
  );
  const unreachable = '  - { name: far, token: x, nomad_url: "http://127.0.0.1:9" }\n';
  const far = await checked(unreachable);
  assert.equal(far.code, 3);
  assert.match(far.stdout, /^BAD {2}far {4}login: /m);
  assert.equal((await checked(unreachable, ['ada'])).code, 0, 'only those that are named');
  const wrong = await checked('  - { name: bad }\n');
  assert.deepEqual([wrong.code, wrong.stdout.split('\n').length], [2, 3]);
  assert.match(wrong.stderr, /^accounts\.yaml:4:5: there is no login/);
  assert.equal((await checked('  - { name: bad }\n', ['grace'])).code, 0, 'another that is wrong does not matter then');
  const unknown = await checked('', ['grase']);
  assert.deepEqual([unknown.code, unknown.stderr], [2, 'there is no account "grase"; did you mean grace?\n']);
});

test('as JSON, with the end of a token that shows it', async (context) => {
  const nomad = await nomadOf(context);
  const token = nomad.tokens.mint('app', ADA, 30 * 86_400);
  const { call } = accountFiles(context, `accounts: [{ name: ada, token: ${token} }]\n`, { NOMAD_URL: nomad.url });
  const { code, stdout } = await call(['account', 'check', '--json']);
  const document = JSON.parse(stdout) as { accounts: { token_expires: string }[]; problems: unknown[] };
  const [ada] = document.accounts;
  assert.equal(code, 0);
  assert.ok(ada !== undefined);
  assert.ok(Math.abs(Date.parse(ada.token_expires) - Date.now() - 30 * 86_400_000) < 600_000);
  assert.deepEqual(
    { ...ada, finding: '', token_expires: '' },
    {
      name: 'ada',
      ok: true,
      state: 'good',
      finding: '',
      advice: null,
      user_id: ADA.id,
      email: ADA.email,
      uploads: 0,
      token_expires: '',
    },
  );
  assert.deepEqual(document.problems, []);
});
