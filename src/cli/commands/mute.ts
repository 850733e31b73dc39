// `mute`, `unmute`, `ack`: what people do not want to be notified of. It is stored in the state, where the running monitor finds it.
import type { Command } from 'commander';
import { duration } from '../../config/value-parsers.ts';
import { counted } from '../../domain/text/one-line.ts';
import { timeText } from '../../domain/text/time-format.ts';
import { namedText } from '../../domain/which-upload.ts';
import { withUploads } from './with-uploads.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

export function addMutes(program: Command, { envFile, account, io, done }: CommandContext): void {
  program
    .command('mute')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('holds notifications, for all or these uploads; they are sent as one message when the mute ends')
    .requiredOption('--for <duration>', 'how long, for example 8h')
    .argument('[uploads...]', 'names or ids of uploads, or the beginning of one; none: everything')
    .option('--json', 'one JSON document')
    .action(async (words: string[], options: JsonOption & { for: string }) => {
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
      done(await unmute({ envFile: envFile(), account: account(), io, words, json: json === true }));
    });
  program
    .command('ack')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('acknowledges: no reminders about these uploads until something changes')
    .argument('<uploads...>', 'names or ids of uploads, or the beginning of one')
    .option('--json', 'one JSON document')
    .action(async (words: string[], { json }: JsonOption) => {
      done(await ack({ envFile: envFile(), account: account(), io, words, json: json === true }));
    });
}

interface MuteOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** As given, `8h`. */
  readonly span: string;
  /** As typed. */
  readonly words: readonly string[];
  readonly json: boolean;
}

async function mute({ span, json, ...from }: MuteOptions): Promise<number> {
  const { io } = from;
  const read = duration(span);
  if ('problem' in read) {
    complain(io, `--for: ${read.problem}`);
    return EXIT.usage;
  }
  return withUploads(from, async ({ operator, now, config, scrub }, { account, uploads, ids }) => {
    const until = now + read.value;
    await operator.mute(account, ids, until, now);
    const what = ids.length === 0 ? 'all notifications' : namedText(uploads);
    const end = timeText(until, config.timeZone);
    if (json) print(io, jsonText({ muted: ids.length === 0 ? 'all' : ids, until: new Date(until).toISOString() }));
    else print(io, scrub(`${what} muted until ${end}; notifications are held until then, and sent as one message`));
    return EXIT.good;
  });
}

function unmute({ json, ...from }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withUploads(from, async ({ operator, now, io }, { account, ids }) => {
    const ended = await operator.unmute(account, ids, now);
    if (json) print(io, jsonText({ ended }));
    else print(io, ended === 0 ? 'nothing was muted' : `${counted(ended, 'mute')} ended; what was held is sent now`);
    return EXIT.good;
  });
}

function ack({ json, ...from }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withUploads(from, async ({ operator, now, io, scrub }, { account, uploads, ids }) => {
    await operator.ack(account, ids, now);
    if (json) print(io, jsonText({ acknowledged: ids }));
    else print(io, scrub(`no more reminders of ${namedText(uploads)} until something changes`));
    return EXIT.good;
  });
}
