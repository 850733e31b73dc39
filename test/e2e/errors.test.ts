// Whatever can be got wrong at the command line has its code, and says what to do about it; never a stack trace.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA } from '../../src/demo/nomad-state.ts';
import { callCli } from '../support/cli.ts';
import { COMPILED, builtProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

type Env = Readonly<Record<string, string>>;

/** As it is typed in a clone. */
async function type(context: TestContext, words: readonly string[], env: Env) {
  return started(context, ['npm', 'run', '-s', 'cli', '--', ...words], env);
}

async function started(context: TestContext, [program = '', ...args]: readonly string[], env: Env) {
  const PATH = `node_modules/.bin:${process.env['PATH'] ?? ''}`;
  const child = spawn(program, args, {
    env: { PATH, HOME: tempDir(context), ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: `${out}${complaints}` };
}

const LOGIN = { NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password };
const NOWHERE = { ...LOGIN, NOMAD_URL: 'http://127.0.0.1:1' };
const MAIL = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'm@lab.example' };
const DOCTOR = /what to do about it: npm run -s cli -- doctor\n$/;

const cases: readonly (readonly [string, readonly string[], Env, number, RegExp])[] = [
  ['nothing configured', ['check'], {}, 2, /set both, .* or a NOMAD_TOKEN, in the environment or in \.env/],
  [
    'a file of variables that is not there',
    ['--env-file', 'nope', 'check'],
    {},
    2,
    /^--env-file: nope .*; name an existing file/,
  ],
  ['a misspelt variable', ['check'], { NOMAD_PASWORD: 'x' }, 2, /did you mean NOMAD_PASSWORD\?/],
  ['no web address', ['check'], { ...LOGIN, NOMAD_URL: 'nomad-lab.eu' }, 2, /write for example https:/],
  ['nobody there', ['check'], NOWHERE, 3, DOCTOR],
  ['nobody there, doctor', ['doctor'], NOWHERE, 3, /\n {21}\S/],
  ['a condition that there is not', ['check', '--filter', 'stcuk'], NOWHERE, 2, /did you mean stuck\?/],
  ['two forms at once', ['check', '--json', '--nagios'], NOWHERE, 2, /cannot be used with .*\nFor example: /],
  ['no state yet', ['events'], NOWHERE, 5, /; start the monitor, or set STATE_DIR/],
  ['no state yet, mute', ['mute', '--for', '8h'], NOWHERE, 5, /; start the monitor, or set STATE_DIR/],
  ['no state to copy', ['backup', 'copy'], NOWHERE, 5, /; set STATE_DIR to its folder/],
  ['no state to explain', ['config', '--explain', 'u'], NOWHERE, 5, /; start the monitor, or set STATE_DIR/],
  ['no duration', ['mute', '--for', '8'], NOWHERE, 2, /write for example 90s, 15m, 2h or 7d/],
  ['no kind of event', ['events', '--kind', 'upload.faild'], NOWHERE, 2, /did you mean upload\.failed\?/],
  ['no delivery named', ['outbox', 'retry'], NOWHERE, 2, /: give ids, as outbox shows them, or --all/],
  ['no channel', ['test-notification'], NOWHERE, 2, /set SMTP_URL or WEBHOOK_URL or /],
  [
    'a channel that there is not',
    ['test-notification', '--channel', 'email'],
    { ...NOWHERE, ...MAIL },
    2,
    /did you mean mail\?/,
  ],
  [
    'a channel that is not set up',
    ['test-notification', '--channel', 'chat'],
    { ...NOWHERE, ...MAIL },
    2,
    /set CHAT_WEBHOOK_URL/,
  ],
  [
    'a mail server that is not there',
    ['test-notification'],
    { ...NOWHERE, ...MAIL, MAIL_TO: 'a@b.example' },
    1,
    DOCTOR,
  ],
  ['nobody to write to', ['test-notification'], { ...NOWHERE, ...MAIL }, 1, /set MAIL_TO[\s\S]*doctor\n$/],
  [
    'a folder that cannot be',
    ['run'],
    { ...NOWHERE, STATE_DIR: '/dev/null/x' },
    5,
    /set STATE_DIR to a writable folder/,
  ],
  ['no time to end after', ['demo', '--for', '5'], {}, 2, /write for example 90s/],
];
/** The first case of each verb is a process of its own, and this one is typed. */
const TYPED = 'nobody there, doctor';
const isFirst = (verb: string | undefined, at: number) => cases.findIndex(([, [first]]) => first === verb) === at;

for (const [index, [what, words, env, code, advice]] of cases.entries()) {
  test(`${what}: code ${code}, and what to do`, { timeout: 300_000 }, async (context) => {
    const given = { STATE_DIR: join(tempDir(context), 'none'), ...env };
    const seen =
      what === TYPED
        ? await type(context, words, given)
        : isFirst(words[0], index)
          ? await started(context, [process.execPath, '--', builtProgram(), ...words], given)
          : await callCli(words, given);
    assert.equal(seen.code, code, seen.output);
    assert.match(seen.output, advice);
    assert.doesNotMatch(seen.output, /^ +at |node:internal/m);
  });
}

test('a wrong password, and a server that is no NOMAD', { timeout: 300_000 }, async (context) => {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  const HOME = tempDir(context);
  const refused = await callCli(['check'], { HOME, ...LOGIN, NOMAD_PASSWORD: 'no', NOMAD_URL: nomad.url });
  assert.equal(refused.code, 4);
  assert.match(refused.output, /NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD/);
  assert.match(refused.output, DOCTOR);
  const other = createServer((_, answer) => answer.end('<html>hello</html>')).listen(0, '127.0.0.1');
  context.after(() => other.close());
  await once(other, 'listening');
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const strange = await callCli(['check'], { HOME, ...LOGIN, NOMAD_URL: url });
  assert.equal(strange.code, 3);
  assert.match(strange.output, /is NOMAD_URL the address of the API\?\n.*doctor\n$/);
});

test('a state that is none', { timeout: 300_000 }, async (context) => {
  const folder = join(tempDir(context), 'state');
  mkdirSync(folder);
  writeFileSync(join(folder, 'state.sqlite'), 'no database at all, and long enough to be seen as none '.repeat(20));
  for (const [words, advice] of [
    [['run'], /restore a backup, or move it away/],
    [['events'], /restore a backup, or move it away/],
    [['outbox'], /restore a backup, or move it away/],
    [['backup', join(folder, 'copy')], /; run backup as the user|restore a backup/],
  ] as const) {
    const seen = await callCli(words, { ...NOWHERE, STATE_DIR: folder });
    assert.equal(seen.code, 5, seen.output);
    assert.match(seen.output, advice);
    assert.doesNotMatch(seen.output, /^ +at |node:internal/m);
  }
});
