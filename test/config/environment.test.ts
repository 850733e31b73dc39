// The environment belongs to everybody: what others put there ends no start. Our own file is read strictly. Values are taken as people have them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Load, load } from '../../src/config/load.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { tempDir } from '../support/temp.ts';

type Env = Readonly<Record<string, string>>;
const LOGIN = { HOME: '/home/ada', TZ: 'UTC', NOMAD_USERNAME: 'ada', NOMAD_PASSWORD: 'secret' };
const PAT = 'nomad_pat_3xAmpl3';
const UUID = '6b1f4c4e-91a5-7d2c-0a3e-0c6b6a9f0d11';

function started(environment: Env): Load {
  return load('/dev/null', { scheduleProblem }, environment);
}
function notes(environment: Env): readonly string[] {
  const { loaded, problems } = started({ ...LOGIN, ...environment });
  assert.ok(loaded !== null, problems.join('\n'));
  return loaded.warnings;
}
function fromFile(context: TestContext, content: string | Buffer, environment: Env = {}): Load {
  const path = join(tempDir(context), 'env');
  writeFileSync(path, content, { mode: 0o600 });
  return load(path, { scheduleProblem }, { HOME: '/home/ada', TZ: 'UTC', ...environment });
}
function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}
const IDENTITY = jwt({
  sub: 'global:default:monitor:group:task:default',
  nomad_job_id: 'monitor',
  nomad_allocation_id: UUID,
});
const APP_TOKEN = jwt({ user: '68878af7-6845-46c0-b2c1-250d4d8eb470', exp: 1_900_000_000 });

