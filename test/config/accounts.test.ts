// ACCOUNTS_FILE: which accounts there are, what each has of its own, and where its login comes from.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACCOUNT_KEYS, SETTINGS } from '../../src/config/account-keys.ts';
import { type Loaded, load, loadAccounts } from '../../src/config/load.ts';
import { VARIABLES } from '../../src/config/variables/all.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { SMTP, loadFrom, loaded, names, problems } from '../support/accounts.ts';
import { tempDir } from '../support/temp.ts';

const URL = 'https://nomad-lab.eu/prod/v1/api/v1';

test("the contract's example: one with a password in a file, one with a token in a file, each with what is its own", (context) => {
  const { accounts, problems: found } = loaded(context, {
    yaml: `accounts:
  - { name: ada, nomad_url: https://nomad-lab.eu/prod/v1/api/v1, username: ada, password_file: secrets/ada, mail_to: [ada@lab.example] }
  - { name: grace, token_file: secrets/grace.pat, roles: [main_author], rules_file: grace.yaml, poll_schedule: "*/2 * * * *", time_zone: Europe/Berlin }
`,
    files: {
      'secrets/ada': ' a pass\n',
      'secrets/grace.pat': 'nomad_pat_3xAmpl3\n',
      'grace.yaml': 'routes: [{ match: { kind: nomad.* }, mail: true }]',
    },
    env: { ...SMTP, STUCK_AFTER: '3h', MAIL_TO: 'all@lab.example' },
  });
  assert.deepEqual(found, []);
  assert.deepEqual(
    accounts.map(({ name, config, rules }) => ({
      name,
      url: config.nomad.url,
      credentials: config.nomad.credentials,
      roles: config.nomad.roles,
      to: config.mail?.to,
      poll: config.pollSchedule,
      zone: config.timeZone,
      stuck: config.stuckAfter,
      routes: rules.routes.length,
    })),
    [
      {
        name: 'ada',
        url: URL,
        credentials: { kind: 'password', username: 'ada', password: ' a pass' },
        roles: [],
        to: ['ada@lab.example'],
        poll: '* * * * *',
        zone: 'UTC',
        stuck: 3 * 3600_000,
        routes: 0,
      },
      {
        name: 'grace',
        url: URL,
        credentials: { kind: 'token', token: 'nomad_pat_3xAmpl3' },
        roles: ['main_author'],
        to: ['all@lab.example'],
        poll: '*/2 * * * *',
        zone: 'Europe/Berlin',
        stuck: 3 * 3600_000,
        routes: 1,
      },
    ],
  );
});

test('what an account has goes before the defaults of the file, and these before the variables', (context) => {
  const { accounts, config } = loaded(context, {
    yaml: `defaults: { stuck_after: 4h, remind_after: off }
accounts:
  - { name: one, token: t1, stuck_after: 5h }
  - { name: two, token: t2 }
`,
    env: { STUCK_AFTER: '3h', UNREACHABLE_AFTER: '1h', REMIND_AFTER: '1d' },
  });
  const hours = accounts.map(({ config: own }) => [own.stuckAfter, own.unreachableAfter].map((ms) => ms / 3600_000));
  assert.deepEqual(hours, [
    [5, 1],
    [4, 1],
  ]);
  assert.deepEqual(
    accounts.map(({ config: own }) => own.remindAfter),
    [null, null],
  );
  assert.equal(config, accounts[0]?.config, 'the configuration of a command is that of the first');
});

test('one account of variables is a list of one, without a name', () => {
  const { loaded: result } = load('/dev/null', { scheduleProblem }, { HOME: '/h', NOMAD_TOKEN: 'abc' });
  assert.ok(result !== null);
  const [account] = result.accounts;
  assert.deepEqual(names(result), [null]);
  assert.equal(account?.config, result.config);
  assert.deepEqual(result.config.nomad.credentials, { kind: 'token', token: 'abc' });
});

/** What is written for each key, and what its configuration then is. */
const VALUES: Readonly<Record<string, readonly [string, (loaded: Loaded['accounts'][number]) => unknown, unknown]>> = {
  nomad_url: [
    'https://oasis.example/nomad-oasis/gui/',
    ({ config }) => config.nomad.url,
    'https://oasis.example/nomad-oasis/api/v1',
  ],
  roles: ['[reviewer, coauthor]', ({ config }) => config.nomad.roles, ['reviewer', 'coauthor']],
  mail_to: [
    '["\\"Hopper, Grace\\" <g@lab.example>", a@lab.example]',
    ({ config }) => config.mail?.to,
    ['"Hopper, Grace" <g@lab.example>', 'a@lab.example'],
  ],
  rules_file: ['rules.yaml', ({ rules }) => rules.quiet.length, 1],
  notify_on: ['[upload.failed, upload.created]', ({ config }) => config.notifyOn, ['upload.created', 'upload.failed']],
  poll_schedule: ['"*/3 * * * *"', ({ config }) => config.pollSchedule, '*/3 * * * *'],
  sweep_schedule: ['"0 * * * *"', ({ config }) => config.sweepSchedule, '0 * * * *'],
  stuck_after: ['90m', ({ config }) => config.stuckAfter, 90 * 60_000],
  unreachable_after: ['2h', ({ config }) => config.unreachableAfter, 2 * 3600_000],
  remind_after: ['1d', ({ config }) => config.remindAfter, 24 * 3600_000],
  digest_schedule: ['"0 8 * * *"', ({ config }) => config.digestSchedule, '0 8 * * *'],
  token_lifetime: ['12h', ({ config }) => config.nomad.tokenLifetime, 12 * 3600],
  time_zone: ['Europe/Berlin', ({ config }) => config.timeZone, 'Europe/Berlin'],
};

