// What --help says besides commands and options: groups, exit codes, where to begin. Titles are bold on a terminal.
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { NAME } from './examples.ts';
import { isClone } from '../files.ts';
import { typed } from './installation.ts';

export const COMMAND_GROUPS = {
  watch: 'Watch:',
  inspect: 'Inspect:',
  accounts: 'Accounts:',
  notify: 'Change or try notifications:',
  state: 'State:',
} as const;

/** The meaning of each exit code. */
export const EXIT_CODES: Readonly<Record<string, string>> = {
  0: 'Success.',
  1: 'An upload needs attention (check: failed, stuck, or entries failed; wait: whatever is not good), or a check failed (doctor, test-notification, account check).',
  2: 'Usage or configuration; each problem is a line on standard error.',
  3: 'NOMAD cannot be reached.',
  4: 'The login is refused.',
  5: 'The state cannot be used: another monitor runs on it, it is corrupt, or it cannot be written.',
  6: 'The time is up (wait --for), and not every upload has ended.',
  130: 'Interrupted (Ctrl-C) before the first result.',
};

export function addHelp(program: Command): void {
  program
    .configureHelp({ styleTitle: bold })
    .helpCommand('help [verb]', 'the same as VERB --help')
    .addHelpText('after', ({ command }) => {
      const help = command.createHelp();
      help.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() ?? 80 });
      const codes = Object.entries(EXIT_CODES).map(([code, meaning]) => help.formatItem(code, 3, meaning, help));
      return `\n${bold('Exit status:')}\n${codes.join('\n')}`;
    });
  if (isClone) program.addHelpText('after', `\nIn a clone, ${NAME} VERB is typed: ${typed('VERB')}`);
}

/** On a terminal; commander takes it out again elsewhere. */
function bold(text: string): string {
  return styleText('bold', text, { validateStream: false });
}
