// `events`: what has happened, as lines or as one JSON document. Decides nothing.
import type { Command } from 'commander';
import { duration } from '../../config/value-parsers.ts';
import { closest } from '../../domain/text/closest.ts';
import { EVENT_KINDS, type Event, type EventKind } from '../../domain/event.ts';
import { withState } from './with-state.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { widthOf } from '../terminal/terminal.ts';
import { eventsText } from './events-text.ts';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

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

interface EventsOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** As given, `24h`. */
  readonly since: string;
  readonly upload: string | null;
  readonly kinds: readonly string[];
  readonly json: boolean;
}

async function events({ since, upload, kinds, json, ...from }: EventsOptions): Promise<number> {
  const { io } = from;
  const span = duration(since);
  const unknown = kinds.filter((kind) => EVENT_KINDS.every((known) => known !== kind));
  if ('problem' in span) complain(io, `--since: ${span.problem}`);
  for (const kind of unknown) {
    const near = closest(kind, EVENT_KINDS);
    complain(
      io,
      `--kind: "${kind}" is not a kind of event; ${near === null ? `the kinds are ${EVENT_KINDS.join(', ')}` : `did you mean ${near}?`}`,
    );
  }
  if ('problem' in span || unknown.length > 0) return EXIT.usage;
  return withState({ ...from, ofOne: false }, async ({ operator, now, scrub, account, config }) => {
    const isOfOne = from.account !== null;
    const wanted = { since: now - span.value, uploadId: upload, kinds: kinds as readonly EventKind[] };
    const found =
      isOfOne && account === null
        ? []
        : await operator.events({ ...wanted, ...(isOfOne && account !== null && { account: account.id }) });
    if (json) print(io, scrub(jsonText({ events: found.map(asJson) })));
    else if (found.length === 0) print(io, `no events in the last ${since}`);
    else print(io, eventsText(found, { width: widthOf(io.stdout), timeZone: config.timeZone, scrub }));
    return EXIT.good;
  });
}

function asJson({ time, ...rest }: Event) {
  return { ...rest, time: new Date(time).toISOString() };
}
