// Commands that work on the state of a monitor, and those for its configuration: they are added here, and their own files are loaded only when
// one of them runs.
import { Argument, type Command } from 'commander';
import { EXIT } from '../exit-status.ts';
import { COMMAND_GROUPS } from '../help.ts';
import { complain } from '../output.ts';
import type { CommandContext, JsonOption } from './command.ts';

/** How many of those that were accepted are listed. */
const SHOWN = 20;

export function addConfig(program: Command, { envFile, account, io, done }: CommandContext): void {
  program
    .command('config')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('shows the effective configuration: each value, and where it came from; secrets are not shown')
    .option('--explain <upload>', "which routes this upload's events would take, and why")
    .option('--json', 'one JSON document')
    .action(async ({ explain, json }: JsonOption & { explain?: string }) => {
      const { config } = await import('./config.ts');
      done(await config({ envFile: envFile(), account: account(), io, explain: explain ?? null, json: json === true }));
    });
}

export function addEvents(program: Command, { envFile, account, io, done }: CommandContext): void {
  const many = (value: string, before: readonly string[]) => [...before, value];
  program
    .command('events')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('shows what happened, oldest first')
    .option('--since <duration>', 'events found within this time, for example 7d', '24h')
    .option('--upload <id>', 'only events of this upload')
    .option('--kind <kind>', 'only events of this kind, for example upload.failed; may be repeated', many, [])
    .option('--json', 'one JSON document')
    .action(async ({ since, upload, kind, json }: JsonOption & { since: string; upload?: string; kind: string[] }) => {
      const { events } = await import('./events.ts');
      done(
        await events({
          envFile: envFile(),
          account: account(),
          io,
          since,
          upload: upload ?? null,
          kinds: kind,
          json: json === true,
        }),
      );
    });
}

export function addOutbox(program: Command, { envFile, io, done }: CommandContext): void {
  const outbox = program
    .command('outbox')
    .helpGroup(COMMAND_GROUPS.inspect)
    .description('lists undelivered and held messages, and why')
    .option('--delivered', `lists the last ${SHOWN} that were accepted, with what the server said`)
    .option('--json', 'one JSON document')
    .action(async ({ json, delivered }: JsonOption & { delivered?: true }) => {
      const { listDelivered, list } = await import('./outbox.ts');
      const chosen = { envFile: envFile(), account: null, io, json: json === true };
      done(await (delivered === true ? listDelivered(chosen, SHOWN) : list(chosen)));
    });
  // `outbox --json retry` and `outbox retry --json` mean the same.
  const isJson = () => outbox.opts<JsonOption>().json === true;
  outbox
    .command('retry')
    .description('retries these now, including those given up')
    .argument('[ids...]', 'ids, as outbox shows them')
    .option('--all', 'all that are pending or given up')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { all, json }: JsonOption & { all?: true }) => {
      const { retry } = await import('./outbox.ts');
      if ((ids.length === 0) === (all !== true)) {
        complain(io, 'outbox retry: give ids, as outbox shows them, or --all');
        done(EXIT.usage);
        return;
      }
      done(await retry({ envFile: envFile(), account: null, io, ids, json: json === true || isJson() }));
    });
  outbox
    .command('drop')
    .description('discards these: they are never sent')
    .argument('<ids...>', 'ids, as outbox shows them')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: JsonOption) => {
      const { drop } = await import('./outbox.ts');
      done(await drop({ envFile: envFile(), account: null, io, ids, json: json === true || isJson() }));
    });
}

export function addBackup(program: Command, { envFile, io, done }: CommandContext): void {
  program
    .command('backup')
    .helpGroup(COMMAND_GROUPS.state)
    .description('writes a consistent copy of the state to a new file, taken while the monitor is running')
    .argument('<file>', 'file to create; must not exist')
    .option('--json', 'one JSON document')
    .action(async (file: string, { json }: JsonOption) => {
      const { backup } = await import('./backup.ts');
      done(backup({ envFile: envFile('as they are'), io, file, json: json === true }));
    });
}

export function addMutes(program: Command, { envFile, account, io, done }: CommandContext): void {
  program
    .command('mute')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('holds notifications, for all or these uploads; they are sent as one message when the mute ends')
    .requiredOption('--for <duration>', 'how long, for example 8h')
    .argument('[uploads...]', 'names or ids of uploads, or the beginning of one; none: everything')
    .option('--json', 'one JSON document')
    .action(async (words: string[], options: JsonOption & { for: string }) => {
      const { mute } = await import('./mute.ts');
      done(
        await mute({
          envFile: envFile(),
          account: account(),
          io,
          span: options.for,
          words,
          json: options.json === true,
        }),
      );
    });
  program
    .command('unmute')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('ends mutes: all, or those of these uploads')
    .argument('[uploads...]', 'names or ids of uploads, or the beginning of one; none: every mute')
    .option('--json', 'one JSON document')
    .action(async (words: string[], { json }: JsonOption) => {
      const { unmute } = await import('./mute.ts');
      done(await unmute({ envFile: envFile(), account: account(), io, words, json: json === true }));
    });
  program
    .command('ack')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('acknowledges: no reminders about these uploads until something changes')
    .argument('<uploads...>', 'names or ids of uploads, or the beginning of one')
    .option('--json', 'one JSON document')
    .action(async (words: string[], { json }: JsonOption) => {
      const { ack } = await import('./mute.ts');
      done(await ack({ envFile: envFile(), account: account(), io, words, json: json === true }));
    });
}

export function addStateCopy(program: Command, { envFile, io, stopping, done }: CommandContext): void {
  program
    .command('state')
    .helpGroup(COMMAND_GROUPS.state)
    .description(
      'copies the whole state from SQLite into an empty PostgreSQL or back, and compares both row by row; no monitor may be running on either',
    )
    .addArgument(new Argument('<what>', 'what to do').choices(['copy']))
    .argument('<from>', 'a folder, postgres://USER@HOST/NAME, or the word STATE_DIR or DATABASE_URL')
    .argument('<to>', 'the same')
    .option('--json', 'one JSON document')
    .action(async (_what: string, from: string, to: string, { json }: JsonOption) => {
      const { copy } = await import('./state-copy.ts');
      done(await copy({ envFile: envFile(), io, from, to, json: json === true, stopping }));
    });
}
