// What an upload is to us: NOMAD's answer in domain values, and what we remember of it between polls.
// Times are milliseconds since the epoch (UTC). Nothing here knows JSON, HTTP or the clock.
import { oneLine } from './text.ts';

/** NOMAD's process statuses; one that we do not know is `other`, so that a new NOMAD breaks nothing. */
export const PROCESS_STATUSES = [
  'READY',
  'PENDING',
  'RUNNING',
  'WAITING_FOR_RESULT',
  'SUCCESS',
  'FAILURE',
  'other',
] as const;
export type ProcessStatus = (typeof PROCESS_STATUSES)[number];

export interface Upload {
  readonly id: string;
  readonly name: string | null;
  readonly status: ProcessStatus;
  /** `process_upload`, `publish_upload`, …: without the underscore that 2.x puts before most. */
  readonly process: string | null;
  readonly message: string | null;
  /** In NOMAD's order (the last is the newest). */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly createTime: number;
  /** The end of the last finished run. Never cleared by NOMAD: its presence says nothing, its change says all. */
  readonly completeTime: number | null;
  readonly published: boolean;
  readonly publishTime: number | null;
  readonly mainAuthor: string;
  /** User ids, sorted: NOMAD gives these sets in no stable order. */
  readonly coauthors: readonly string[];
  readonly reviewers: readonly string[];
  readonly entries: number;
}

/** Missing from the newest listing, and NOMAD has not yet said why. */
export interface Absence {
  /** Not asked about before this. */
  readonly askAt: number;
}

/** What NOMAD says of the entries of one upload, over all of them. */
export interface Entries {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
  /** The first few that failed. */
  readonly failing: readonly FailingEntry[];
  /** The upload's state when this was answered: tells whether it is about the run that was asked about. */
  readonly status: ProcessStatus;
  readonly completeTime: number | null;
}

export interface FailingEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  /** The last error; null: none is given. */
  readonly error: string | null;
}

/** What is known of the entries that a successful processing left behind. */
export interface Inspection {
  /** Names the run. */
  readonly completeTime: number;
  /** Not asked about before this (our clock); null: no question is left. */
  readonly askAt: number | null;
  readonly tries: number;
  /** null: not known. */
  readonly failed: number | null;
}

/** How long it has been doing the same thing. Times by the server's clock. */
export interface Progress {
  /** Status, process, message and run: any other value is movement. */
  readonly signature: string;
  readonly since: number;
  readonly stuck: boolean;
  /** While it waits for its entries, only their counts show movement; null: not asked yet. */
  readonly counts: { readonly text: string; readonly since: number; readonly askedAt: number } | null;
}

/** An upload as last seen, with what cannot be read from one answer alone. */
export interface Watched {
  readonly upload: Upload;
  /** How the last run whose end we know ended. */
  readonly lastResult: 'succeeded' | 'failed' | null;
  /** When the status was first seen as it is now. */
  readonly statusSince: number;
  /** When we first saw the present run at work (server's clock); null when none is, or when only its queueing was seen. */
  readonly activeSince: number | null;
  /** When the last event about it was found; null: none yet. */
  readonly changedAt: number | null;
  readonly absence: Absence | null;
  /** null: it is not being processed. */
  readonly progress: Progress | null;
  /** null: no successful processing was seen. */
  readonly inspection: Inspection | null;
}

/** The stored picture that the next poll is compared with. */
export interface Snapshot {
  /** Grows by one with each committed poll. */
  readonly sequence: number;
  /** The server's clock when the listing began. */
  readonly takenAt: number;
  readonly uploads: ReadonlyMap<string, Watched>;
}

/** Every upload the account can see, complete, as of one moment; or a part of them, of which nothing can be missing. */
export interface Listing {
  /** true: only these are known; of the others nothing is said. */
  readonly isPart?: true;
  /** The server's clock when the listing began. */
  readonly takenAt: number;
  readonly uploads: readonly Upload[];
  /** Uploads that were listed but could not be read. */
  readonly malformed: readonly Malformed[];
}

export interface Malformed {
  /** null when not even that could be read. */
  readonly uploadId: string | null;
  readonly problem: string;
}

/** queued: waits for a worker. active: a worker has it. idle: neither. */
export type Phase = 'queued' | 'active' | 'idle';

export function phaseOf(status: ProcessStatus): Phase {
  if (status === 'PENDING') return 'queued';
  if (status === 'RUNNING' || status === 'WAITING_FOR_RESULT') return 'active';
  return 'idle';
}

/**
 * Whether a run ended between two sights of an upload. NOMAD writes the end in two steps (1.3.17, failures also in 2.0.0): first
 * `complete_time` with the status still RUNNING, then the status. A sight between the two has the end before it can say how it was.
 * A status that an operator sets is no end: it comes without a process.
 */
export function hasEnded(before: Upload, after: Upload): boolean {
  if (after.completeTime === null) return false;
  return after.completeTime !== before.completeTime || isLateEnd(before, after);
}

export function isLateEnd(before: Upload, after: Upload): boolean {
  if (phaseOf(before.status) !== 'active' || after.completeTime !== before.completeTime) return false;
  const isOver = after.status === 'SUCCESS' || after.status === 'FAILURE';
  if (isOver) return after.process !== null && after.process === before.process;
  // Queued again already: a run begins without errors, so these are of the one that ended.
  return after.status === 'PENDING' && after.errors.length > 0 && after.completeTime !== null;
}

export const ROLES = ['main_author', 'coauthor', 'reviewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a user is to an upload, the most that applies; null: none of it, or the user is not known. */
export function roleIn({ mainAuthor, coauthors, reviewers }: Upload, userId: string | null): Role | null {
  if (userId === null) return null;
  if (mainAuthor === userId) return 'main_author';
  if (coauthors.includes(userId)) return 'coauthor';
  return reviewers.includes(userId) ? 'reviewer' : null;
}

/** For people: its name, or its id when it has none that can be seen; one clean line of at most `most` characters. */
export function titleOf(upload: { readonly id: string; readonly name: string | null }, most: number): string {
  const name = oneLine(upload.name ?? '', most);
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) ? name : oneLine(upload.id, most);
}
