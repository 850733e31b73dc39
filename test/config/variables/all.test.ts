// The one definition says of each variable what is true of it: its default, its example, that it is honoured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'dotenv';
import type { Config } from '../../../src/config/config.ts';
import { SURROUNDINGS } from '../../../src/config/variables/runtime.ts';
import { VARIABLES } from '../../../src/config/variables/all.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { scheduleProblem } from '../../../src/scheduler.ts';

const LOGIN = { HOME: '/home/ada', TZ: 'UTC', NOMAD_USERNAME: 'ada', NOMAD_PASSWORD: 'secret' };
const MAIL = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'm@lab.example' };

function config(env: Readonly<Record<string, string>>): Config {
  const parsed = parseConfig(env, { scheduleProblem });
  assert.ok('config' in parsed, 'problems' in parsed ? parsed.problems.join('\n') : '');
  return parsed.config;
}

for (const { name, fallback } of VARIABLES) {
  if (fallback === undefined) continue;
  test(`${name} unset is ${name}=${fallback}`, () => {
    assert.deepEqual(config({ ...LOGIN, ...MAIL }), config({ ...LOGIN, ...MAIL, [name]: fallback }));
  });
}

test('defaults in words are true as well', () => {
  const bare = config(LOGIN);
  assert.equal(bare.mail, null);
  assert.deepEqual(
    [bare.nomad.roles, bare.rulesFile, bare.webhook, bare.chat, bare.alertmanager, bare.heartbeat, bare.http.access],
    [[], null, null, null, null, null, { token: null, basic: null }],
  );
  const { mail } = config({ ...LOGIN, SMTP_URL: 'smtp://ada%40lab.example:p@mail.example' });
  assert.deepEqual([mail?.from, mail?.to], ['ada@lab.example', null]);
  assert.deepEqual(config({ ...LOGIN, WEBHOOK_URL: 'https://h.example' }).webhook?.secrets, []);
});

test('the state is where systemd, then XDG, then the home folder says', () => {
  const all = { ...LOGIN, STATE_DIR: '/a', STATE_DIRECTORY: '/b', XDG_STATE_HOME: '/c' };
  const without = (...names: string[]) => config({ ...all, ...Object.fromEntries(names.map((name) => [name, ''])) });
  assert.equal(without().stateDir, '/a');
  assert.equal(without('STATE_DIR').stateDir, '/b');
  assert.equal(without('STATE_DIR', 'STATE_DIRECTORY').stateDir, '/c/nomad-upload-monitor');
  assert.equal(
    without('STATE_DIR', 'STATE_DIRECTORY', 'XDG_STATE_HOME').stateDir,
    '/home/ada/.local/state/nomad-upload-monitor',
  );
});

test('each example is understood as it would stand in .env, and is not the default', () => {
  const examples = parse(VARIABLES.map(({ name, example }) => `${name}=${example}`).join('\n'));
  const { NOMAD_TOKEN, NOMAD_USERNAME, NOMAD_PASSWORD, ...others } = examples;
  const byPassword = config({ ...others, NOMAD_USERNAME: NOMAD_USERNAME ?? '', NOMAD_PASSWORD: NOMAD_PASSWORD ?? '' });
  assert.deepEqual(byPassword.nomad.credentials, {
    kind: 'password',
    username: 'ada',
    password: 'correct horse battery staple',
  });
  const byToken = config({ ...others, NOMAD_TOKEN: NOMAD_TOKEN ?? '' });
  assert.deepEqual(byToken.nomad.credentials, { kind: 'token', token: NOMAD_TOKEN });
  for (const { name, fallback } of VARIABLES) assert.notEqual(examples[name], fallback, name);
});

test('what others have defined is honoured: time zone and proxies here, the rest by those who read it', () => {
  assert.equal(config({ ...LOGIN, TZ: 'Europe/Berlin' }).timeZone, 'Europe/Berlin');
  const proxies = { HTTPS_PROXY: 'http://p.example:1', HTTP_PROXY: 'http://p.example:2', NO_PROXY: 'x.example' };
  assert.deepEqual(config({ ...LOGIN, ...proxies }).nomad.proxyEnv, proxies);
  const inFile = SURROUNDINGS.filter((each) => each.inFile).map(({ name }) => name);
  assert.deepEqual(inFile, ['TZ', ...Object.keys(proxies)]);
});
