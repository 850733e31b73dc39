// What the text for NOMAD's administrators says of an upload: from what the state remembers of it, or from the event of its mail. Pure.
import type { Event } from '../event.ts';
import { engineOf } from '../process/names.ts';
import type { TrackedUpload } from '../upload.ts';
import { attemptsOf } from './attempts.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import { stateSince } from './report.ts';
import { type SupportEntries, entriesIn } from './support-entries.ts';
import { type SupportCase, type SupportUpload, supportText } from './support-report.ts';

export interface Remembered {
  readonly watched: TrackedUpload;
  /** Of it, in the order found. */
  readonly events: readonly Event[];
  readonly link: string;
  readonly author: string;
  /** As NOMAD says now; null: it was not asked, or did not answer, and the events say what was known. */
  readonly entries: SupportEntries | null;
}

const TROUBLE: Readonly<Partial<Record<Condition, string>>> = {
  failed: 'failed',
  stuck: 'stuck',
  entries_failed: 'entries failed',
  empty: 'empty',
};

export function rememberedUpload({ watched, events, link, author, entries }: Remembered): SupportUpload {
  const { upload, failure, inspection } = watched;
  const { id, name, status, process, message, errors } = upload;
  const conditions = conditionsOf(watched);
  const words = conditions.flatMap((each) => TROUBLE[each] ?? []);
  // NOMAD forgets a failure with the next edit.
  const reason = failure?.reason ?? null;
  const forgotten = reason !== null && !errors.includes(reason) ? [reason] : [];
  return {
    ...{ id, name, link, author, status, process, message },
    trouble: words.length === 0 ? null : words.join(', '),
    errors: conditions.includes('failed') ? [...forgotten, ...errors] : errors,
    since: conditions[0] === 'failed' && failure !== null ? failure.since : stateSince(watched),
    entries: entries ?? reportedEntries(conditions, events) ?? { ...total(upload), failed: inspection?.failed ?? null },
    attempts: attemptsOf(events),
  };
}

/** What the last event says of what still is so; null: nothing. */
function reportedEntries(conditions: readonly Condition[], events: readonly Event[]): SupportEntries | null {
  const kind = conditions.includes('stuck') ? 'upload.stuck' : 'upload.entries_failed';
  if (kind === 'upload.entries_failed' && !conditions.includes('entries_failed')) return null;
  const last = events.findLast((event) => event.kind === kind);
  return last === undefined ? null : entriesIn(last);
}

/** Nothing but their number. */
function total({ entries }: { readonly entries: number }): SupportEntries {
  return { total: entries, successful: null, failed: null, failing: [], unfinished: [] };
}

/**
 * For the mail about a stuck upload, which has only its event; null: it is about nothing of the kind. `attempts`: what was tried on it, as far
 * as the events say; null: not known.
 */
export function eventReport(event: Event, attempts: readonly string[] | null): string | null {
  const { kind, upload, after, details, time } = event;
  if (kind !== 'upload.stuck' || upload === null || after === null) return null;
  const still = Number(details['still_ms']);
  const { id, name, link, author } = upload;
  const { status, process, message, errors } = after;
  const version = details['nomad_version'];
  return supportText({
    deployment: link.replace(/\/user\/uploads\/.*$/s, ''),
    version: typeof version === 'string' ? version : null,
    engine: engineOf(after),
    monitor: null,
    asOf: time,
    unasked: null,
    uploads: [
      {
        ...{ id, name, link, author, status, process, message, errors },
        trouble: 'stuck',
        since: Number.isFinite(still) ? time - still : null,
        entries: entriesIn(event) ?? total(after),
        attempts,
      },
    ],
  });
}

/** Of one upload, from the state alone: for its page. `about`: where, by whom and when. */
export function stateReport(
  remembered: Remembered,
  about: Pick<SupportCase, 'deployment' | 'version' | 'monitor' | 'asOf'>,
): string {
  const engine = engineOf(remembered.watched.upload);
  return supportText({ ...about, engine, unasked: null, uploads: [rememberedUpload(remembered)] });
}
