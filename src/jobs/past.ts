// What the state knows of the time before the events of a message: when an upload last went well, and what was tried on one that is stuck.
// Only where a reader looks at uploads one by one.
import type { Event, EventKind } from '../domain/event.ts';
import { type Past, NOTHING_PAST } from '../domain/message/past.ts';
import { attemptsOf } from '../domain/report/attempts.ts';
import { wentWellBefore } from '../domain/report/run-history.ts';
import { textOf } from '../domain/text/error.ts';
import type { Log } from '../log.ts';
import type { Claim, Store } from '../store/store.ts';

/** After these somebody asks what is different now. */
const BAD: readonly EventKind[] = ['upload.failed', 'upload.entries_failed', 'upload.empty', 'upload.stuck'];
/** Of more uploads than this nobody reads one by one. */
const MAX_UPLOADS = 8;
/** A run is up to three events. */
const MAX_ENDS = 50;
const MAX_EVENTS = 200;

type Asked = Pick<Store, 'runEnds' | 'eventsOf'>;

/** Whoever cannot be asked leaves a message without it. */
export async function pastOf(
  { account, channel, content }: Pick<Claim, 'account' | 'channel' | 'content'>,
  store: Asked,
  log: Pick<Log, 'debug'>,
): Promise<Past> {
  if (channel === 'webhook' || content.kind !== 'events') return NOTHING_PAST;
  const bad = content.events.filter((event) => event.upload !== null && BAD.includes(event.kind));
  const ids = new Set(bad.map(idOf));
  if (ids.size === 0 || ids.size > MAX_UPLOADS) return NOTHING_PAST;
  try {
    const ends = await store.runEnds(account, [...ids], MAX_ENDS);
    const times = bad.map((event) => [event.id, wentWellBefore(ends.get(idOf(event)) ?? [], event.time)] as const);
    const wentWell = new Map(times.filter((each): each is readonly [string, number] => each[1] !== null));
    return { wentWell, attempts: await attemptsAt(bad, (id) => store.eventsOf(account, id, MAX_EVENTS)) };
  } catch (error) {
    log.debug({ err: error }, `what happened before is not known: ${textOf(error)}`);
    return NOTHING_PAST;
  }
}

/** What had been tried when an upload was found stuck; `eventsOf`: newest first. */
async function attemptsAt(bad: readonly Event[], eventsOf: (uploadId: string) => Promise<readonly Event[]>) {
  const attempts = new Map<string, readonly string[]>();
  for (const stuck of bad.filter(({ kind }) => kind === 'upload.stuck')) {
    const events = await eventsOf(idOf(stuck));
    attempts.set(stuck.id, attemptsOf(events.filter(({ time }) => time <= stuck.time).toReversed()));
  }
  return attempts;
}

function idOf({ upload }: Event): string {
  return upload?.id ?? '';
}
