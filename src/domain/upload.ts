// What an upload is to us: NOMAD's answer in domain values, and what we remember of it between polls.
// Times are milliseconds since the epoch (UTC). Nothing here knows JSON, HTTP or the clock.
import { isEnding, isStep } from './process/names.ts';
import type { Explanation, FailingEntry } from './failure-reasons.ts';
import { firstVisible } from './text/one-line.ts';

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
  /**
   * The end of a run. Never cleared by NOMAD: its presence says nothing. Its change says that something ended, but a good run of
   * NOMAD 1.4 does not change it, and a folder made in the upload does.
   */
  readonly completeTime: number | null;
  readonly published: boolean;
  readonly publishTime: number | null;
  readonly mainAuthor: string;
  /** User ids, sorted: NOMAD gives these sets in no stable order. */
  readonly coauthors: readonly string[];
  readonly reviewers: readonly string[];
  /** What the members of groups are to it, the most that applies; null: it is shared with no group. NOMAD does not say here who they are. */
  readonly groupRole: Extract<Role, 'coauthor' | 'reviewer'> | null;
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
  /** Why they failed, where that was asked. */
  readonly explanation?: Explanation;
  /** What each of the entries shown is doing, or did last. */
  readonly messages: readonly string[];
  /** When the first and the last of the entries shown were done, by the server's clock; null: none of them says. */
  readonly oldestEnd: number | null;
  readonly newestEnd: number | null;
  /** The upload's state when this was answered: shows whether it is about the run that was asked about. */
  readonly status: ProcessStatus;
  readonly completeTime: number | null;
}

/** An entry whose processing has not ended. */
export interface UnfinishedEntry {
  readonly id: string;
  readonly mainfile: string;
  readonly parser: string;
  readonly status: ProcessStatus;
  /** What it is doing; empty: it does not say. */
  readonly message: string;
}

/** What is known of the entries of an upload, and what is still to be asked. */
export interface Inspection {
  /** The end of a run that it is about, by the name it has in the ids of events. */
  readonly run: string;
  /**
   * end: a run ended. moved: only `complete_time` moved, by a run or by a folder that was made. again: a run may have come and gone unseen.
   * before: it is older than our watching, and nothing is reported.
   */
  readonly why: 'end' | 'moved' | 'again' | 'before';
  /** Not asked about before this (our clock); null: no question is left. */
  readonly askAt: number | null;
  readonly tries: number;
  /** How many failed; null: not known. */
  readonly failed: number | null;
  /** When the last of them was done, as far as seen (server's clock). An entry that was done later was done by another run. */
  readonly newestEnd: number | null;
  /** Which failed, as last reported; empty: none. */
  readonly told: string;
  /** Why most of them failed; absent: not known. */
  readonly reason?: string;
}

/** How long it has been doing the same thing. Times by the server's clock. */
export interface Progress {
  /** Status, process, message and run: any other value is movement. */
  readonly signature: string;
  readonly since: number;
  /** It has not moved for too long. */
  readonly stuck: boolean;
  /** And that was reported. */
  readonly told: boolean;
  /** What is known of its entries; null: not asked yet. `since`: when they last moved, as far as seen. */
  readonly counts: { readonly text: string; readonly since: number; readonly askedAt: number } | null;
}

/** A failure that stands. NOMAD itself forgets it with the next edit, publish or transfer; it is over when a processing ends well. */
export interface StandingFailure {
  /** Of the process that failed. */
  readonly process: string | null;
  /** NOMAD's last error, or its message; null: it gave none. */
  readonly reason: string | null;
  /** When it ended so, by the server's clock; where NOMAD does not say, when it was first seen. */
  readonly since: number;
}

/** An upload as last seen, with what cannot be read from one answer alone. */
export interface TrackedUpload {
  readonly upload: Upload;
  /** How the last run whose end we know ended. */
  readonly lastResult: 'succeeded' | 'failed' | 'stopped' | null;
  readonly failure: StandingFailure | null;
  /** When the status was first seen as it is now. */
  readonly statusSince: number;
  /** When we first saw the present run at work (server's clock); null when none is, or when only its queueing was seen. */
  readonly activeSince: number | null;
  /** A step's message from before it was queued (an administrator's reset leaves it): no sign that a worker has it. Nearly always null. */
  readonly oldMessage: string | null;
  /** When the last event about it was found; null: none yet. */
  readonly changedAt: number | null;
  readonly absence: Absence | null;
  /** null: it is not being processed. */
  readonly progress: Progress | null;
  /** null: nothing is known or to be asked of its entries. */
  readonly inspection: Inspection | null;
}

/** The stored picture that the next poll is compared with. */
export interface Snapshot {
  /** Grows by one with each committed poll. */
  readonly sequence: number;
  /** The server's clock when the listing began. */
  readonly takenAt: number;
  readonly uploads: ReadonlyMap<string, TrackedUpload>;
  /** When all uploads were last listed, where the last listing was a small one; absent: at `takenAt`. Not stored. */
  readonly wholeAt?: number;
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

/** Whether a process was ordered and has not ended. */
export function isProcessing(status: ProcessStatus): boolean {
  return status === 'PENDING' || status === 'RUNNING' || status === 'WAITING_FOR_RESULT';
}

/** queued: waits for a worker. active: a worker has it. ending: the end is being written. idle: none of these. */
export type Phase = 'queued' | 'active' | 'ending' | 'idle';

/**
 * On NOMAD 1.3 the status shows it. From 1.4 on (Temporal) an upload is PENDING from the order to the end, and the first step's message
 * shows that a worker has it. `oldMessage`: a step's message that it had before it was queued.
 */
export function phaseOf(upload: Pick<Upload, 'status' | 'message'>, oldMessage: string | null = null): Phase {
  const { status, message } = upload;
  if (!isProcessing(status)) return 'idle';
  if (status === 'PENDING') return isStep(message) && message !== oldMessage ? 'active' : 'queued';
  return isEnding(upload) ? 'ending' : 'active';
}

export const ROLES = ['main_author', 'coauthor', 'reviewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a user is to an upload that is listed for them, the most that applies; null: the user is not known, or nothing says. */
export function roleIn({ mainAuthor, coauthors, reviewers, groupRole }: Upload, userId: string | null): Role | null {
  if (userId === null) return null;
  if (mainAuthor === userId) return 'main_author';
  if (coauthors.includes(userId)) return 'coauthor';
  // Neither named: it is listed for them because a group of theirs is.
  return reviewers.includes(userId) ? 'reviewer' : groupRole;
}

/** For people: its name, or its id when it has none that can be seen; one clean line of at most `limit` characters. */
export function titleOf(upload: { readonly id: string; readonly name: string | null }, limit: number): string {
  return firstVisible([upload.name, upload.id], limit);
}
