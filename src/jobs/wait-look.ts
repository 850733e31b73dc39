// Asks NOMAD itself about the uploads that somebody waits for: a small poll of these alone, compared as any poll is. Writes nothing.
import { diff } from '../domain/diff/diff.ts';
import type { EntriesAnswers } from '../domain/diff/entry-check.ts';
import { isAbout } from '../domain/diff/entry-check.ts';
import type { MissingVerdict } from '../domain/diff/missing.ts';
import { guiOf } from '../domain/text/links.ts';
import { type Listing, type Snapshot, type TrackedUpload, type Upload, isProcessing } from '../domain/upload.ts';
import { type Gone, outcomeOf } from '../domain/wait/outcome.ts';
import type { Failure } from '../nomad/failure.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { withEntries } from './check.ts';
import { lookAtEntries } from './failure-reasons.ts';
import { askAboutEntries } from './follow-up.ts';

export interface LookOptions {
  readonly nomad: Nomad;
  /** The API base. */
  readonly deployment: string;
  /** ms. */
  readonly stuckAfter: number;
  readonly clock: () => number;
  /** Whether to ask how many entries are done while they are parsed: for a progress bar. */
  readonly counts: boolean;
}

/** How many of its entries are done. */
export interface Done {
  readonly done: number;
  readonly total: number;
}

export interface Looked {
  readonly ok: true;
  readonly uploads: ReadonlyMap<string, TrackedUpload>;
  readonly gone: ReadonlyMap<string, Gone>;
  /** Of those whose entries are being parsed. */
  readonly done: ReadonlyMap<string, Done>;
}

/** `known`: what a monitor knew of them before; it counts where nothing was asked yet. */
export type Look = (
  ids: readonly string[],
  known: ReadonlyMap<string, TrackedUpload>,
  signal: AbortSignal,
) => Promise<Looked | Failure>;

export function createLook(options: LookOptions): Look {
  const { nomad, clock } = options;
  let before: Snapshot | null = null;
  let userId: string | null | undefined;

  return async (ids, known, signal) => {
    if (userId === undefined) {
      const me = await nomad.identity(signal);
      if (!me.ok) return me;
      ({ userId } = me.value);
    }
    const asked = await askEach(options, ids, userId, signal);
    if (!asked.ok) return asked;
    const { listing, gone } = asked;
    const seed = { sequence: 0, takenAt: listing.takenAt, uploads: new Map(known) };
    const last: Snapshot | null = before === null ? (known.size > 0 ? seed : null) : withNew(before, known);
    const entries = last === null ? new Map() : await movement(options, last, listing, userId, signal);
    const { stuckAfter, deployment } = options;
    const names = new Map<string, string>();
    const about = { verdicts: new Map<string, MissingVerdict>(gone), entries, stall: null, names, userId, stuckAfter };
    const { after } = diff({ before: last, listing, ...about, gui: guiOf(deployment), now: clock() });
    const uploads = await withKnownEntries(nomad, after.uploads, listing, signal);
    before = { ...after, uploads };
    return { ok: true, uploads, gone, done: options.counts ? await doneOf(nomad, listing.uploads, signal) : new Map() };
  };
}

function withNew(before: Snapshot, known: ReadonlyMap<string, TrackedUpload>): Snapshot {
  return { ...before, uploads: new Map([...known, ...before.uploads]) };
}

async function askEach(
  { nomad, clock }: LookOptions,
  ids: readonly string[],
  userId: string | null,
  signal: AbortSignal,
): Promise<{ readonly ok: true; readonly listing: Listing; readonly gone: Map<string, Gone> } | Failure> {
  const uploads: Upload[] = [];
  const gone = new Map<string, Gone>();
  let takenAt: number | null = null;
  for (const id of ids) {
    const one = await nomad.upload(id, userId, signal);
    if (!one.ok) return one;
    if (typeof one.value === 'object') {
      uploads.push(one.value.upload);
      takenAt ??= one.value.takenAt;
      continue;
    }
    // A token that was taken back gets the same answer (1.4.2 and later): then it is the login that is refused.
    const me = await nomad.identity(signal);
    if (!me.ok) return me;
    gone.set(id, one.value);
  }
  return { ok: true, listing: { isPart: true, takenAt: takenAt ?? clock(), uploads, malformed: [] }, gone };
}

/** What shows whether they move. */
async function movement(
  { nomad, stuckAfter, clock }: LookOptions,
  before: Snapshot,
  listing: Listing,
  userId: string | null,
  signal: AbortSignal,
): Promise<EntriesAnswers> {
  const pollLog = { entries: () => undefined, reasons: () => undefined };
  const clocks = { now: clock(), monotonic: () => performance.now() };
  const about = { nomad, pollLog, before, listing, userId, stuckAfter, isBack: false, sharers: 1, ...clocks, signal };
  return (await askAboutEntries(about)).answers;
}

/** With the entries of those that have ended and of which nothing is known. */
async function withKnownEntries(
  nomad: Nomad,
  uploads: ReadonlyMap<string, TrackedUpload>,
  listing: Listing,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TrackedUpload>> {
  const open = listing.uploads.flatMap(({ id }) => {
    const watched = uploads.get(id);
    const outcome = watched === undefined ? null : outcomeOf(watched, false);
    return watched !== undefined && outcome?.ended === false && outcome.waitsFor === 'entries' ? [watched] : [];
  });
  if (open.length === 0) return uploads;
  const answers = await lookAtEntries(
    nomad,
    open.map(({ upload }) => upload.id),
    { monotonic: () => performance.now(), signal },
  );
  const all = new Map(uploads);
  for (const watched of open) {
    const { upload } = watched;
    const answer = answers.get(upload.id);
    if (answer !== undefined && isAbout(answer, upload)) all.set(upload.id, withEntries(watched, answer));
  }
  return all;
}

async function doneOf(
  nomad: Nomad,
  uploads: readonly Upload[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Done>> {
  const done = new Map<string, Done>();
  for (const { id, status, entries } of uploads) {
    if (!isProcessing(status) || entries === 0) continue;
    const answer = await nomad.entries(id, 'counts', signal);
    if (typeof answer === 'object') done.set(id, { done: answer.successful + answer.failed, total: answer.total });
  }
  return done;
}
