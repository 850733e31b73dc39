// When the uploads that a delivery is about last went well: from the stored events, for those that can be looked at one by one.
import type { Event, EventKind } from '../domain/event.ts';
import type { WentWell } from '../domain/message/item.ts';
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

/** By the ids of events. Whoever cannot be asked leaves a message without it. */
export async function wentWellOf(
  { account, channel, content }: Pick<Claim, 'account' | 'channel' | 'content'>,
  store: Pick<Store, 'runEnds'>,
  log: Pick<Log, 'debug'>,
): Promise<WentWell> {
  if (channel === 'webhook' || content.kind !== 'events') return new Map();
  const bad = content.events.filter((event) => event.upload !== null && BAD.includes(event.kind));
  const ids = new Set(bad.map(idOf));
  if (ids.size === 0 || ids.size > MAX_UPLOADS) return new Map();
  try {
    const ends = await store.runEnds(account, [...ids], MAX_ENDS);
    const times = bad.map((event) => [event.id, wentWellBefore(ends.get(idOf(event)) ?? [], event.time)] as const);
    return new Map(times.filter((each): each is readonly [string, number] => each[1] !== null));
  } catch (error) {
    log.debug({ err: error }, `when it last went well is not known: ${textOf(error)}`);
    return new Map();
  }
}

function idOf({ upload }: Event): string {
  return upload?.id ?? '';
}
