// `events`: what has happened, as lines or as one JSON document. Decides nothing.
import { duration } from '../../config/value-parsers.ts';
import { closest } from '../../domain/text/closest.ts';
import { EVENT_KINDS, type Event, type EventKind } from '../../domain/event.ts';
import { withState } from './with-state.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { widthOf } from '../terminal/terminal.ts';
import { eventsText } from './events-text.ts';

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

export async function events({ since, upload, kinds, json, ...from }: EventsOptions): Promise<number> {
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