/** By name what each sets beside its own values: developer.hashicorp.com/nomad, kubernetes.io, docs.docker.com, systemd.exec(5), nomad-lab. */
const OTHERS: Readonly<Record<string, Env>> = {
  'HashiCorp Nomad, in a task': {
    ...Object.fromEntries(
      'ALLOC_DIR TASK_DIR SECRETS_DIR MEMORY_LIMIT MEMORY_MAX_LIMIT CPU_LIMIT CPU_CORES ALLOC_ID SHORT_ALLOC_ID ALLOC_NAME ALLOC_INDEX TASK_NAME GROUP_NAME JOB_ID JOB_NAME JOB_PARENT_ID DC REGION NAMESPACE PARENT_CGROUP UNIX_ADDR'
        .split(' ')
        .map((name) => [`NOMAD_${name}`, 'x']),
    ),
    NOMAD_IP_http: '10.0.0.1',
    NOMAD_PORT_http: '9697',
    NOMAD_ADDR_http: '10.0.0.1:9697',
    NOMAD_HOST_PORT_http: '20000',
    NOMAD_ALLOC_PORT_http: '9697',
    NOMAD_META_owner: 'ada',
    NOMAD_META_OWNER: 'ada',
    NOMAD_UPSTREAM_ADDR_db: '127.0.0.1:5432',
    NOMAD_ENVOY_ADMIN_ADDR_db: '127.0.0.2:19001',
  },
  'HashiCorp Nomad, its command line': {
    ...Object.fromEntries(
      'ADDR CACERT CAPATH CLIENT_CERT CLIENT_KEY SKIP_VERIFY TLS_SERVER_NAME HTTP_AUTH CLI_NO_COLOR VAR_x'
        .split(' ')
        .map((name) => [`NOMAD_${name}`, 'x']),
    ),
    NOMAD_ADDR: 'http://127.0.0.1:4646',
  },
  'NOMAD itself': {
    NOMAD_CONFIG: 'nomad.yaml',
    NOMAD_CLIENT_URL: 'http://localhost:8000/fairdi/nomad/latest/api',
    NOMAD_CLIENT_USER: 'ada',
    NOMAD_CLIENT_ACCESS_TOKEN: 'x',
    NOMAD_FS_STAGING: '/x',
    NOMAD_SERVICES_API_HOST: 'localhost',
    NOMAD_SERVICES_API_PORT: '8000',
    NOMAD_MONGO_HOST: 'mongo',
    NOMAD_KEYCLOAK_SERVER_URL: 'https://x',
    NOMAD_MAIL_HOST: 'mail',
    NOMAD_DEBUG: 'true',
  },
  'Kubernetes, services called smtp, mail, nomad, log and database-url': Object.fromEntries(
    'SMTP MAIL NOMAD LOG DATABASE_URL CHAT WEBHOOK ALERTMANAGER STATE'.split(' ').flatMap((name) => [
      [`${name}_SERVICE_HOST`, '10.0.0.1'],
      [`${name}_SERVICE_PORT`, '80'],
      [`${name}_SERVICE_PORT_HTTP`, '80'],
      [`${name}_PORT`, 'tcp://10.0.0.1:80'],
      [`${name}_PORT_80_TCP`, 'tcp://10.0.0.1:80'],
      [`${name}_PORT_80_TCP_PROTO`, 'tcp'],
      [`${name}_PORT_80_TCP_PORT`, '80'],
      [`${name}_PORT_80_TCP_ADDR`, '10.0.0.1'],
    ]),
  ),
  'Docker, a link called nomad': {
    NOMAD_NAME: '/monitor/nomad',
    NOMAD_ENV_PATH: '/bin',
    NOMAD_PORT: 'tcp://172.17.0.5:80',
  },
  systemd: {
    NOTIFY_SOCKET: '/run/x',
    STATE_DIRECTORY: '/var/lib/x',
    LOGS_DIRECTORY: '/var/log/x',
    RUNTIME_DIRECTORY: '/run/x',
    INVOCATION_ID: 'x',
    LISTEN_FDS: '1',
    LOGNAME: 'ada',
    LOG_NAMESPACE: 'x',
    WATCHDOG_USEC: '1000000',
  },
  'cron, a shell, other programs': {
    MAILTO: 'ada',
    MAIL: '/var/mail/ada',
    http_proxy: 'http://p.example:1',
    ALL_PROXY: 'socks5://p.example:1',
    SMTP_HOST: 'mail',
    SMTP_PORT: '25',
    MAIL_HOST: 'mail',
    HTTP_PROXY_HOST: 'x',
    STATE_FILE: 'x',
    LOG_FILE: 'x',
    METRICS_PORT: '9',
    WEBHOOK_ID: 'x',
    DATABASE_HOST: 'db',
  },
};
for (const [name, environment] of Object.entries(OTHERS)) {
  test(`${name}: no problem, and no warning`, () => {
    assert.deepEqual(notes(environment), []);
  });
}

const HABITS = [
  ['NOMAD_USER', 'write NOMAD_USERNAME'],
  ['NOMAD_PASS', 'write NOMAD_PASSWORD'],
  ['NOMAD_SERVER', 'write NOMAD_URL'],
  ['NOMAD_API_TOKEN', 'write NOMAD_TOKEN'],
  ['SMTP_HOST', 'the mail server is one address: SMTP_URL=smtp://user:password@host:587'],
  ['SMTP_PORT', 'the mail server is one address: SMTP_URL=smtp://user:password@host:587'],
  ['SMTP_PASSWORD', 'the mail server is one address: SMTP_URL=smtp://user:password@host:587'],
  ['SMTP_PASSWORD_FILE', 'the mail server is one address: SMTP_URL=smtp://user:password@host:587'],
  ['MAIL_RECIPIENTS', 'write MAIL_TO'],
  ['TIMEZONE', 'write TZ'],
  ['PORT', 'write HTTP_PORT'],
  ['PUBLIC_URL', 'write HTTP_PUBLIC_URL'],
] as const;
for (const [name, right] of HABITS) {
  test(`${name}, as people type it: in our file a problem that says what is wanted, in the environment nothing`, (context) => {
    const said = fromFile(context, `${name}=canary\n`, LOGIN).problems;
    assert.deepEqual(said, [`${name}: there is no such variable; ${right}`]);
    assert.deepEqual(notes({ [name]: 'canary' }), []);
  });
}

