// Commands that need much code: they are added here, and their own files are loaded only when one of them runs.
import { type Command, Option } from 'commander';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

export function addRun(program: Command, { envFile, io, done, ...signals }: CommandContext): void {
  program
    .command('run')
    .helpGroup(COMMAND_GROUPS.watch)
    .description('runs the monitor in the foreground, until SIGTERM or SIGINT')
    .action(async () => {
      const { run } = await import('./run.ts');
      done(await run({ envFile: envFile(), io, ...signals }));
    });
}

interface CheckFlags extends JsonOption {
  readonly nagios?: true;
  readonly filter?: string;
  readonly watch?: true;
  readonly wide?: true;
}

export function addCheck(program: Command, { envFile, account, io, stopping, done }: CommandContext): void {
  program
    .command('check')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description(
      'shows the uploads now, worst first, as a table; exits with 1 if any has failed, is stuck or has failed entries',
    )
    .argument('[uploads...]', 'names or ids of uploads, or the beginning of one; none: all')
    .addOption(new Option('--json', 'one JSON document').conflicts('nagios'))
    .option('--nagios', 'one line and performance data, exit statuses as in the Monitoring Plugins convention')
    .option('--filter <conditions>', 'only uploads in these conditions, for example failed,stuck')
    .option('--wide', 'whole ids, names and reasons, however narrow the terminal is')
    .option('--watch', 'repeat every 30 s, until SIGINT')
    .action(async (words: string[], { json, nagios, filter, watch, wide }: CheckFlags) => {
      const as = json === true ? 'json' : nagios === true ? 'nagios' : 'table';
      const { checkCommand } = await import('../check/check.ts');
      done(
        await checkCommand({
          envFile: envFile(),
          account: account(),
          io,
          words,
          filter: filter ?? null,
          as,
          watch: watch === true,
          isWide: wide === true,
          stopping,
        }),
      );
    });
}

export function addDoctor(program: Command, { envFile, account, io, stopping, done }: CommandContext): void {
  program
    .command('doctor')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('checks each part in turn and tells you how to fix what is wrong; changes nothing')
    .option('--json', 'one JSON document')
    .action(async ({ json }: JsonOption) => {
      const { doctor } = await import('./doctor.ts');
      done(await doctor({ envFile: envFile(), account: account(), io, json: json === true, stopping }));
    });
}

export function addDemo(program: Command, { io, stopping, done }: CommandContext): void {
  program
    .command('demo')
    .helpGroup(COMMAND_GROUPS.watch)
    .description('runs a simulated NOMAD, an inbox and the monitor on loopback; nothing to configure')
    .option('--for <duration>', 'stop after this long, for example 60s')
    .option('--generation <version>', 'the NOMAD to simulate: 1.3, 1.4 or 2.0', '2.0')
    .action(async (options: { for?: string; generation: string }) => {
      const { demo } = await import('./demo.ts');
      done(await demo({ duration: options.for ?? null, generation: options.generation, io, stopping }));
    });
}

export function addReport(program: Command, { envFile, account, io, stopping, done }: CommandContext): void {
  program
    .command('report')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description("writes a text about uploads for NOMAD's administrators, ready to send")
    .argument('<uploads...>', 'names or ids of uploads, or the beginning of one')
    .option('--json', 'one JSON document')
    .action(async (words: string[], { json }: JsonOption) => {
      const { report } = await import('./report.ts');
      done(
        await report({
          envFile: envFile(),
          account: account(),
          io,
          words,
          json: json === true,
          stopping,
        }),
      );
    });
}

export function addTestNotification(program: Command, { envFile, account, io, stopping, done }: CommandContext): void {
  program
    .command('test-notification')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('sends a test message through each configured channel; exits with 1 unless all are accepted')
    .option('--channel <name>', 'only this channel: mail, webhook, chat or alertmanager')
    .option('--json', 'one JSON document')
    .action(async ({ channel, json }: JsonOption & { channel?: string }) => {
      const { testNotification } = await import('./test-notification.ts');
      done(
        await testNotification({
          envFile: envFile(),
          account: account(),
          io,
          channel: channel ?? null,
          json: json === true,
          stopping,
        }),
      );
    });
}

interface WaitFlags extends JsonOption {
  readonly for: string;
  readonly new?: string;
  readonly allow?: string;
}

export function addWait(program: Command, { envFile, account, io, stopping, done }: CommandContext): void {
  program
    .command('wait')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('ends when the processing of uploads has ended; exits with 0 only if all of it went well')
    .argument('[uploads...]', 'names or ids of uploads, or the beginning of one')
    .option('--for <duration>', 'wait at most this long', '2h')
    .option('--new <name>', 'wait for the upload of this name that was made in the last 5 minutes, or is about to be')
    .option('--allow <results>', 'count these as good: entries_failed, empty')
    .option('--json', 'one JSON document, at the end')
    .action(async (words: string[], options: WaitFlags) => {
      const given = { words, name: options.new ?? null, span: options.for, allow: options.allow ?? null };
      const { waitCommand } = await import('../wait/wait.ts');
      done(
        await waitCommand({ envFile: envFile(), account: account(), io, given, json: options.json === true, stopping }),
      );
    });
}
