// `account add`: a login becomes a token that can only read, or the password where there are no such tokens; and both files, or none.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import { accountFiles, nomadOf } from '../../support/account-files.ts';

const asAda = ['--username', ADA.username, '--password-stdin'];
/** Of the requests, those that are about tokens. */
const askedOf = (requests: readonly { readonly line: string }[]) =>
  requests.map(({ line }) => line).filter((line) => line.includes('/auth/'));

test('NOMAD makes a token that can only read; it alone is kept, and the password nowhere', async (context) => {
  const nomad = await nomadOf(context);
  const { dir, call, text } = accountFiles(context, '# ours\naccounts: []\n', { NOMAD_URL: nomad.url });
  const { code, stdout, stderr } = await call(['account', 'add', 'ada', ...asAda], `${ADA.password}\n`);
  assert.equal(code, 0, stderr);
  const token = text('secrets/ada.token')?.trim() ?? '';
  assert.deepEqual(nomad.tokens.find(token)?.scopes, ['uploads:read', 'entries:read', 'users:read']);
  assert.match(
    text('accounts.yaml') ?? '',
    /^# ours\naccounts:\n {2}- name: ada\n {4}token_file: secrets\/ada\.token # until \d{4}-\d\d-\d\d\n$/,
  );
  assert.deepEqual(readdirSync(dir, { recursive: true }).toSorted(), ['accounts.yaml', 'secrets', 'secrets/ada.token']);
  assert.match(
    stdout,
    /token that can only read \(uploads:read, entries:read, users:read\) until .*the password was not kept/,
  );
  assert.match(stdout, /^ok {3}ada {2}ada@lab\.example, user 68878af7-.*; 0 uploads; /m);
  for (const secret of [token, ADA.password]) assert.ok(!`${stdout}${stderr}`.includes(secret), 'shown');
  assert.equal(askedOf(nomad.requests).filter((line) => line.endsWith('/auth/token')).length, 1, 'one login');
});

test('NOMAD 1.3 has no such tokens: the password is kept, and it is said so', async (context) => {
  const nomad = await nomadOf(context, { generation: '1.3' });
  const { dir, call, text } = accountFiles(context, null);
  const { code, stdout } = await call(['account', 'add', 'ada', '--url', nomad.url, ...asAda], ADA.password);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^NOMAD makes no personal access token for this account: the password is in secrets\/ada\.password, which only its owner can read$/m,
  );
  assert.equal(text('secrets/ada.password'), `${ADA.password}\n`);
  assert.match(
    text('accounts.yaml') ?? '',
    new RegExp(
      `- name: ada\n {4}nomad_url: ${nomad.url}\n {4}username: ada\n {4}password_file: secrets/ada.password\n`,
    ),
  );
  const modes = ['accounts.yaml', 'secrets/ada.password'].map((name) => statSync(join(dir, name)).mode & 0o777);
  assert.deepEqual(modes, [0o600, 0o600]);
  assert.equal((await call(['account', 'check'])).code, 0, 'and it gets in with it');
});

test('a token that was made elsewhere is tried before it is kept', async (context) => {
  const nomad = await nomadOf(context);
  const { call, text } = accountFiles(context, null, { NOMAD_URL: nomad.url });
  const add = (name: string, token: string) => call(['account', 'add', name, '--token-stdin'], `${token}\n`);
  const dead = await add('dead', 'nomad_pat_dead');
  assert.deepEqual([dead.code, text('accounts.yaml'), text('secrets/dead.token')], [4, null, null]);
  assert.match(dead.stderr, /nothing was added/);
  const blind = await add('blind', nomad.tokens.mintPat(ADA, ['users:read']));
  assert.equal(blind.code, 1);
  assert.match(blind.stderr, /Missing scopes.*; nothing was added/);
  const token = nomad.tokens.mintPat(ADA, ['uploads:read']);
  const good = await add('ada', token);
  assert.equal(good.code, 0, good.stderr);
  assert.equal(text('secrets/ada.token'), `${token}\n`);
  assert.match(good.stdout, /may not read whose it is \(scope users:read\)/);
});

