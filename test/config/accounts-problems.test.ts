// ACCOUNTS_FILE: the sentence for each thing that is wrong, with its line and column; and that no sentence shows a secret.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../../src/config/load.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { type GivenAccounts, SMTP, loadFrom, loaded, names, problems } from '../support/accounts.ts';
import { tempDir } from '../support/temp.ts';

/** One line each: what is written, and every sentence that is said. A leading `accounts:` and a good account `ok` are added where they are not given. */
const WRONG: readonly (GivenAccounts & { readonly said: readonly string[]; readonly good?: readonly string[] })[] = [
  {
    yaml: 'accounts:\n  - { name: ok, token: t }\n  - { name: bad, nomad_url: nowhere, token: u }\n',
    said: [
      'accounts.yaml:3:29: nomad_url: "nowhere" is not a valid web address; write for example https://nomad-lab.eu/prod/v1/api/v1',
    ],
    good: ['ok'],
  },
  {
    yaml: 'accounts:\n  - { name: ok, token: t }\n  - { name: bad, nomad_url: "https://a:hush@x.example", token: u }\n',
    said: [
      'accounts.yaml:3:29: nomad_url: it must not contain a user or password: those go into username and password; write for example https://nomad-lab.eu/prod/v1/api/v1',
    ],
    good: ['ok'],
  },
  {
    yaml: 'accounts:\n  - { name: ok, token: t }\n  - { name: bad, token: u, rolls: [reviewer], smtp_url: x, flavour: sweet, poll_schedule: daily }\n',
    said: [
      'accounts.yaml:3:28: there is no key "rolls" here; did you mean roles?',
      'accounts.yaml:3:47: smtp_url is the same for all accounts; set the variable SMTP_URL instead',
      'accounts.yaml:3:60: there is no key "flavour" here; an account has the keys name, username, password, password_file, password_env, token, token_file, token_env, nomad_url, roles, mail_to, rules_file, notify_on, poll_schedule, sweep_schedule, stuck_after, unreachable_after, remind_after, digest_schedule, token_lifetime, time_zone',
      'accounts.yaml:3:91: poll_schedule: "daily" is not a valid cron pattern; write for example */5 * * * *',
    ],
    good: ['ok'],
  },
  {
    yaml: 'accounts:\n  - { name: Ada L., token: t }\n  - { token: u }\n  - ada\n  - { name: [x], token: v }\n  - { name: y, token: [v] }\n',
    said: [
      'accounts.yaml:2:13: "Ada L." is not a valid name for an account; use small letters, digits and . _ - (at most 63, the first a letter or digit), for example ada',
      'accounts.yaml:3:5: name is missing; give each account a name of its own, for example name: ada',
      'accounts.yaml:4:5: an account is a mapping; write for example - { name: ada, token_file: secrets/ada.token }',
      'accounts.yaml:5:13: name must be a text; write for example name: ada',
      'accounts.yaml:6:23: token must be a text; write for example token: …',
    ],
  },
  {
    yaml: 'accounts:\n  - { name: ada, token: t }\n  - { name: ada, token: u }\n  - { name: Ada, token: v }\n',
    said: [
      'accounts.yaml:3:13: the account at line 2 has the name "ada" too; give one of them another name',
      'accounts.yaml:4:13: "Ada" is not a valid name for an account; use small letters, digits and . _ - (at most 63, the first a letter or digit), for example ada',
      'accounts.yaml:4:13: the account at line 2 has the name "Ada" too; give one of them another name',
    ],
    good: ['ada'],
  },
  {
    yaml: `accounts:
  - { name: a, username: ada, password: p }
  - { name: b, username: Ada, password: q, nomad_url: https://nomad-lab.eu/prod/v1/gui }
  - { name: c, username: ada, password: r, nomad_url: https://oasis.example/nomad-oasis }
  - { name: d, token: t }
  - { name: e, token: t }
`,
    said: [
      'accounts.yaml:3:5: "b" is the same login at the same NOMAD as "a" at line 2; remove one of them',
      'accounts.yaml:6:5: "e" is the same login at the same NOMAD as "d" at line 5; remove one of them',
    ],
    good: ['a', 'c', 'd'],
  },
  {
    yaml: `accounts:
  - { name: ok, token: t }
  - { name: a }
  - { name: b, username: x }
  - { name: c, password: x }
  - { name: d, token: x, username: y, password: z }
  - { name: e, token: x, token_file: y }
  - { name: f, username: x, password_file: secrets/none }
  - { name: g, token_file: secrets/empty }
  - { name: h, token_env: NO_SUCH }
  - { name: i, token: "two words" }
  - { name: j, token: 6b1f4c4e-91a5-7d2c-0a3e-0c6b6a9f0d11 }
`,
    files: { 'secrets/empty': '\n' },
    said: [
      'accounts.yaml:3:5: there is no login; add username and password_file, or token_file: secrets/ada.token',
      'accounts.yaml:4:26: the password is missing; add for example password_file: secrets/ada.password',
      'accounts.yaml:5:26: the user name is missing; add for example username: ada',
      'accounts.yaml:6:23: token is given together with username; keep either the token, or user name and password',
      'accounts.yaml:7:38: token_file is given together with token; keep one',
      'accounts.yaml:8:44: password_file: secrets/none cannot be read; name an existing file that this user may read',
      'accounts.yaml:9:28: token_file: secrets/empty is empty; it must contain the token, and nothing else',
      'accounts.yaml:10:27: token_env: the variable NO_SUCH is not set; set it to the token',
      'accounts.yaml:11:23: token: it contains a space or another character that no token has; copy it again, as one line',
      'accounts.yaml:12:23: token: it is a token of HashiCorp Nomad, another program than the NOMAD of nomad-lab.eu; a token for NOMAD can be given as token_file, the path of a file',
    ],
    good: ['ok'],
  },
  {
    yaml: 'defaults: { stuck_after: soon, token: t, http_port: 1 }\naccounts:\n  - { name: a, token: t }\n  - { name: b, token: u }\n  - { name: c, token: v, stuck_after: 1h }\n',
    said: [
      'accounts.yaml:1:32: token belongs to one account; move it to an item of accounts',
      'accounts.yaml:1:42: http_port is the same for all accounts; set the variable HTTP_PORT instead',
      'accounts.yaml:1:26: stuck_after: "soon" is not a valid duration; write for example 90s, 15m, 2h or 7d',
    ],
    good: ['c'],
  },
  {
    yaml: 'accounts:\n  - { name: a, token: t, mail_to: [a@lab.example] }\n  - { name: b, token: u, mail_to: b@lab.example }\n  - { name: c, token: v }\n',
    said: [
      'accounts.yaml:2:35: SMTP_URL: required with mail_to; write for example SMTP_URL=smtp://user:password@mail.lab.example:587',
    ],
    good: ['c'],
  },
  {
    yaml: 'accounts:\n  - { name: a, token: t, mail_to: nobody }\n  - { name: b, token: u, mail_to: [], time_zone: Mars/Base, roles: [boss, { a: b }] }\n  - { name: c, token: v, roles: [boss] }\n',
    env: SMTP,
    said: [
      'accounts.yaml:2:35: mail_to: "nobody" is not a valid mail address; write for example ada@lab.example',
      'accounts.yaml:3:35: mail_to must be a text or a list of texts; write for example mail_to: [ada@lab.example]',
      'accounts.yaml:3:68: roles must be a text or a list of texts; write for example roles: [main_author]',
      'accounts.yaml:3:50: time_zone: "Mars/Base" is not a valid time zone; write for example Europe/Berlin',
      'accounts.yaml:4:33: roles: "boss" is not one of main_author, coauthor, reviewer; write for example main_author',
    ],
  },
  {
    yaml: 'accounts:\n  - { name: a, token: t, rules_file: none.yaml }\n  - { name: b, token: u, rules_file: bad.yaml }\n  - { name: c, token: v, rules_file: bad.yaml }\n  - { name: ok, token: w }\n',
    files: { 'bad.yaml': 'roots: []' },
    said: [
      'accounts.yaml:2:38: rules_file: none.yaml cannot be read; name an existing file that this user may read',
      'bad.yaml:1:1: there is no key "roots" here; did you mean routes?',
    ],
    good: ['ok'],
  },
  {
    yaml: 'accounts:\n  - name: a\n    token: t\n    token: u\n    roles:\n  - { name: b, token: v, stuck_after: &long 9h }\n  - { name: c, token: w, stuck_after: *long }\n',
    said: [
      'accounts.yaml:4:5: token is given twice; keep one',
      'accounts.yaml:5:5: roles is empty; give it a value, or remove it',
      'accounts.yaml:7:39: stuck_after refers to an anchor, which is not read here; repeat the value, or put it in quotes if it begins with *',
    ],
    good: ['b'],
  },
  {
    yaml: '',
    said: [
      'accounts.yaml:1:1: it is empty; write for example accounts: [{ name: ada, username: ada, password_file: secrets/ada.password }]',
    ],
  },
  {
    yaml: 'accounts: []',
    said: [
      'accounts.yaml:1:11: there is no account; write for example accounts: [{ name: ada, username: ada, password_file: secrets/ada.password }]',
    ],
  },
  { yaml: 'accounts: ada', said: ['accounts.yaml:1:11: accounts is a list; start each item with a dash'] },
  {
    yaml: '- name: ada',
    said: ['accounts.yaml:1:1: it is not a mapping; an accounts file has the keys defaults and accounts'],
  },
  {
    yaml: 'acounts:\n  - { name: a, token: t }',
    said: ['accounts.yaml:1:1: there is no key "acounts" here; did you mean accounts?'],
  },
  {
    yaml: 'accounts: [',
    said: [
      "accounts.yaml:1:12: Flow sequence in block collection must be sufficiently indented and end with a ]; put a text with special characters in quotes, '…'",
    ],
  },
];