const misspelt: readonly (readonly [string, RegExp])[] = [
  ['NOMAD_PASWORD', /^NOMAD_PASWORD: there is no such variable; did you mean NOMAD_PASSWORD\?$/],
  ['NOMAD_PASSWROD', /did you mean NOMAD_PASSWORD\?$/],
  ['NOMAD_PASSWORT_FILE', /did you mean NOMAD_PASSWORD_FILE\?$/],
  ['NOMAD_USER_NAME', /did you mean NOMAD_USERNAME\?$/],
  ['POLL_SHEDULE', /did you mean POLL_SCHEDULE\?$/],
  ['nomad_url', /did you mean NOMAD_URL\?$/],
  ['SMTPURL', /did you mean SMTP_URL\?$/],
  ['SMPT_URL', /did you mean SMTP_URL\?$/],
  ['MAIL_TO_FILE', /; only secrets can be read from a file, set MAIL_TO itself$/],
];
for (const [name, expected] of misspelt) {
  test(`${name} in the environment is a warning, and in our file a problem`, (context) => {
    const [warning, ...others] = notes({ [name]: 'x' });
    assert.match(warning ?? '', expected);
    assert.deepEqual(others, []);
    const { problems, loaded } = fromFile(context, `NOMAD_USERNAME=ada\nNOMAD_PASSWORD=x\n${name}=x\n`);
    assert.equal(loaded, null);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', expected);
  });
}

test('in our file every name is ours, or one that the surroundings read', (context) => {
  const good = 'NOMAD_USERNAME=ada\nNOMAD_PASSWORD=x\n';
  for (const name of ['NOMAD_DC', 'PASSWORD', 'FOO'])
    assert.match(
      fromFile(context, `${good}${name}=1`).problems.join('\n'),
      new RegExp(`^${name}: there is no such variable; see .env.example for all variables$`),
    );
  const welcome = 'TZ=UTC\nNODE_EXTRA_CA_CERTS=/x\nhttp_proxy=http://p:1\nLC_ALL=C\nCOMPOSE_PROJECT_NAME=x\nUNSET=\n';
  assert.deepEqual(fromFile(context, `${good}${welcome}`).problems, []);
});

test('a near miss stands below the problem that it may explain', () => {
  const { problems } = started({ HOME: '/h', TZ: 'UTC', NOMAD_USERNAME: 'ada', NOMAD_PASSWROD: 'x' });
  assert.deepEqual(
    problems.map((problem) => problem.split(';')[0]),
    ['NOMAD_PASSWORD: required with NOMAD_USERNAME', 'NOMAD_PASSWROD: there is no such variable'],
  );
});

for (const [what, token] of [
  ['an ACL token', UUID],
  ['a workload identity', IDENTITY],
  ['a workload identity with a line break', `${IDENTITY}\n`],
] as const) {
  test(`NOMAD_TOKEN of HashiCorp Nomad, ${what}: never ours, whatever stands beside it`, (context) => {
    const [said, ...others] = notes({ NOMAD_TOKEN: token });
    assert.match(said ?? '', /^NOMAD_TOKEN: ignored and not sent, because it is a token of HashiCorp Nomad/);
    assert.deepEqual(others, []);
    assert.ok(!said?.includes(token.trim()));
    const path = join(tempDir(context), 'token');
    writeFileSync(path, PAT, { mode: 0o600 });
    const besideFile = started({ HOME: '/h', TZ: 'UTC', NOMAD_TOKEN: token, NOMAD_TOKEN_FILE: path });
    assert.deepEqual(besideFile.loaded?.config.nomad.credentials, { kind: 'token', token: PAT });
    const besideDotenv = fromFile(context, `NOMAD_TOKEN=${PAT}`, { NOMAD_TOKEN: token });
    assert.deepEqual(besideDotenv.loaded?.config.nomad.credentials, { kind: 'token', token: PAT });
    const alone = started({ HOME: '/h', TZ: 'UTC', NOMAD_TOKEN: token });
    assert.deepEqual(
      alone.problems.map((problem) => problem.slice(0, 30)),
      ['NOMAD_USERNAME, NOMAD_PASSWORD', 'NOMAD_TOKEN: ignored and not s'],
    );
    const inFile = fromFile(context, `NOMAD_TOKEN=${token}`);
    assert.match(inFile.problems.join('\n'), /^NOMAD_TOKEN: it is a token of HashiCorp Nomad/);
  });
}