test('a login that is refused, and a NOMAD that is not there, add nothing', async (context) => {
  const nomad = await nomadOf(context);
  const { call, text } = accountFiles(context, null, { NOMAD_URL: nomad.url });
  const refused = await call(['account', 'add', 'ada', ...asAda], 'wrong');
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /^login: NOMAD refuses username and password .*; try again; nothing was added$/m);
  const down = await call(['account', 'add', 'ada', '--url', 'http://127.0.0.1:9', ...asAda], ADA.password);
  assert.equal(down.code, 3);
  assert.match(down.stderr, /nothing was added$/m);
  assert.deepEqual([text('accounts.yaml'), text('accounts.yaml.new')], [null, null]);
});

test('when the files cannot be written, the token is taken back', async (context) => {
  const nomad = await nomadOf(context);
  const { dir, call, text } = accountFiles(context, null, { NOMAD_URL: nomad.url });
  writeFileSync(join(dir, 'secrets'), 'in the way');
  const { code, stderr } = await call(['account', 'add', 'ada', ...asAda], ADA.password);
  assert.equal(code, 2);
  assert.match(stderr, /^accounts\.yaml: nothing was added: /m);
  assert.deepEqual(nomad.tokens.activePats(ADA), []);
  assert.match(askedOf(nomad.requests).at(-1) ?? '', /^DELETE .*\/auth\/pats\//);
  assert.deepEqual([text('accounts.yaml'), text('accounts.yaml.new')], [null, null]);
});

test('each thing that is wrong with the command is one sentence, and nobody is asked', async (context) => {
  const nomad = await nomadOf(context);
  const yaml = 'accounts:\n  - { name: ada, username: ada, password_file: secrets/ada }\n';
  const files = accountFiles(context, yaml, { NOMAD_URL: nomad.url });
  await files.call(['account', 'list']);
  const { call } = files;
  const cases: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [['Ada', ...asAda], /^"Ada" is not a valid name for an account; use small letters/],
    [['ada', ...asAda], /^accounts\.yaml:2:5: there is an account "ada" already; choose another name$/m],
    [['lise', '--password-stdin'], /^--password-stdin: needs --username; /],
    [['lise', '--username', 'x', '--token-stdin'], /^--token-stdin: give either it or --username$/m],
    [
      ['lise'],
      /^account add: it asks on a terminal; in a script give --token-stdin, or --username NAME --password-stdin$/m,
    ],
    [['lise', ...asAda, '--url', 'nowhere'], /^--url: "nowhere" is not a valid web address; /],
    [['lise', '--token-stdin'], /^account add: there is no token; nothing was added$/m],
  ];
  for (const [args, said] of cases) {
    const { code, stderr } = await call(['account', 'add', ...args]);
    assert.match(stderr, said);
    assert.equal(code, 2, stderr);
  }
  assert.deepEqual(nomad.requests, []);
  assert.equal(files.text('accounts.yaml'), yaml);
});

test('without ACCOUNTS_FILE, and with one that cannot be read, it says what to do', async (context) => {
  const none = await accountFiles(context, null, { ACCOUNTS_FILE: '' }).call(['account', 'add', 'ada', ...asAda], 'x');
  assert.match(none.stderr, /^ACCOUNTS_FILE: not set; write for example ACCOUNTS_FILE=accounts\.yaml into \.env/);
  const broken = await accountFiles(context, 'accounts: [\n').call(['account', 'add', 'ada', ...asAda], 'x');
  assert.match(broken.stderr, /^accounts\.yaml:\d+:\d+: /);
  assert.deepEqual([none.code, broken.code], [2, 2]);
});

test('the same login a second time is not added', async (context) => {
  const nomad = await nomadOf(context, { generation: '1.3' });
  const { dir, call } = accountFiles(context, 'accounts:\n  - { name: grace, username: grace, password_file: pw }\n', {
    NOMAD_URL: nomad.url,
  });
  writeFileSync(join(dir, 'pw'), GRACE.password);
  chmodSync(join(dir, 'pw'), 0o600);
  const { code, stderr } = await call(['account', 'add', 'g2', '--username', 'GRACE', '--password-stdin'], 'x');
  assert.deepEqual([code, stderr], [2, 'grace is this login already; nothing was added\n']);
});

test('what still keeps the monitor from starting is said after it was added', async (context) => {
  const nomad = await nomadOf(context);
  const { call } = accountFiles(context, null, { NOMAD_URL: nomad.url, NOMAD_USERNAME: 'ada', NOMAD_PASSWORD: 'x' });
  const { code, stderr } = await call(['account', 'add', 'ada', ...asAda], ADA.password);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^ACCOUNTS_FILE: set together with NOMAD_USERNAME and NOMAD_PASSWORD; write this login into the file/m,
  );
});