test('each key stands for its variable, in an account and under defaults', (context) => {
  assert.deepEqual(Object.keys(VALUES).toSorted(), SETTINGS.map(({ key }) => key).toSorted(), 'each setting is tried');
  for (const [key, [written, valueOf, expected]] of Object.entries(VALUES)) {
    const given = { files: { 'rules.yaml': 'quiet: [{ days: [sat] }]' }, env: SMTP };
    for (const yaml of [
      `accounts: [{ name: a, token: t, ${key}: ${written} }]`,
      `defaults: { ${key}: ${written} }\naccounts: [{ name: a, token: t }]`,
    ]) {
      const [account] = loaded(context, { ...given, yaml }).accounts;
      assert.ok(account !== undefined);
      assert.deepEqual(valueOf(account), expected, yaml);
    }
  }
});

test('each variable of a key is one that there is', () => {
  const known = [...VARIABLES.map(({ name }) => name), 'TZ'];
  const own = ACCOUNT_KEYS.filter(
    ({ key, variable }) => variable !== '' && !key.endsWith('_file') && !key.endsWith('_env'),
  );
  assert.deepEqual(
    own.filter(({ variable }) => !known.includes(variable)),
    [],
  );
});

test('a file of a secret that every user can read is an error, with its line', (context) => {
  const { folder, loaded: result } = loadFrom(context, {
    yaml: 'accounts:\n  - { name: a, token_file: secrets/a }\n  - { name: b, token: t }\n',
    files: { 'secrets/a': 'x' },
  });
  assert.deepEqual(
    result?.accounts.map(({ name }) => name),
    ['a', 'b'],
  );
  // The folders above have to let everybody in as well.
  for (const path of [folder, join(folder, 'secrets')]) chmodSync(path, 0o755);
  chmodSync(join(folder, 'secrets/a'), 0o644);
  const again = load('/dev/null', { scheduleProblem }, { HOME: '/h', ACCOUNTS_FILE: join(folder, 'accounts.yaml') });
  assert.deepEqual(again.loaded?.problems, [
    `${folder}/accounts.yaml:2:28: token_file: every user of this machine can read ${folder}/secrets/a; run chmod 600 on it`,
  ]);
});

test('a variable that the file names may stand in our own file, where others may not', (context) => {
  const yaml =
    'accounts:\n  - { name: a, username: u, password_env: ADA_PASSWORD }\n  - { name: b, token_env: ADA_TOKEN }\n';
  const { accounts } = loaded(context, {
    yaml,
    dotenv: "ADA_PASSWORD=' x y '\n",
    env: { ADA_TOKEN: 'from-environment\n' },
  });
  assert.deepEqual(
    accounts.map(({ config }) => config.nomad.credentials),
    [
      { kind: 'password', username: 'u', password: ' x y ' },
      { kind: 'token', token: 'from-environment' },
    ],
  );
  const stranger = problems(context, { yaml, dotenv: 'ADA_PASSWORD=x\nGRACE_PASSWORD=y\n', env: { ADA_TOKEN: 't' } });
  assert.deepEqual(stranger, ['GRACE_PASSWORD: there is no such variable; see .env.example for all variables']);
});

test('a credential of systemd is found by the name of the account', (context) => {
  const credentials = tempDir(context);
  writeFileSync(join(credentials, 'ada_password'), 'pw\n');
  writeFileSync(join(credentials, 'grace.h_token'), 'tok\n');
  const env = { CREDENTIALS_DIRECTORY: credentials };
  const { accounts } = loaded(context, { yaml: 'accounts: [{ name: ada, username: al }, { name: grace.h }]', env });
  assert.deepEqual(
    accounts.map(({ config }) => config.nomad.credentials),
    [
      { kind: 'password', username: 'al', password: 'pw' },
      { kind: 'token', token: 'tok' },
    ],
  );
});

