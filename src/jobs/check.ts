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
import { explain } from './failure-reasons.ts';

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
  const asked = await askAboutEntries(nomad, notInspected([...uploads.values()]), signal);
  for (const watched of asked) uploads.set(watched.upload.id, watched);
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

/** With what their entries say, and why those that failed did. */
async function askAboutEntries(
  nomad: Nomad,
  all: readonly TrackedUpload[],
  signal: AbortSignal | undefined,
): Promise<readonly TrackedUpload[]> {
  const answers = new Map<string, Entries>();
  for (const { upload } of all) {
    if (signal?.aborted === true) break;
    const answer = await nomad.entries(upload.id, 'counts', signal);
    if (answer === 'unknown') break;
    if (answer !== 'gone') answers.set(upload.id, answer);
  }
  const failed = [...answers].filter((each) => each[1].failed > 0);
  const explained = await explain(nomad, failed, { monotonic: () => performance.now(), signal });
  const reasons = new Map(
    explained.answers.map(([id, { explanation }]) => [id, explanation && mainReason(explanation)]),
  );
  return all.flatMap((watched) => {
    const answer = answers.get(watched.upload.id);
    if (answer === undefined) return [];
    const reason = reasons.get(watched.upload.id) ?? null;
    const result = { askAt: null, tries: 1, failed: answer.failed, newestEnd: null, told: '' };
    return [
      {
        ...watched,
        inspection: { run: 'before', why: 'before' as const, ...result, ...(reason !== null && { reason }) },
      },
    ];
  });
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
