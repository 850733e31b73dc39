// An account is added to the text of ACCOUNTS_FILE: what stands there stays as it is, comments as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NewAccount, withAccount } from '../../src/config/accounts-edit.ts';
import { readAccountsFile } from '../../src/config/accounts-file.ts';

const TOKEN = { key: 'token_file', path: 'secrets/lise.token', comment: 'until 2027-11-30' } as const;
const LISE: NewAccount = { name: 'lise', nomadUrl: null, username: null, secret: TOKEN };
const WITH_LOGIN: NewAccount = {
  name: 'lise',
  nomadUrl: 'https://oasis.example/nomad/api/v1',
  username: '007',
  secret: { key: 'password_file', path: 'secrets/lise.password', comment: null },
};

const CASES: readonly { readonly what: string; readonly before: string; readonly after: string }[] = [
  {
    what: 'a list with comments everywhere',
    before: `# Our group.
defaults: { stuck_after: 3h } # as Grace wishes

accounts:
  # the boss
  - name: ada # since 2026
    token_file: secrets/ada.token # until 2027-01-01

  - { name: grace, username: "grace", password_file: 'secrets/grace' } # in one line
# the end
`,
    after: `# Our group.
defaults: { stuck_after: 3h } # as Grace wishes

accounts:
  # the boss
  - name: ada # since 2026
    token_file: secrets/ada.token # until 2027-01-01

  - { name: grace, username: "grace", password_file: 'secrets/grace' } # in one line
  - name: lise
    token_file: secrets/lise.token # until 2027-11-30

# the end
`,
  },
  {
    what: 'a list that is not indented',
    before: `accounts:
# first
- name: ada
  token: x
`,
    after: `accounts:
# first
- name: ada
  token: x
- name: lise
  token_file: secrets/lise.token # until 2027-11-30
`,
  },
  {
    what: 'a list in brackets: no comment, which would be the end of the line',
    before: 'accounts: [{ name: ada, token: x }]\n',
    after: 'accounts: [ { name: ada, token: x }, { name: lise, token_file: secrets/lise.token } ]\n',
  },
  {
    what: 'an empty list, and none',
    before: 'accounts: []\n',
    after: 'accounts:\n  - name: lise\n    token_file: secrets/lise.token # until 2027-11-30\n',
  },
  {
    what: 'only defaults',
    before: 'defaults:\n  time_zone: Europe/Berlin\n',
    after:
      'defaults:\n  time_zone: Europe/Berlin\naccounts:\n  - name: lise\n    token_file: secrets/lise.token # until 2027-11-30\n',
  },
];

test('what stands in the file stays, comments as well', () => {
  for (const { what, before, after } of CASES) assert.equal(withAccount(before, LISE), after, what);
});

test('a file that is not there yet, or is empty, begins with where to read more', () => {
  for (const nothing of [null, '', ' \n']) {
    const [first, , ...rest] = withAccount(nothing, WITH_LOGIN).split('\n');
    assert.match(first ?? '', /^# .*docs\/groups\.md/);
    assert.deepEqual(rest, [
      'accounts:',
      '  - name: lise',
      '    nomad_url: https://oasis.example/nomad/api/v1',
      '    username: "007"',
      '    password_file: secrets/lise.password',
      '',
    ]);
  }
});

test('a long line is not broken, and what is read again is what was written', () => {
  const path = `secrets/${'x'.repeat(300)}`;
  const text = withAccount(null, { ...LISE, secret: { ...TOKEN, path } });
  const { accounts, problems } = readAccountsFile(text, 'accounts.yaml');
  assert.deepEqual(problems, []);
  assert.equal(accounts[0]?.values.get('token_file')?.text, path);
});

test('a text that is no accounts file is not written to', () => {
  for (const text of ['accounts: [', '- a\n', 'accounts: ada: b\n', 'just a text\n'])
    assert.throws(() => withAccount(text, LISE), text);
});
