// `check`'s run: one complete listing, compared with what a monitor remembers where there is one, and thrown away again.
// Writes nothing and sends nothing.
import { diff } from '../domain/diff/diff.ts';
import type { EntriesAnswer } from '../domain/diff/entry-check.ts';
import { mainReason } from '../domain/failure-reasons.ts';
import { guiOf } from '../domain/text/links.ts';
import type { Entries, Snapshot, TrackedUpload } from '../domain/upload.ts';
import type { Failure } from '../nomad/failure.ts';
import type { OnPage } from '../nomad/listing.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { lookAtEntries } from './failure-reasons.ts';

export interface CheckOptions {
  readonly nomad: Nomad;
  /** What a monitor remembers of the account; null: nothing. It is only read. */
  readonly remembered: (userId: string | null) => Promise<Snapshot | null>;
  /** The API base. */
  readonly deployment: string;
  readonly stuckAfter: number;
  readonly onPage?: OnPage;
}

export interface Checked {
  readonly ok: true;
  readonly snapshot: Snapshot;
  readonly names: ReadonlyMap<string, string>;
  /** Whether there was a memory: without one, nothing can be known to be stuck. */
  readonly remembers: boolean;
  readonly malformed: number;
}

/** Asked about where no monitor has: the processings that ended last. */
const MAX_QUESTIONS = 20;

export async function runCheck(options: CheckOptions, now: number, signal?: AbortSignal): Promise<Checked | Failure> {
  const { nomad, deployment, stuckAfter } = options;
  const me = await nomad.identity(signal);
  if (!me.ok) return me;
  const listing = await nomad.list(now, signal, options.onPage);
  if (!listing.ok) return listing;
  const before = await options.remembered(me.value.userId);
  const names = await nomad.names(
    listing.value.uploads.map(({ mainAuthor }) => mainAuthor),
    signal,
  );
  const entries = new Map<string, EntriesAnswer>();
  const { userId } = me.value;
  const nothing = { verdicts: new Map(), entries, stall: null, names, userId, stuckAfter, gui: guiOf(deployment), now };
  const { after } = diff({ before, listing: listing.value, ...nothing });
  const uploads = new Map(after.uploads);
  const asked = notInspected([...uploads.values()]);
  const ids = asked.map(({ upload }) => upload.id);
  const answers = await lookAtEntries(nomad, ids, { monotonic: () => performance.now(), signal });
  for (const watched of asked) uploads.set(watched.upload.id, withEntries(watched, answers.get(watched.upload.id)));
  // What a monitor still remembers and the list lacks is not there to be checked.
  const listed = new Set(listing.value.uploads.map(({ id }) => id));
  const kept = [...uploads].filter(([id]) => listed.has(id));
  return {
    ok: true,
    snapshot: { ...after, uploads: new Map(kept) },
    names,
    remembers: before !== null,
    malformed: listing.value.malformed.length,
  };
}

/** With what NOMAD says of its entries now, where it answered. */
export function withEntries(watched: TrackedUpload, answer: Entries | undefined): TrackedUpload {
  if (answer === undefined) return watched;
  const reason = answer.explanation === undefined ? null : mainReason(answer.explanation, answer.failed);
  const known = { failed: answer.failed, ...(reason !== null && { reason }) };
  const inspection = {
    run: 'before',
    why: 'before',
    askAt: null,
    tries: 1,
    newestEnd: null,
    told: '',
    ...known,
  } as const;
  return { ...watched, inspection };
}

function notInspected(all: readonly TrackedUpload[]): readonly TrackedUpload[] {
  const ended = ({ upload, statusSince }: TrackedUpload) => upload.completeTime ?? statusSince;
  return all
    .filter(
      ({ upload, inspection }) =>
        upload.status === 'SUCCESS' && upload.entries > 0 && (inspection?.failed ?? null) === null,
    )
    .sort((a, b) => ended(b) - ended(a))
    .slice(0, MAX_QUESTIONS);
}
