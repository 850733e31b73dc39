// Every verb explains itself: what it does, an example that its own options take, and the same in the man page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, CommanderError } from 'commander';
import { manual } from '../../scripts/package/manual.ts';
import { verbsOf } from '../../scripts/package/verbs.ts';
import { EXAMPLES, NAME, pathOf } from '../../src/cli/examples.ts';
import { EXIT_CODES, COMMAND_GROUPS } from '../../src/cli/help.ts';
import { commandLine } from '../../src/cli/program.ts';
import { EXIT } from '../../src/cli/exit-status.ts';
import { keptProcess } from '../support/cli.ts';

const NOBODY = keptProcess().process;

function treeOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(treeOf)];
}

function all(): readonly Command[] {
  return treeOf(commandLine(NOBODY).program);
}

/** As it is printed where there is no terminal. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

/** Which verb takes these words; throws what commander would say. */
function parsed(words: readonly string[]): string {
  const { program } = commandLine(NOBODY);
  let taken = '';
  for (const command of treeOf(program)) {
    command.configureOutput({ writeErr: () => undefined });
    if (command === program) continue;
    command.action(() => {
      taken = pathOf(command);
    });
  }
  program.parse(words, { from: 'user' });
  return taken;
}

for (const command of all()) {
  const path = pathOf(command);
  test(`${NAME} ${path} --help: what it does, and an example that it takes`, () => {
    assert.notEqual(command.description(), '');
    const examples = EXAMPLES[path] ?? [];
    assert.ok(examples.length > 0, 'there is an example');
    const help = helpOf(command);
    assert.ok(help.startsWith(`Usage: ${NAME} ${path}`), help);
    assert.ok(!help.includes('\u001b'));
    for (const { line, what } of examples) {
      assert.ok(help.includes(`\n  ${NAME} ${line}\n      ${what}\n`), help);
      assert.ok(path === '' || line.startsWith(path), line);
      const taken = parsed(line.split(' '));
      const isGroup = command.commands.length > 0 && taken.startsWith(`${path} `);
      assert.ok(path === '' ? taken !== '' : taken === path || isGroup, `${line} is taken by ${taken}`);
    }
    for (const line of help.split('\n')) assert.ok(line.length <= 80, line);
  });
}

test('no example is of a verb that there is not, and an option that there is not is no example', () => {
  const paths = all().map(pathOf);
  for (const path of Object.keys(EXAMPLES)) assert.ok(paths.includes(path), path);
  assert.throws(() => parsed(['check', '--watches']), CommanderError);
});

test('each verb is in a group; the help of the program names the exit codes, each one that there is', () => {
  const [program, ...verbs] = all();
  assert.ok(program !== undefined);
  const groups: readonly string[] = Object.values(COMMAND_GROUPS);
  for (const verb of verbs.filter(({ parent }) => parent === program))
    assert.ok(groups.includes(verb.helpGroup()), verb.name());
  const help = helpOf(program);
  for (const code of Object.values(EXIT)) {
    assert.ok(String(code) in EXIT_CODES, String(code));
    assert.match(help, new RegExp(`^  ${code} +[A-Z]`, 'm'));
  }
});

test('the man page has each verb with its examples', () => {
  const [program] = all();
  assert.ok(program !== undefined);
  const page = manual(verbsOf(program), [], { version: '1.0.0', epoch: 0, architecture: 'amd64' }).replaceAll(
    '\\-',
    '-',
  );
  for (const { line } of Object.values(EXAMPLES).flat()) assert.ok(page.includes(`${NAME} ${line}`), line);
});

const wrong: readonly (readonly [readonly string[], RegExp])[] = [
  [['chekc'], /unknown command 'chekc'\n\(Did you mean check\?\)\nFor example: .* demo --for 60s\n.* --help\n$/],
  [['check', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)\nFor example: .* check --filter/],
  [['ack'], /missing required argument 'uploads'\nFor example: .* ack \S+\nAll options: .* ack --help\n$/],
  [['mute'], /required option '--for <duration>' not specified\nFor example: .* mute --for 8h\n/],
  [['mute', '--for'], /option '--for <duration>' argument missing\nFor example: .* mute --for 8h\n/],
  [
    ['outbox', 'rety'],
    /too many arguments for 'outbox'.*: rety\.\nFor example: .* outbox\nAll options: .* outbox --help\n$/,
  ],
  [['unmute', '--all'], /unknown option '--all'\nFor example: .* unmute\n/],
];
for (const [words, expected] of wrong) {
  test(`a wrong command line says what would be right: ${words.join(' ')}`, () => {
    const { program } = commandLine(NOBODY);
    let text = '';
    for (const command of treeOf(program)) command.configureOutput({ writeErr: (part) => (text += part) });
    assert.throws(() => program.parse([...words], { from: 'user' }), CommanderError);
    assert.match(text, expected);
  });
}
