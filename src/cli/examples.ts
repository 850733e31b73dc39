// One or two examples for each command, as people type them: for --help, after a wrong command line, and in the man page.
import type { Command } from 'commander';

export const NAME = 'nomad-upload-monitor';

export interface Example {
  /** What is typed, without the name of the program. */
  readonly line: string;
  readonly what: string;
}

/** By the command's name; '' is the program itself. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  '': [
    { line: 'demo --for 60s', what: 'runs a simulated NOMAD, an inbox and the monitor; nothing to configure' },
    { line: '--account ada check', what: 'one account of several (ACCOUNTS_FILE)' },
    {
      line: '--env-file /etc/nomad-upload-monitor/env doctor',
      what: 'is everything set up correctly, and if not, how to fix it',
    },
  ],
  run: [{ line: 'run', what: 'watches, with the variables of the environment and of .env' }],
  demo: [{ line: 'demo --for 60s', what: 'shows what it does, for a minute' }],
  check: [
    { line: 'check --filter failed,stuck', what: 'only what needs attention' },
    { line: 'check batch-42', what: 'only this upload, by its name or id' },
    { line: 'check --watch', what: 'repeats every 30 s' },
  ],
  doctor: [{ line: 'doctor', what: 'is everything set up correctly, and if not, how to fix it' }],
  config: [
    { line: 'config', what: 'each value, and where it came from' },
    {
      line: 'config --explain KsDqDhs5TOGJH6nUGtXMgA',
      what: 'who would be notified about this upload, and why',
    },
  ],
  'test-notification': [{ line: 'test-notification --channel mail', what: 'does a mail arrive?' }],
  events: [
    { line: 'events --since 7d', what: 'events of the last week' },
    { line: 'events --kind upload.failed --json', what: 'failures of the last day, for a program' },
  ],
  report: [
    { line: 'report KsDqDhs5TOGJH6nUGtXMgA', what: "what to send to NOMAD's administrators about this upload" },
    { line: 'report KsDqDhs5TOGJH6nUGtXMgA 1kBO6IGHSHeDpi7PcbS5vA', what: 'one text about both' },
  ],
  wait: [
    { line: 'wait batch-42', what: 'until its processing has ended, for at most 2 hours' },
    { line: 'wait --new batch-42 --for 30m --allow empty', what: 'the upload that your script has just made' },
  ],
  account: [{ line: 'account list', what: 'which accounts are watched' }],
  'account list': [{ line: 'account list', what: 'which accounts are watched' }],
  'account check': [
    { line: 'account check', what: 'can each of them log in, and what does it see?' },
    { line: 'account check ada grace', what: 'only these two' },
  ],
  'account add': [
    { line: 'account add ada', what: 'asks for user name and password' },
    {
      line: 'account add grace --token-stdin',
      what: 'with a token from a pipe, that was made on a page of NOMAD',
    },
  ],
  outbox: [{ line: 'outbox', what: 'what is waiting, and why' }],
  'outbox retry': [{ line: 'outbox retry --all', what: 'retries everything that was not accepted, now' }],
  'outbox drop': [
    { line: 'outbox drop 3e9a2f0c-6a53-4f0e-9d39-7d1f4b1b2a10', what: 'discards a message you no longer want sent' },
  ],
  backup: [{ line: 'backup /var/backups/nomad-upload-monitor.sqlite', what: 'while the monitor is running' }],
  state: [
    { line: 'state copy STATE_DIR DATABASE_URL', what: 'from SQLite to PostgreSQL, with the monitor stopped' },
    { line: 'state copy DATABASE_URL /var/lib/nomad-upload-monitor', what: 'and back' },
  ],
  mute: [
    { line: 'mute --for 8h', what: 'nothing is sent tonight' },
    { line: 'mute --for 2d batch-42', what: 'nothing about this upload for two days' },
  ],
  unmute: [{ line: 'unmute', what: 'ends all mutes' }],
  ack: [{ line: 'ack KsDq', what: 'you know that this upload failed; no more reminders' }],
};

/** `outbox retry`; of the program itself ''. */
export function pathOf(command: Command): string {
  if (command.parent === null) return '';
  return `${pathOf(command.parent)} ${command.name()}`.trim();
}

/** Adds its examples to each command, and shows them after a wrong command line. */
export function addExamples(command: Command): void {
  const path = pathOf(command);
  const examples = EXAMPLES[path] ?? [];
  const lines = examples.map(({ line, what }) => `  ${NAME} ${line}\n      ${what}`);
  if (lines.length > 0) command.addHelpText('after', `\nFor example:\n${lines.join('\n')}`);
  const [first] = examples;
  const right = first === undefined ? '' : `For example: ${NAME} ${first.line}\n`;
  command.showHelpAfterError(`${right}All options: ${`${NAME} ${path}`.trim()} --help`);
  for (const below of command.commands) addExamples(below);
}
