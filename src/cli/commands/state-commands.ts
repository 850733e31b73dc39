// The command line, second part: the verbs that look at a state or change what is told. Each verb is in a file of its own.
import type { Command } from 'commander';
import { backup } from './backup.ts';
import { config } from './config.ts';
import { eventsCommand } from './events.ts';
import { COMMAND_GROUPS } from '../help.ts';
import { ack, mute, unmute } from './mute.ts';
import { drop, outboxCommand, retry } from './outbox.ts';
import { EXIT, type Io, complain } from '../exit-status.ts';
import { addStateVerb } from './state.ts';

export interface Surroundings {
  readonly envFile: () => string | null;
  readonly io: Io;
  readonly stopping: AbortSignal;
  /** Takes the exit code. */
  readonly done: (code: number) => void;
}

interface Json {
  readonly json?: true;
}

export function addDeskVerbs(program: Command, { envFile, io, stopping, done }: Surroundings): void {
  const many = (value: string, before: readonly string[]) => [...before, value];

  program
    .command('config')
    .helpGroup(COMMAND_GROUPS.look)
    .description('the effective configuration: each value, and where it came from; secrets are not shown')
    .option('--explain <upload>', "which routes this upload's events would take, and why")
    .option('--json', 'one JSON document')
    .action(async ({ explain, json }: Json & { explain?: string }) => {
      done(await config({ envFile: envFile(), io, explain: explain ?? null, json: json === true }));
    });
  program
    .command('test-notification')
    .helpGroup(COMMAND_GROUPS.tell)
    .description('sends a test message through each configured channel; exits with 1 unless all are accepted')
    .option('--channel <name>', 'only this one: mail, webhook, chat or alertmanager')
    .option('--json', 'one JSON document')
    .action(async ({ channel, json }: Json & { channel?: string }) => {
      const { testNotification } = await import('./test-notification.ts');
      done(await testNotification({ envFile: envFile(), io, channel: channel ?? null, json: json === true, stopping }));
    });
  program
    .command('events')
    .helpGroup(COMMAND_GROUPS.look)
    .description('what happened, oldest first')
    .option('--since <duration>', 'found within this time, for example 7d', '24h')
    .option('--upload <id>', 'only of this upload')
    .option('--kind <kind>', 'only of this kind, for example upload.failed; may be repeated', many, [])
    .option('--json', 'one JSON document')
    .action(async ({ since, upload, kind, json }: Json & { since: string; upload?: string; kind: string[] }) => {
      done(
        await eventsCommand({
          envFile: envFile(),
          io,
          since,
          upload: upload ?? null,
          kinds: kind,
          json: json === true,
        }),
      );
    });

  const box = program
    .command('outbox')
    .helpGroup(COMMAND_GROUPS.look)
    .description('lists undelivered and held messages, and why')
    .option('--json', 'one JSON document')
    .action(async ({ json }: Json) => {
      done(await outboxCommand({ envFile: envFile(), io, json: json === true }));
    });
  // `--json` of outbox itself is also understood after its verbs.
  const asJson = () => box.opts<Json>().json === true;
  box
    .command('retry')
    .description('tries these again at once, including those given up')
    .argument('[ids...]', 'ids, as outbox shows them')
    .option('--all', 'all that are pending or dead')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { all, json }: Json & { all?: true }) => {
      if ((ids.length === 0) === (all !== true)) {
        complain(io, 'outbox retry: name ids, as outbox shows them, or give --all');
        done(EXIT.usage);
        return;
      }
      done(await retry({ envFile: envFile(), io, ids, json: json === true || asJson() }));
    });
  box
    .command('drop')
    .description('removes these: they are never sent')
    .argument('<ids...>', 'ids, as outbox shows them')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: Json) => {
      done(await drop({ envFile: envFile(), io, ids, json: json === true || asJson() }));
    });

  program
    .command('backup')
    .helpGroup(COMMAND_GROUPS.keep)
    .description('a consistent copy of the state in a new file, taken beside the running monitor')
    .argument('<file>', 'is made, and must not be there')
    .option('--json', 'one JSON document')
    .action((file: string, { json }: Json) => {
      done(backup({ envFile: envFile(), io, file, json: json === true }));
    });
  program
    .command('mute')
    .helpGroup(COMMAND_GROUPS.tell)
    .description(
      'holds notifications, for all or these uploads; what was held is sent as one message when the mute ends',
    )
    .requiredOption('--for <duration>', 'how long, for example 8h')
    .argument('[ids...]', 'ids of uploads; none: everything')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], options: Json & { for: string }) => {
      done(await mute({ envFile: envFile(), io, span: options.for, ids, json: options.json === true }));
    });
  program
    .command('unmute')
    .helpGroup(COMMAND_GROUPS.tell)
    .description('ends mutes: all, or those of these uploads')
    .argument('[ids...]', 'ids of uploads; none: every mute')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: Json) => {
      done(await unmute({ envFile: envFile(), io, ids, json: json === true }));
    });
  program
    .command('ack')
    .helpGroup(COMMAND_GROUPS.tell)
    .description('acknowledges: no reminders about these uploads until something changes')
    .argument('<ids...>', 'ids of uploads')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: Json) => {
      done(await ack({ envFile: envFile(), io, ids, json: json === true }));
    });
  addStateVerb(program, { envFile, io, stopping, done });
}
