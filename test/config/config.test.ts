import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'dotenv';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { readEnv } from '../../src/config/env.ts';
import { VARIABLES } from '../../src/config/variables/all.ts';
import { NOTIFIED_BY_DEFAULT } from '../../src/domain/event.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { tempDir } from '../support/temp.ts';

const LOGIN = { HOME: '/home/ada', TZ: 'UTC', NOMAD_USERNAME: 'ada', NOMAD_PASSWORD: 'secret' };
const MAIL = { SMTP_URL: 'smtp://u:p%40ss@mail.example:587', MAIL_FROM: 'm@lab.example' };

function config(env: Record<string, string>): Config {
  const parsed = parseConfig({ ...LOGIN, ...env }, { scheduleProblem });
  assert.ok('config' in parsed, 'problems' in parsed ? parsed.problems.join('\n') : '');
  return parsed.config;
}
function problems(env: Record<string, string | undefined>): readonly string[] {
  const parsed = parseConfig({ ...LOGIN, ...env }, { scheduleProblem });
  return 'problems' in parsed ? parsed.problems : [];
}

test('the defaults are those of the contract', () => {
  assert.deepEqual(config({}), {
    account: null,
    secrets: ['secret'],
    nomad: {
      url: 'https://nomad-lab.eu/prod/v1/api/v1',
      credentials: { kind: 'password', username: 'ada', password: 'secret' },
      tokenLifetime: 86_400,
      roles: [],
      proxyEnv: {},
    },
    pollSchedule: '* * * * *',
    sweepSchedule: '*/15 * * * *',
    stuckAfter: 2 * 3_600_000,
    unreachableAfter: 10 * 60_000,
    notifyOn: NOTIFIED_BY_DEFAULT,
    rulesFile: null,
    remindAfter: null,
    digestSchedule: null,
    mail: null,
    webhook: null,
    chat: null,
    alertmanager: null,
    heartbeat: null,
    http: {
      host: '127.0.0.1',
      port: 9697,
      publicUrl: null,
      allowedHosts: [],
      trustedProxies: ['127.0.0.0/8', '::1/128'],
      frameAncestors: [],
      access: { token: null, basic: null },
    },
    stateDir: '/home/ada/.local/state/nomad-upload-monitor',
    database: null,
    metricsMaxUploads: 200,
    retention: 365 * 86_400_000,
    log: { level: 'info', format: 'auto' },
    timeZone: 'UTC',
  });
});