test('each thing that is wrong has its sentence, with line and column, and does not keep the others from running', (context) => {
  for (const { said, good = [], ...given } of WRONG) {
    assert.deepEqual(problems(context, given), said, given.yaml);
    const result = loadFrom(context, given).loaded;
    assert.deepEqual(result === null ? [] : names(result), good, given.yaml);
  }
});

test('a secret in the file itself is only for a file that nobody else can read', (context) => {
  const yaml =
    'accounts:\n  - { name: a, token: t }\n  - { name: b, username: u, password: p }\n  - { name: c, token_file: secrets/c }\n  - { name: d, token: v }\n';
  for (const mode of [0o640, 0o644, 0o604, 0o660]) {
    const given = { yaml, files: { 'secrets/c': 'w' }, mode };
    assert.deepEqual(problems(context, given), [
      `accounts.yaml:2:23: token: others than its owner can read this file (its mode is 0${mode.toString(8)}); run chmod 600 accounts.yaml, or name a file of its own with token_file`,
      `accounts.yaml:3:39: password: others than its owner can read this file (its mode is 0${mode.toString(8)}); run chmod 600 accounts.yaml, or name a file of its own with password_file`,
    ]);
    assert.deepEqual(names(loaded(context, given)), ['c']);
  }
  assert.deepEqual(names(loaded(context, { yaml, files: { 'secrets/c': 'w' }, mode: 0o400 })), ['a', 'b', 'c', 'd']);
});

