// The command line: all commands, usage errors, the exit code.
import { Command, CommanderError } from 'commander';
import { addAccounts } from './commands/account.ts';
import { serviceFiles } from '../config/service.ts';
import { isClone } from '../files.ts';
import type { BecomeService, CommandContext, Signals } from './commands/command.ts';
import { addCheck, addDemo, addDoctor, addReport, addRun, addTestNotification, addWait } from './commands/lazy.ts';
import { addBackup, addConfig, addEvents, addMutes, addOutbox, addStateCopy } from './commands/lazy-state.ts';
import { addExamples, NAME, pathOf } from './examples.ts';
import { addHelp } from './help.ts';
import { EXIT } from './exit-status.ts';
import { version } from './installation.ts';
import type { Io } from './output.ts';
import { USUAL_WIDTH, hasColours, widthOf } from './terminal/terminal.ts';

export type Process = Io & Signals & { readonly becomeService: BecomeService };

/** In the order in which the help lists them. */
const COMMANDS: readonly ((program: Command, context: CommandContext) => void)[] = [
  addRun,
  addCheck,
  addDoctor,
  addDemo,
  addConfig,
  addTestNotification,
  addEvents,
  addReport,
  addWait,
  addAccounts,
  addOutbox,
  addBackup,
  addMutes,
  addStateCopy,
];

/** The commands that can be about one account of several. */
const OF_ONE_ACCOUNT = new Set([
  'check',
  'doctor',
  'config',
  'test-notification',
  'events',
  'report',
  'mute',
  'unmute',
  'ack',
  'wait',
]);

/** Resolves to the exit code. */
export async function runCli(args: readonly string[], process: Process): Promise<number> {
  const { program, code } = commandLine(process);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    throw error;
  }
}

/** All commands and options; nothing runs yet. The man page and the completions are generated from it as well. */
export function commandLine({ env, stdout, stderr, becomeService, ...signals }: Process): {
  readonly program: Command;
  /** The exit code of the command that ran. */
  readonly code: () => number;
} {
  const io = { env, stdout, stderr };
  let code: number = EXIT.good;
  const program = newProgram(io);
  const envFile: CommandContext['envFile'] = (rights = 'of the service') => {
    const named = program.opts<{ envFile?: string }>().envFile ?? null;
    const service = serviceFiles({ envFile: named, environment: env, isClone });
    if (service === null) return named;
    becomeService(service.stateDir, rights);
    return service.envFile;
  };
  const account = () => program.opts<{ account?: string }>().account ?? null;
  const context = { envFile, account, io, ...signals, done: (status: number) => (code = status) };
  addHelp(program);
  for (const add of COMMANDS) add(program, context);
  addExamples(program);
  program.hook('preAction', (_, command) => {
    const verb = pathOf(command);
    if (account() !== null && !OF_ONE_ACCOUNT.has(verb)) command.error(`error: ${verb} takes no --account`);
  });
  return { program, code: () => code };
}

/** What all commands have in common. */
function newProgram(io: Io): Command {
  return new Command(NAME)
    .description('Watches the uploads of a NOMAD account and notifies when they fail, get stuck or recover.')
    .version(version())
    .option('--env-file <path>', 'read variables from this file instead of .env, or of those of the service')
    .option('--account <name>', 'the account of ACCOUNTS_FILE that a command is about')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout) ?? USUAL_WIDTH,
      getErrHelpWidth: () => widthOf(io.stderr) ?? USUAL_WIDTH,
      getOutHasColors: () => hasColours(io.stdout, io.env),
      getErrHasColors: () => hasColours(io.stderr, io.env),
    })
    .exitOverride();
}