test('our own tokens are ours, also in a task of HashiCorp Nomad', () => {
  for (const token of [PAT, APP_TOKEN, 'a.b.c', `${'x'.repeat(8)}-1`]) {
    const { loaded } = started({ HOME: '/h', TZ: 'UTC', NOMAD_ALLOC_ID: UUID, NOMAD_TOKEN: token });
    assert.ok(loaded !== null);
    assert.deepEqual(loaded.config.nomad.credentials, { kind: 'token', token });
    assert.deepEqual(loaded.warnings, []);
  }
});

test('HTTP_PORT of a service link is let be, and said; one in our file holds', (context) => {
  for (const link of ['tcp://10.0.0.1:80', 'udp://10.0.0.1:53', 'tcp://[fd00::1]:80']) {
    const { loaded } = started({ ...LOGIN, HTTP_PORT: link });
    assert.ok(loaded !== null);
    assert.equal(loaded.config.http.port, 9697);
    assert.match(loaded.warnings.join('\n'), /^HTTP_PORT: ignored, because Kubernetes or Docker set it/);
  }
  const own = fromFile(context, 'NOMAD_TOKEN=x\nHTTP_PORT=9000', { HTTP_PORT: 'tcp://10.0.0.1:80' });
  assert.equal(own.loaded?.config.http.port, 9000);
  assert.match(started({ ...LOGIN, HTTP_PORT: 'http://x' }).problems.join(), /^HTTP_PORT: "http:\/\/x" is not a whole/);
});

test('the port of HashiCorp Nomad in NOMAD_URL is said', () => {
  assert.match(notes({ NOMAD_URL: 'http://127.0.0.1:4646' }).join(), /^NOMAD_URL: 4646 is the port of HashiCorp Nomad/);
});

/** What is given in the environment, and what is meant. */
const VALUES: readonly (readonly [name: string, given: string, meant: unknown])[] = [
  ['NOMAD_PASSWORD', 'pw\n', 'pw'],
  ['NOMAD_PASSWORD', 'pw\r\n', 'pw'],
  ['NOMAD_PASSWORD', 'pw\r', 'pw'],
  ['NOMAD_PASSWORD', 'pw\n\n', 'pw'],
  ['NOMAD_PASSWORD', '"pw"', '"pw"'],
  ['NOMAD_PASSWORD', "'p'", "'p'"],
  ['NOMAD_PASSWORD', ' pw ', ' pw '],
  ['NOMAD_USERNAME', 'ada\n', 'ada'],
  ['NOMAD_USERNAME', ' ada ', 'ada'],
  ['NOMAD_USERNAME', '"ada"', 'ada'],
  ['NOMAD_URL', '"https://h.example"', 'https://h.example/api/v1'],
  ['POLL_SCHEDULE', '"*/5 * * * *"', '*/5 * * * *'],
  ['POLL_SCHEDULE', "'*/5 * * * *'\r", '*/5 * * * *'],
  ['STATE_DIR', '"/srv/state"', '/srv/state'],
  ['STATE_DIR', '/srv/state\n', '/srv/state'],
  ['RULES_FILE', '', null],
  ['HTTP_PORT', '"9000"', 9000],
  ['HTTP_TOKEN', 't0ken\n', 't0ken'],
  ['HTTP_TOKEN', '""', null],
  ['HTTP_ALLOW_ANONYMOUS', 'TRUE', true],
  ['LOG_LEVEL', 'INFO', 'info'],
  ['LOG_LEVEL', 'Warning', 'warn'],
  ['LOG_LEVEL', '"ERROR"', 'error'],
  ['LOG_LEVEL', 'critical', 'fatal'],
  ['LOG_FORMAT', 'JSON', 'json'],
  ['TZ', '"Europe/Berlin"', 'Europe/Berlin'],
  ['REMIND_AFTER', 'OFF', null],
];
for (const [name, given, meant] of VALUES) {
  test(`${name}=${JSON.stringify(given)} is ${String(meant)}`, () => {
    const { loaded, problems } = started({ ...LOGIN, HTTP_HOST: '127.0.0.1', [name]: given });
    assert.ok(loaded !== null, problems.join('\n'));
    const { nomad, http, log, pollSchedule, stateDir, rulesFile, timeZone, remindAfter } = loaded.config;
    const { credentials } = nomad;
    assert.ok(credentials.kind === 'password');
    const values: Readonly<Record<string, unknown>> = {
      NOMAD_PASSWORD: credentials.password,
      NOMAD_USERNAME: credentials.username,
      NOMAD_URL: nomad.url,
      POLL_SCHEDULE: pollSchedule,
      STATE_DIR: stateDir,
      RULES_FILE: rulesFile,
      HTTP_PORT: http.port,
      HTTP_TOKEN: http.access.token,
      HTTP_ALLOW_ANONYMOUS: given === 'TRUE',
      LOG_LEVEL: log.level,
      LOG_FORMAT: log.format,
      TZ: timeZone,
      REMIND_AFTER: remindAfter,
    };
    assert.deepEqual(values[name], meant);
  });
}

