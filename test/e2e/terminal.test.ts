// What people see at a terminal: colours there alone and not against their will, tables within its width, a screen that is cleared before it is printed on again.
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { test, type TestContext } from 'node:test';
import stringWidth from 'string-width';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../src/demo/nomad-state.ts';
import { holdPolls } from '../support/hold.ts';
import { callCli } from '../support/cli.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';
import { noTerminal, startAtTerminal } from '../support/terminal.ts';

const HOUR = 3_600_000;
const CHECK = ['--env-file', '/dev/null', 'check'];
const USUAL_TERMINAL = { TERM: 'xterm-256color' };
const skip = noTerminal();
const RED = '\u001b[31m';
const CLEAR = '\u001b[H\u001b[J';

async function world(context: TestContext, more = 0) {
  const server = await startSimulatedNomad();
  context.after(() => server.close());
  const now = Date.now();
  const add = (id: string, name = id) =>
    addUpload(server.world, id, now - 9 * HOUR, { name, process: 'process_upload' });
  fail(add('bad', '\u{1f9ea} 日本語のとても長い名前 \u001b[2J'.repeat(3)), now - HOUR, [`KeyError: ${'x'.repeat(99)}`]);
  start(add('running'));
  for (let index = 0; index < more; index += 1) succeed(add(`good-${index}`), now - HOUR);
  return { server, env: { NOMAD_URL: server.url, STATE_DIR: tempDir(context) } };
}

const wanted: readonly (readonly [string, Readonly<Record<string, string>>, boolean, boolean])[] = [
  ['as it is', {}, true, false],
  ['NO_COLOR', { NO_COLOR: '1' }, false, false],
  ['a terminal that knows none', { TERM: 'dumb' }, false, false],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, true, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false, false],
];
for (const [what, env, atTerminal, inPipe] of wanted) {
  test(`colours, ${what}: ${atTerminal} at a terminal, ${inPipe} in a pipe`, { timeout: 300_000 }, async (context) => {
    const { env: usual } = await world(context);
    const all = { ...USUAL_TERMINAL, ...usualEnv(usual), ...env };
    const seen = await callCli(CHECK, all, 80);
    assert.equal(seen.code, 1);
    assert.equal(seen.output.includes(RED), atTerminal);
    const piped = await callCli(CHECK, all);
    assert.equal(piped.code, 1);
    assert.equal(piped.output.includes(RED), inPipe);
    for (const words of [['--help'], ['check', '--help']]) {
      const help = await callCli(words, { ...USUAL_TERMINAL, ...env }, 80);
      assert.equal(help.code, 0);
      assert.equal(help.output.includes('\u001b[1m'), atTerminal, 'titles');
    }
  });
}

test('colours of the program itself, at a real terminal and in a pipe', { timeout: 300_000, skip }, async (context) => {
  const { env } = await world(context);
  for (const [more, isRed] of [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ] as const) {
    const seen = startAtTerminal(context, { ...env, ...more }, ['check']);
    assert.equal(await seen.ended, 1);
    assert.equal(seen.output().includes(RED), isRed);
  }
  const help = startAtTerminal(context, {}, ['--help']);
  assert.equal(await help.ended, 0);
  assert.ok(help.output().includes('\u001b[1m'));
  const forced = startProgram(context, { ...env, FORCE_COLOR: '1' }, CHECK);
  assert.equal(await forced.ended, 1);
  assert.ok(forced.output().includes(RED));
});

for (const columns of [40, 80, 200]) {
  test(`check and config within ${columns} columns`, { timeout: 300_000 }, async (context) => {
    const { env } = await world(context);
    for (const verb of ['check', 'config']) {
      const plain = { ...USUAL_TERMINAL, ...usualEnv(env), NO_COLOR: '1' };
      const { output } = await callCli(['--env-file', '/dev/null', verb], plain, columns);
      const lines = output.split('\n').filter((line) => !line.startsWith('no monitor has watched'));
      assert.ok(lines.length > 4, output);
      for (const line of lines) {
        const text = stripVTControlCharacters(line.replace(/^[\s\S]*\r/, ''));
        assert.ok(stringWidth(text) <= columns, `${stringWidth(text)}: ${text}`);
      }
    }
  });
}

const watching: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['on a screen that is cleared', {}, CLEAR],
  ['below what is there, on a terminal that cannot be cleared', { TERM: 'dumb' }, ''],
];
for (const [what, more, before] of watching) {
  test(`check --watch: the report with its time, ${what}`, { timeout: 300_000, skip }, async (context) => {
    const { env, server } = await world(context, 40);
    const seen = startAtTerminal(context, { ...env, ...more }, ['check', '--watch']);
    await seen.until((output) => output.includes('1 failed; 42 uploads\r\n'));
    const lines = seen.output().split('\r\n');
    assert.match(lines.shift()?.replace(before, '') ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(seen.output().startsWith(CLEAR), before !== '');
    assert.equal(lines.filter((line) => line.includes(' good-')).length, 40);
    seen.press('\u0003');
    assert.equal(await seen.ended, 1);
    assert.equal(server.requests.filter(({ line }) => line.startsWith('GET /uploads?')).length, 1);
  });
}

test(
  'a long first listing shows how far it is, on a terminal alone, and leaves nothing of it behind',
  { timeout: 300_000, skip },
  async (context) => {
    const { env } = await world(context, 1200);
    const seen = startAtTerminal(context, env, ['check'], { columns: 60, rows: 24 });
    assert.equal(await seen.ended, 1);
    assert.match(seen.output(), /\r\[#+\.+\] \d+ of 1202 uploads\u001b\[K/);
    assert.match(seen.output(), /of 1202 uploads\u001b\[K\r\u001b\[K +UPLOAD/);
    const piped = await callCli(CHECK, usualEnv(env));
    assert.ok(!piped.output.includes('of 1202 uploads'));
  },
);

test(
  'check --watch: NOMAD away from the start is said, and waited for',
  { timeout: 300_000, skip },
  async (context) => {
    const { env, server } = await world(context);
    server.setFault(() => ({ status: 502, body: 'no' }));
    const seen = startAtTerminal(context, env, ['check', '--watch'], { columns: 80, rows: 12 });
    await seen.until((output) => output.includes('login: NOMAD answered 502'));
    seen.press('\u0003');
    assert.equal(await seen.ended, 3);
  },
);

test('check ended before it knew anything: 130, and nothing said', { timeout: 300_000, skip }, async (context) => {
  const { env, server } = await world(context);
  for (const words of [['check'], ['check', '--watch']]) {
    const { held } = holdPolls(server);
    const seen = startAtTerminal(context, env, words);
    await held;
    seen.press('\u0003');
    assert.equal(await seen.ended, 130);
    assert.equal(seen.output().replace('^C', ''), '');
  }
});
