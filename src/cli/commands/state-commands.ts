// The command line, second part: the commands that look at a state or change what is told. Each is in a file of its own, which adds it.
import type { Command } from 'commander';
import { COMMAND_GROUPS } from '../help.ts';
import { addBackup } from './backup.ts';
import type { CommandContext, JsonOption } from './command.ts';
import { addConfig } from './config.ts';
import { addEvents } from './events.ts';
import { addMutes } from './mute.ts';
import { addOutbox } from './outbox.ts';
import { addStateCopy } from './state.ts';

/** In the order in which the help names them. */
export function addStateCommands(program: Command, context: CommandContext): void {
  addConfig(program, context);
  addTestNotification(program, context);
  addEvents(program, context);
  addOutbox(program, context);
  addBackup(program, context);
  addMutes(program, context);
  addStateCopy(program, context);
}

/** Added here: its own file brings the channels, and is loaded only when it is run. */
function addTestNotification(program: Command, { envFile, io, stopping, done }: CommandContext): void {
  program
    .command('test-notification')
    .helpGroup(COMMAND_GROUPS.tell)
    .description('sends a test message through each configured channel; exits with 1 unless all are accepted')
    .option('--channel <name>', 'only this channel: mail, webhook, chat or alertmanager')
    .option('--json', 'one JSON document')
    .action(async ({ channel, json }: JsonOption & { channel?: string }) => {
      const { testNotification } = await import('./test-notification.ts');
      done(await testNotification({ envFile: envFile(), io, channel: channel ?? null, json: json === true, stopping }));
    });
}