test('a login of variables beside the file is one sentence, and nothing starts', (context) => {
  const yaml = 'accounts: [{ name: a, token: t }]';
  const said = (env: Readonly<Record<string, string>>) => problems(context, { yaml, env });
  assert.deepEqual(said({ NOMAD_USERNAME: 'u', NOMAD_PASSWORD: 'p' }), [
    'ACCOUNTS_FILE: set together with NOMAD_USERNAME and NOMAD_PASSWORD; write this login into the file as an account, or unset ACCOUNTS_FILE',
  ]);
  assert.deepEqual(said({ NOMAD_TOKEN: 't' }), [
    'ACCOUNTS_FILE: set together with NOMAD_TOKEN; write this login into the file as an account, or unset ACCOUNTS_FILE',
  ]);
});

test('what is wrong with the variables is said once, and nothing starts', (context) => {
  const yaml = 'accounts: [{ name: a, token: t, stuck_after: soon }, { name: b, token: u }, { name: c, token: v }]';
  const env = { SMTP_URL: 'nonsense', HTTP_PORT: 'many', POLL_SCHEDULE: 'daily' };
  const { loaded: result, problems: found, folder } = loadFrom(context, { yaml, env });
  assert.equal(result, null);
  assert.deepEqual(
    found.map((each) => each.replace(`${folder}/`, '').split(':').slice(0, 3).join(':').replace(/ .*/, '')),
    ['POLL_SCHEDULE:', 'SMTP_URL:', 'HTTP_PORT:', 'accounts.yaml:1:46'],
  );
});

test('a file that is not there is one sentence', () => {
  const { problems: found, loaded: result } = load(
    '/dev/null',
    { scheduleProblem },
    { HOME: '/h', ACCOUNTS_FILE: '/nowhere/accounts.yaml' },
  );
  assert.equal(result, null);
  assert.deepEqual(found, [
    'ACCOUNTS_FILE: /nowhere/accounts.yaml cannot be read; name an existing file that this user may read',
  ]);
});

test('the files are read again at each load', (context) => {
  const first = loadFrom(context, {
    yaml: 'accounts: [{ name: a, token_file: secrets/a }]',
    files: { 'secrets/a': 'old' },
  });
  writeFileSync(join(first.folder, 'secrets/a'), 'new');
  writeFileSync(
    join(first.folder, 'accounts.yaml'),
    'accounts: [{ name: b, token: x }, { name: a, token_file: secrets/a }, { name: c }]',
  );
  const again = loadAccounts(first, { scheduleProblem });
  assert.deepEqual(
    again.accounts.map(({ name, config }) => [name, config.nomad.credentials]),
    [
      ['b', { kind: 'token', token: 'x' }],
      ['a', { kind: 'token', token: 'new' }],
    ],
  );
  assert.deepEqual(
    [...again.wrong].map(([name, [why]]) => [name, why?.replace(/^.*?:(?=\d)/, '')]),
    [['c', '1:71: there is no login; add username and password_file, or token_file: secrets/ada.token']],
  );
});

test('the secrets are those of all accounts, also of wrong ones', (context) => {
  const { secrets } = loadFrom(context, {
    yaml: 'accounts: [{ name: a, token: token-a }, { name: b, username: u, password: password-b, stuck_after: no }]',
    env: { HTTP_TOKEN: 'http-token' },
  });
  assert.deepEqual([...secrets].toSorted(), ['http-token', 'password-b', 'token-a']);
});

test('a secret that was given in the wrong place as well is shown in no problem', () => {
  const secret = 'hunter2Zq8waaaaaa';
  const beside = {
    NOMAD_USERNAME: secret,
    NOMAD_PASSWORD: secret,
    HTTP_PORT: secret,
    ACCOUNTS_FILE: secret,
    HOME: '/',
  };
  const asPath = { NOMAD_PASSWORD: secret, NOMAD_TOKEN_FILE: secret, HOME: '/' };
  for (const environment of [beside, asPath]) {
    const read = load('/dev/null', { scheduleProblem }, environment);
    assert.ok(read.problems.length > 1);
    assert.doesNotMatch(read.problems.join('\n'), /hunter2/);
    assert.match(read.problems.join('\n'), /\[secret\]/);
  }
});

test('a part of a secret that stands before the name of a variable is not shown with it', (context) => {
  const file = join(tempDir(context), 'env');
  writeFileSync(file, 'HTTP_TOKEN=hunter2Zq8wffffff\nhunter2Zq8wNOMAD_TOKEN=x\nNOMAD_USR=ada\n', { mode: 0o600 });
  const { problems: found } = load(file, { scheduleProblem }, { HOME: '/' });
  assert.doesNotMatch(found.join('\n'), /hunter2/);
  assert.ok(found.some((problem) => problem.startsWith('.env: the name of a variable contains a part of a secret')));
  assert.ok(found.some((problem) => problem.startsWith('NOMAD_USR: there is no such variable')));
});