test('a token that quotes and blanks stand around is the token', () => {
  for (const given of [`"${PAT}"`, ` ${PAT}\n`, `'${PAT}'\r\n`])
    assert.deepEqual(started({ HOME: '/h', TZ: 'UTC', NOMAD_TOKEN: given }).loaded?.config.nomad.credentials, {
      kind: 'token',
      token: PAT,
    });
});

test('addresses of mail keep their own quotes', () => {
  const mail = {
    SMTP_URL: '"smtp://mail.example"',
    MAIL_FROM: '"Ada" <ada@lab.example>',
    MAIL_TO: '"ada@lab.example"',
  };
  const { loaded } = started({ ...LOGIN, ...mail });
  assert.deepEqual([loaded?.config.mail?.from, loaded?.config.mail?.to], [mail.MAIL_FROM, ['ada@lab.example']]);
});

test('files of secrets: any line breaks at their ends, the mark and the letters of Windows', (context) => {
  const path = join(tempDir(context), 'password');
  for (const content of ['pw\n\n', 'pw\r\n\r\n', '\ufeffpw\r\n', Buffer.from('\ufeffpw\r\n', 'utf16le')]) {
    writeFileSync(path, content, { mode: 0o600 });
    const { loaded } = started({ HOME: '/h', TZ: 'UTC', NOMAD_USERNAME: 'ada', NOMAD_PASSWORD_FILE: `"${path}"` });
    const credentials = loaded?.config.nomad.credentials;
    assert.deepEqual(credentials, { kind: 'password', username: 'ada', password: 'pw' });
  }
  const dotenv = '\ufeffNOMAD_USERNAME=ada\r\nNOMAD_PASSWORD=pw\r\n';
  for (const content of [dotenv, Buffer.from(dotenv, 'utf16le')])
    assert.deepEqual(fromFile(context, content).loaded?.config.nomad.credentials, {
      kind: 'password',
      username: 'ada',
      password: 'pw',
    });
});

test('what is shared with others and stands in quotes is said, without the value', () => {
  assert.deepEqual(notes({ HTTP_TOKEN: '"t0ken"' }), [
    'HTTP_TOKEN: the quotes around it are part of it (docker --env-file keeps them); remove them if they should not be',
  ]);
  assert.deepEqual(notes({ HTTP_TOKEN: 't"0ken' }), []);
});
