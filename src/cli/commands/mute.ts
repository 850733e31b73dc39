// `mute`, `unmute`, `ack`: what people do not want to be notified of. It is stored in the state, where the running monitor finds it.
import type { Command } from 'commander';
import { duration } from '../../config/value-parsers.ts';
import { closest } from '../../config/unknown-variables.ts';
import { counted, oneLine } from '../../domain/text/one-line.ts';
import { type StateAccess, withState } from './with-state.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

export function addMutes(program: Command, { envFile, io, done }: CommandContext): void {
  program
    .command('mute')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('holds notifications, for all or these uploads; they are sent as one message when the mute ends')
    .requiredOption('--for <duration>', 'how long, for example 8h')
    .argument('[ids...]', 'ids of uploads; none: everything')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], options: JsonOption & { for: string }) => {
      done(await mute({ envFile: envFile(), io, span: options.for, ids: unique(ids), json: options.json === true }));
    });
  program
    .command('unmute')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('ends mutes: all, or those of these uploads')
    .argument('[ids...]', 'ids of uploads; none: every mute')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: JsonOption) => {
      done(await unmute({ envFile: envFile(), io, ids: unique(ids), json: json === true }));
    });
  program
    .command('ack')
    .helpGroup(COMMAND_GROUPS.notify)
    .description('acknowledges: no reminders about these uploads until something changes')
    .argument('<ids...>', 'ids of uploads')
    .option('--json', 'one JSON document')
    .action(async (ids: string[], { json }: JsonOption) => {
      done(await ack({ envFile: envFile(), io, ids: unique(ids), json: json === true }));
    });
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

interface MuteOptions {
  readonly envFile: string | null;
  readonly io: Io;
  /** As given, `8h`. */
  readonly span: string;
  readonly ids: readonly string[];
  readonly json: boolean;
}

async function mute({ envFile, io, span, ids, json }: MuteOptions): Promise<number> {
  const read = duration(span);
  if ('problem' in read) {
    complain(io, `--for: ${read.problem}`);
    return EXIT.usage;
  }
  return withAccount({ envFile, io, ids }, async ({ operator, now }, account) => {
    const until = now + read.value;
    await operator.mute(account, ids, until, now);
    const what = ids.length === 0 ? 'all notifications' : counted(ids.length, 'upload');
    const end = new Date(until).toISOString();
    if (json) print(io, jsonText({ muted: ids.length === 0 ? 'all' : ids, until: end }));
    else print(io, `${what} muted until ${end}; notifications are held until then, and sent as one message`);
  });
}

function unmute({ envFile, io, ids, json }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withAccount({ envFile, io, ids }, async ({ operator, now }, account) => {
    const ended = await operator.unmute(account, ids, now);
    if (json) print(io, jsonText({ ended }));
    else print(io, ended === 0 ? 'nothing was muted' : `${counted(ended, 'mute')} ended; what was held is sent now`);
  });
}

function ack({ envFile, io, ids, json }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withAccount({ envFile, io, ids }, async ({ operator, now }, account) => {
    await operator.ack(account, ids, now);
    if (json) print(io, jsonText({ acknowledged: ids }));
    else print(io, `no more reminders of ${counted(ids.length, 'upload')} until something happens to it`);
  });
}

/** The ids must belong to watched uploads: a wrong one would mute nothing, and nobody would notice. */
function withAccount(
  { envFile, io, ids }: Pick<MuteOptions, 'envFile' | 'io' | 'ids'>,
  work: (at: StateAccess, account: number) => Promise<void>,
): Promise<number> {
  return withState({ envFile, io }, async (at) => {
    const { account, operator } = at;
    if (account === null) {
      complain(
        io,
        `state: no poll of this account has succeeded yet; start the monitor first, or see ${typed('doctor')}`,
      );
      return EXIT.state;
    }
    const known = [...(ids.length > 0 ? ((await operator.snapshot(account.id))?.uploads.keys() ?? []) : [])];
    const unknown = ids.filter((id) => !known.includes(id));
    for (const id of unknown) {
      const near = closest(id, known);
      complain(
        io,
        `${oneLine(id, 80)}: no watched upload has this id${near === null ? `; see ${typed('check --json')}` : `; did you mean ${near}?`}`,
      );
    }
    if (unknown.length > 0) return EXIT.usage;
    await work(at, account.id);
    return EXIT.good;
  });
}
