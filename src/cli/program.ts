// The command line: verbs, options, usage errors. Each verb is in a file of its own, and what only it needs is loaded for it alone.
import { Command, CommanderError, Option } from 'commander';
import { addStateCommands } from './commands/state-commands.ts';
import { addExamples, NAME } from './examples.ts';
import { COMMAND_GROUPS, addHelp } from './help.ts';
import { EXIT, type Io, version } from './exit-status.ts';
import { USUAL_WIDTH, hasColours, widthOf } from './terminal/terminal.ts';

export interface Process extends Io {
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly stopping: AbortSignal;
  /** Calls back at each SIGHUP. */
  readonly onReload: (reload: () => void) => unknown;
  /** Calls back at each SIGUSR2. */
  readonly onToggleDebug: (toggle: () => void) => unknown;
}

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

/** All verbs and options; nothing is run. The man page and the completions are made of it as well. */
export function commandLine({ stopping, onReload, onToggleDebug, ...io }: Process): {
  readonly program: Command;
  /** What the verb that was run ended with. */
  readonly code: () => number;
} {
  let code: number = EXIT.good;
  const program = newProgram(io);
  const envFile = () => program.opts<{ envFile?: string }>().envFile ?? null;
  addHelp(program);
  program
    .command('run')
    .helpGroup(COMMAND_GROUPS.watch)
    .description('runs the monitor in the foreground, until SIGTERM or SIGINT')
    .action(async () => {
      const { run } = await import('./commands/run.ts');
      code = await run({ envFile: envFile(), io, stopping, onReload, onToggleDebug });
    });
  program
    .command('check')
    .helpGroup(COMMAND_GROUPS.look)
    .description(
      'shows the uploads now, worst first, as a table; exits with 1 if any has failed, is stuck or has failed entries',
    )
    .addOption(new Option('--json', 'one JSON document').conflicts('nagios'))
    .option('--nagios', 'one line and performance data, exit statuses as in the Monitoring Plugins convention')
    .option('--filter <conditions>', 'only uploads in these conditions, for example failed,stuck')
    .option('--watch', 'repeat every 30 s, until SIGINT')
    .action(async (options: { json?: true; nagios?: true; filter?: string; watch?: true }) => {
      const as = options.json === true ? 'json' : options.nagios === true ? 'nagios' : 'table';
      const { filter = null, watch = false } = options;
      const { checkCommand } = await import('./check/check.ts');
      code = await checkCommand({ envFile: envFile(), io, filter, as, watch, stopping });
    });
  program
    .command('doctor')
    .helpGroup(COMMAND_GROUPS.look)
    .description('checks each part in turn and tells you how to fix what is wrong; changes nothing')
    .option('--json', 'one JSON document')
    .action(async (options: { json?: true }) => {
      const { doctor } = await import('./commands/doctor.ts');
      code = await doctor({ envFile: envFile(), io, json: options.json === true, stopping });
    });
  program
    .command('demo')
    .helpGroup(COMMAND_GROUPS.watch)
    .description('runs a simulated NOMAD, an inbox and the monitor on loopback; nothing to configure')
    .option('--for <duration>', 'stop after this long, for example 60s')
    .option('--generation <version>', 'the NOMAD to simulate: 1.3, 1.4 or 2.0', '2.0')
    .action(async (options: { for?: string; generation: string }) => {
      const { demo } = await import('./commands/demo.ts');
      code = await demo({ duration: options.for ?? null, generation: options.generation, io, stopping });
    });
  addStateCommands(program, { envFile, io, stopping, done: (status) => (code = status) });
  addExamples(program);
  return { program, code: () => code };
}

/** What is true of all verbs. */
function newProgram(io: Io): Command {
  return new Command(NAME)
    .description('Watches the uploads of a NOMAD account and notifies when they fail, get stuck or recover.')
    .version(version())
    .option('--env-file <path>', 'read variables from this file instead of .env')
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