const STARTS = ['', ...Array.from('!&*%@`|>\'"{}[],#?:-~\\ ')];
const MIDDLES = ['', ...Array.from(',:#"\'{}[]&*!|>%@`\\ '), ': ', ' #', ' !'];

test('no sentence about the file shows a password, whatever it begins with and however it is written', (context) => {
  const HUSH = 'hunter2hush';
  const file = join(tempDir(context), 'accounts.yaml');
  writeFileSync(file, '', { mode: 0o600 });
  const saidOf = (yaml: string) => {
    writeFileSync(file, yaml);
    const { problems: found, loaded: result } = load(
      '/dev/null',
      { scheduleProblem },
      { HOME: '/h', ACCOUNTS_FILE: file },
    );
    return [...found, ...(result?.problems ?? [])].join('\n');
  };
  for (const start of STARTS) {
    for (const middle of MIDDLES) {
      const password = `${start}ab${middle}${HUSH}`;
      for (const yaml of [
        `accounts:\n  - { name: a, username: u, password: ${password}, stuck_after: no }\n`,
        `accounts:\n  - name: a\n    username: u\n    password: ${password}\n    stuck_after: no\n`,
        `accounts:\n  - name: a\n    username: u\n    password: "${password}"\n    stuck_after: no\n`,
      ]) {
        const said = saidOf(yaml);
        assert.notEqual(said, '', yaml);
        assert.ok(!said.includes(HUSH), `${yaml}${said}`);
      }
    }
  }
});