test('.env.example names every variable once, and what it gives are the defaults', () => {
  const text = readFileSync('.env.example', 'utf8');
  const given = parse(text.replace(/^#(?=[A-Z_]+=)/gm, ''));
  assert.deepEqual(
    Object.keys(given).toSorted(),
    [...VARIABLES.map(({ name }) => name), 'TZ', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].toSorted(),
  );
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  assert.deepEqual(config(filled), config({}));
  assert.deepEqual(parse(text), {});
});

const urls: readonly [string, string][] = [
  ['https://nomad-lab.eu/prod/v1/api/v1', 'https://nomad-lab.eu/prod/v1/api/v1'],
  ['https://nomad-lab.eu/prod/v1/api/v1/', 'https://nomad-lab.eu/prod/v1/api/v1'],
  ['https://nomad-lab.eu/prod/v1/gui/user/uploads?x=1', 'https://nomad-lab.eu/prod/v1/api/v1'],
  ['https://nomad-lab.eu/prod/v1', 'https://nomad-lab.eu/prod/v1/api/v1'],
  ['https://nomad-lab.eu', 'https://nomad-lab.eu/prod/v1/api/v1'],
  ['https://oasis.lab.example/nomad-oasis/gui/', 'https://oasis.lab.example/nomad-oasis/api/v1'],
  ['http://localhost:8000/nomad-oasis/', 'http://localhost:8000/nomad-oasis/api/v1'],
];
for (const [given, expected] of urls) {
  test(`NOMAD_URL=${given}`, () => {
    assert.equal(config({ NOMAD_URL: given }).nomad.url, expected);
  });
}

const pages: readonly [string, string | null][] = [
  ['', null],
  ['https://monitor.lab.example', 'https://monitor.lab.example'],
  ['https://monitor.lab.example/', 'https://monitor.lab.example'],
  ['https://lab.example:8443/nomad//', 'https://lab.example:8443/nomad'],
  ['https://lab.example/api/monitor', 'https://lab.example/api/monitor'],
  ['https://lab.example/metrics-of-nomad', 'https://lab.example/metrics-of-nomad'],
  ['http://127.0.0.1:9697/', 'http://127.0.0.1:9697'],
  ['HTTPS://Lab.example/Nomad', 'https://lab.example/Nomad'],
];
for (const [given, expected] of pages) {
  test(`HTTP_PUBLIC_URL=${given}`, () => {
    assert.equal(config({ HTTP_PUBLIC_URL: given }).http.publicUrl, expected);
  });
}

const lists: readonly [string, 'allowedHosts' | 'trustedProxies' | 'frameAncestors', string, readonly string[]][] = [
  ['HTTP_ALLOWED_HOSTS', 'allowedHosts', 'monitor.lab.example', ['monitor.lab.example']],
  ['HTTP_ALLOWED_HOSTS', 'allowedHosts', ' Monitor , nomad_monitor,, ', ['monitor', 'nomad_monitor']],
  ['HTTP_ALLOWED_HOSTS', 'allowedHosts', '192.0.2.7, 2001:DB8::7, [::2]', ['192.0.2.7', '[2001:db8::7]', '[::2]']],
  ['HTTP_ALLOWED_HOSTS', 'allowedHosts', 'bücher.example', ['xn--bcher-kva.example']],
  ['HTTP_TRUSTED_PROXIES', 'trustedProxies', 'loopback', ['127.0.0.0/8', '::1/128']],
  ['HTTP_TRUSTED_PROXIES', 'trustedProxies', 'none', []],
  ['HTTP_TRUSTED_PROXIES', 'trustedProxies', '10.1.2.3, 10.0.0.0/8', ['10.1.2.3/32', '10.0.0.0/8']],
  [
    'HTTP_TRUSTED_PROXIES',
    'trustedProxies',
    '2001:db8::7,fd00::/8,0.0.0.0/0',
    ['2001:db8::7/128', 'fd00::/8', '0.0.0.0/0'],
  ],
  ['HTTP_FRAME_ANCESTORS', 'frameAncestors', 'https://portal.lab.example', ['https://portal.lab.example']],
  ['HTTP_FRAME_ANCESTORS', 'frameAncestors', "self, 'self'", ["'self'", "'self'"]],
  ['HTTP_FRAME_ANCESTORS', 'frameAncestors', "'self' http://Portal:3000/", ["'self'", 'http://portal:3000']],
  ['HTTP_FRAME_ANCESTORS', 'frameAncestors', 'https://bücher.example:443', ['https://xn--bcher-kva.example']],
];
for (const [name, field, text, expected] of lists) {
  test(`${name}=${text}`, () => {
    assert.deepEqual(config({ [name]: text }).http[field], expected);
  });
}

const wrong: readonly [Record<string, string | undefined>, RegExp][] = [
  [{ NOMAD_USERNAME: '', NOMAD_PASSWORD: '' }, /^NOMAD_USERNAME, NOMAD_PASSWORD: no credentials/],
  [{ NOMAD_PASSWORD: '' }, /^NOMAD_PASSWORD: required with NOMAD_USERNAME/],
  [{ NOMAD_TOKEN: 'x' }, /^NOMAD_TOKEN: set together with/],
  [{ NOMAD_URL: 'nomad' }, /^NOMAD_URL: "nomad" is not a valid web address; write for example https:/],
  [{ NOMAD_URL: 'https://ada:secret@h/' }, /^NOMAD_URL: it must not contain a user or password/],
  [{ NOMAD_URL: 'ftp://ada:secret@h/' }, /^NOMAD_URL: "ftp:\/\/…@h\/" is not a valid web address/],
  [{ NOMAD_TOKEN_LIFETIME: '1 day' }, /^NOMAD_TOKEN_LIFETIME: "1 day" is not a valid duration; write for example 90s/],
  [{ NOMAD_ROLES: 'author' }, /^NOMAD_ROLES: "author" is not one of main_author/],
  [{ POLL_SCHEDULE: 'often' }, /^POLL_SCHEDULE: "often" is not a valid cron pattern; write for example/],
  [{ NOTIFY_ON: 'upload.faild' }, /^NOTIFY_ON: "upload.faild" is not a kind of event; did you mean upload.failed\?/],
  [{ NOTIFY_ON: 'none, upload.failed' }, /^NOTIFY_ON: "none" stands alone: no event is notified; write none, or/],
  [{ NOTIFY_ON: '-none' }, /^NOTIFY_ON: "none" is not a kind of event; the kinds are .*, or all, or none/],
  [{ ...MAIL, SMTP_URL: 'mail.example' }, /^SMTP_URL: it is not a valid SMTP address/],
  [{ ...MAIL, SMTP_URL: 'smtp://u:50%@h' }, /^SMTP_URL: its user or password has a %/],
  [{ ...MAIL, MAIL_FROM: '' }, /^MAIL_FROM: it is missing/],
  [{ SMTP_URL: 'smtp://192.0.2.1' }, /^MAIL_FROM: it is missing/],
  [{ ...MAIL, SMTP_EHLO_NAME: 'monitor' }, /^SMTP_EHLO_NAME: "monitor" is not a full host name; write for example/],
  [{ ...MAIL, SMTP_EHLO_NAME: '127.0.0.1' }, /^SMTP_EHLO_NAME: "127.0.0.1" is not a full host name/],
  [{ ...MAIL, SMTP_EHLO_NAME: '[300.0.0.1]' }, /^SMTP_EHLO_NAME: "\[300.0.0.1\]" is not a full host name/],
  [{ ...MAIL, SMTP_EHLO_NAME: 'a.b\r\nMAIL FROM:<x>' }, /^SMTP_EHLO_NAME: .* is not a full host name/],
  [{ ...MAIL, MAIL_TO: 'ada' }, /^MAIL_TO: "ada" is not a valid mail address/],
  [{ WEBHOOK_URL: 'hooks.example/secret@' }, /^WEBHOOK_URL: it is not a valid web address; write for example https:/],
  [{ WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, /^WEBHOOK_URL: required with WEBHOOK_SECRET/],
  [{ WEBHOOK_URL: 'https://h', WEBHOOK_SECRET: 'whsec_secret@' }, /^WEBHOOK_SECRET: a secret has at least 16/],
  [{ WEBHOOK_URL: 'https://h', WEBHOOK_SECRET: 'short' }, /^WEBHOOK_SECRET: a secret has at least 16/],
  [
    { WEBHOOK_URL: 'https://h', WEBHOOK_SECRET: 'a234567890123456 b234567890123456 c234567890123456' },
    /^WEBHOOK_SECRET: it contains 3 secrets; give one, or two/,
  ],
  [{ CHAT_WEBHOOK_URL: 'ftp://h/x' }, /^CHAT_WEBHOOK_URL: it is not a valid web address/],
  [{ REMIND_AFTER: 'daily' }, /^REMIND_AFTER: "daily" is not a valid duration; write for example/],
  [{ DIGEST_SCHEDULE: 'often' }, /^DIGEST_SCHEDULE: "often" is not a valid cron pattern/],
  [{ ...MAIL, MAIL_MAX_PER_HOUR: '0' }, /^MAIL_MAX_PER_HOUR: "0" is not a whole number from 1/],
  [{ MAIL_TO: 'ada@x' }, /^SMTP_URL: required with MAIL_TO/],
  [{ HTTP_HOST: '0.0.0.0' }, /^HTTP_HOST: 0\.0\.0\.0 can be reached from other machines; set HTTP_TOKEN/],
  [
    { HTTP_PUBLIC_URL: 'monitor.lab.example' },
    /^HTTP_PUBLIC_URL: "monitor.lab.example" is not a valid web address; write/,
  ],
  [{ HTTP_PUBLIC_URL: 'ftp://ada:secret@h/' }, /^HTTP_PUBLIC_URL: "ftp:\/\/…@h\/" is not a valid web address/],
  [{ HTTP_PUBLIC_URL: 'https://ada:secret@h/' }, /^HTTP_PUBLIC_URL: it must not contain a user or password/],
  [{ HTTP_PUBLIC_URL: 'https://h/?show=failed' }, /^HTTP_PUBLIC_URL: it must end with the path, without \? or #/],
  [{ HTTP_PUBLIC_URL: 'https://h/#top' }, /^HTTP_PUBLIC_URL: it must end with the path, without \? or #/],
  ...['/uploads', '/uploads/x', '/api', '/api/v1', '/metrics/', '/assets/a'].map(
    (path): [Record<string, string>, RegExp] => [
      { HTTP_PUBLIC_URL: `https://h${path}` },
      /^HTTP_PUBLIC_URL: its path must not begin as \/[a-z/1]+, an address of the monitor's own; write for example https:/,
    ],
  ),
  ...[
    'https://h',
    'h:9697',
    'h/x',
    '*',
    '*.lab.example',
    '.lab.example',
    '.',
    'a b',
    'ada:secret@h',
    '[::1]:80',
    'h?',
    '%',
  ].map((host): [Record<string, string>, RegExp] => [
    { HTTP_ALLOWED_HOSTS: `localhost, ${host}` },
    /^HTTP_ALLOWED_HOSTS: ".*" is not a host name; write the name alone, .* for example monitor\.lab\.example$/,
  ]),
  ...[
    'proxy',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '10.0.0.1/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '*',
  ].map((proxy): [Record<string, string>, RegExp] => [
    { HTTP_TRUSTED_PROXIES: `loopback, ${proxy}` },
    /^HTTP_TRUSTED_PROXIES: ".*" is neither an address nor a network; write for example loopback, 10\.1\.2\.3/,
  ]),
  [
    { HTTP_TRUSTED_PROXIES: 'none, 10.0.0.1' },
    /^HTTP_TRUSTED_PROXIES: "none" stands alone: no proxy is trusted; write/,
  ],
  ...[
    'portal.lab.example',
    '*',
    'https://*.lab.example',
    'https://h/x',
    'ftp://h',
    'https:',
    'none',
    "'none'",
    'https://[::1]',
    'https://h;',
    'https://ada:secret@h',
  ].map((site): [Record<string, string>, RegExp] => [
    { HTTP_FRAME_ANCESTORS: `self, ${site}` },
    /^HTTP_FRAME_ANCESTORS: ".*" is not an origin; write scheme, host and port, for example https:\/\/portal\.lab\.example, or self$/,
  ]),
  [{ HTTP_PORT: '99999' }, /^HTTP_PORT: "99999" is not a whole number from 0 to 65535/],
  [{ HTTP_USERNAME: 'x' }, /^HTTP_PASSWORD: it is missing/],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: "loud" is not one of trace/],
  [{ TZ: 'Mars/Olympus' }, /^TZ: "Mars\/Olympus" is not a valid time zone/],
  [
    { HTTPS_PROXY: 'ftp://ada:secret@p.example:1' },
    /^HTTPS_PROXY: ftp:\/\/ proxies are not supported, only http:\/\/ and https:\/\/; write for example http:/,
  ],
  [{ https_proxy: 'http://ada:secret@p.example:99999999' }, /^https_proxy: it is not a valid proxy address; write for/],
];
for (const [env, expected] of wrong) {
  test(`one sentence: ${expected.source}`, () => {
    const found = problems(env);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', expected);
    assert.ok(!found.join().includes('secret@'));
  });
}

test('all problems are told at once', () => {
  assert.equal(problems({ HTTP_PORT: 'x', LOG_LEVEL: 'y', RETENTION: 'z' }).length, 3);
});

test('kinds: all, some, without', () => {
  assert.deepEqual(config({ NOTIFY_ON: 'upload.failed, upload.created' }).notifyOn, [
    'upload.created',
    'upload.failed',
  ]);
  assert.ok(!config({ NOTIFY_ON: 'all,-upload.started' }).notifyOn.includes('upload.started'));
  assert.deepEqual(config({ NOTIFY_ON: 'none' }).notifyOn, []);
  assert.deepEqual(config({ NOTIFY_ON: '-monitor.baseline' }).notifyOn.length, NOTIFIED_BY_DEFAULT.length - 1);
});

test('the password inside SMTP_URL is a secret as written and as meant', () => {
  const { secrets } = config(MAIL);
  for (const secret of ['p%40ss', 'p@ss', 'secret', MAIL.SMTP_URL]) assert.ok(secrets.includes(secret), secret);
});

test('the password of a proxy is a secret', () => {
  const { secrets } = config({
    HTTPS_PROXY: 'http://ada:p%40ss@p.example:1',
    http_proxy: 'http://ada:other@p.example',
  });
  for (const secret of ['p%40ss', 'p@ss', 'other']) assert.ok(secrets.includes(secret), secret);
});

test('variables win over .env, secrets come from files and credentials', (context) => {
  const dir = tempDir(context);
  mkdirSync(join(dir, 'credentials'));
  writeFileSync(
    join(dir, 'env'),
    'NOMAD_USERNAME=from-file\nHTTP_PORT=1\nNOMAD_PASSWORD_FILE=' + join(dir, 'password'),
  );
  writeFileSync(join(dir, 'password'), 'from a file \n');
  writeFileSync(join(dir, 'credentials', 'http_token'), 'from systemd\n');
  const { values, problems: found } = readEnv(join(dir, 'env'), {
    HTTP_PORT: '2',
    NOMAD_USERNAME: '',
    CREDENTIALS_DIRECTORY: join(dir, 'credentials'),
  });
  assert.deepEqual(found, []);
  assert.deepEqual(
    [values['NOMAD_USERNAME'], values['HTTP_PORT'], values['NOMAD_PASSWORD'], values['HTTP_TOKEN']],
    ['from-file', '2', 'from a file ', 'from systemd'],
  );
});

test('files that cannot be used are told by name', (context) => {
  const dir = tempDir(context);
  writeFileSync(join(dir, 'empty'), '\n');
  const of = (env: NodeJS.ProcessEnv) => readEnv('/dev/null', env).problems.join();
  assert.match(of({ NOMAD_TOKEN_FILE: join(dir, 'no') }), /^NOMAD_TOKEN_FILE: .*no cannot be read/);
  assert.match(of({ NOMAD_TOKEN_FILE: join(dir, 'empty') }), /is empty/);
  assert.match(of({ NOMAD_TOKEN_FILE: join(dir, 'empty'), NOMAD_TOKEN: 'x' }), /set only one/);
  assert.match(readEnv(join(dir, 'no'), {}).problems.join(), /^--env-file: /);
});

test('what was given is shown as one short clean line', () => {
  const hostile = `a\n\u001b[31m\u202e\u0000${'x'.repeat(5000)}`;
  const names = [
    'NOTIFY_ON',
    'HTTP_HOST',
    'HTTP_PORT',
    'TZ',
    'POLL_SCHEDULE',
    'LOG_LEVEL',
    'MAIL_FROM',
    'NOMAD_URL',
    'STUCK_AFTER',
  ];
  const found = problems({ ...MAIL, ...Object.fromEntries(names.map((name) => [name, hostile])) });
  assert.equal(found.length, names.length);
  const { problems: unreadable, notes } = readEnv('/dev/null', { NOMAD_TOKEN_FILE: hostile, ['NOMAD_\nURL']: 'x' });
  assert.equal(notes.length, 1);
  for (const problem of [...found, ...unreadable, ...notes]) {
    assert.doesNotMatch(problem, /[\p{Cc}\p{Cf}]/u);
    assert.ok(problem.length < 700, problem);
  }
});

test('a secret that was given as something else as well is in no problem', () => {
  const found = problems({ NOMAD_PASSWORD: 'correct-horse', HTTP_PORT: 'correct-horse', NOTIFY_ON: 'correct-horse' });
  assert.equal(found.length, 2);
  assert.ok(!found.join().includes('correct-horse'), found.join('\n'));
  // One that begins another must not leave the rest of it to be seen.
  const [within] = problems({ NOMAD_PASSWORD: 'correct', HTTP_TOKEN: 'correct-horse', HTTP_PORT: 'correct-horse' });
  assert.match(within ?? '', /^HTTP_PORT: "\[secret\]" is not a whole number/);
});

test('each of two webhook secrets is hidden, whatever parts them and whatever they look like', () => {
  const [first, second] = ['scheme:a234567890123456', 'b234567890123456'];
  for (const between of [' ', '\t', '  ']) {
    const { secrets, webhook } = config({ WEBHOOK_URL: 'https://h', WEBHOOK_SECRET: `${first}${between}${second}` });
    assert.deepEqual(webhook?.secrets, [first, second]);
    for (const secret of [first, second]) assert.ok(secrets.includes(secret), secret);
  }
});
