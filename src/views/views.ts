// What the pages show, as data: the port between them and those who know. Times are ms since the epoch.
import type { CheckRow } from '../domain/report/report.ts';
import type { Event, EventKind } from '../domain/event.ts';
import type { Day, Run } from '../domain/report/run-history.ts';
import type { Sort } from '../domain/report/sort.ts';
import type { Condition } from '../domain/report/conditions.ts';
import type { TrackedUpload } from '../domain/upload.ts';
import type { Gone, StoredPoll } from '../domain/wait/outcome.ts';
import type { Undelivered } from '../store/operator.ts';
import type { EventsPage, Receipt } from '../store/reader.ts';
import type { AccountFacts } from './overview.ts';

/** What every page needs; nothing is read for it. */
export interface FrameView {
  readonly now: number;
  readonly version: string;
  readonly timeZone: string;
  /** NOMAD's GUI. */
  readonly gui: string;
  /** Its name where several accounts are watched; null: it is the only one. */
  readonly account: string | null;
}

export interface StatusView extends FrameView {
  /** When what is shown was so; null: nothing is known yet. */
  readonly asOf: number | null;
  readonly uploads: number;
  readonly counts: Readonly<Record<Condition, number>>;
  /** Main authors of the uploads, by name. */
  readonly authors: readonly AuthorCount[];
  /** The last poll that reached NOMAD or tried to; null: none since the start. */
  readonly polledAt: number | null;
  /** Another instance leads and polls. */
  readonly standsBy: boolean;
  /** null: no poll is due any more. */
  readonly nextPollAt: number | null;
  /** NOMAD gives no complete listing. `isLong`: for UNREACHABLE_AFTER. */
  readonly failing: { readonly since: number; readonly problem: string; readonly isLong: boolean } | null;
  readonly refusedSince: number | null;
  /** Uploads wait and none moves: since when; null: not so, as far as known. */
  readonly stalledSince: number | null;
  /** Uploads from before the first poll whose entries are still to be asked about. */
  readonly notLookedAt: number;
  /** null: not known. */
  readonly tokenExpiresAt: number | null;
  readonly days: readonly Day[];
  /** When the account was first watched; null: not yet. */
  readonly watchedSince: number | null;
  /** Events that wait for a message: muted, quiet hours, too many, or behind another. */
  readonly held: number;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: string | null;
  /** The oldest ones. */
  readonly undelivered: readonly Undelivered[];
  /** How many there are in all. */
  readonly pending: number;
  readonly dead: number;
}

export interface AuthorCount {
  /** One line. */
  readonly name: string;
  readonly uploads: number;
}

export interface ListQuery {
  /** null: all. */
  readonly condition: Condition | null;
  /** The whole name of the main author, as one line; empty: all. */
  readonly author: string;
  /** Part of a name, an id, an author, an error; empty: all. */
  readonly text: string;
  readonly sort: Sort;
  /** From 1. */
  readonly page: number;
}

export interface ListedUpload extends CheckRow {
  /** Oldest first. */
  readonly runs: readonly Run[];
  /** How long the run took that ended last, ms; null: its start was not seen. */
  readonly took_ms: number | null;
  /** What a worker is doing with it now, in NOMAD's words; null: no worker has it. */
  readonly step: string | null;
}

export interface ListView {
  readonly rows: readonly ListedUpload[];
  /** How many match, on all pages. */
  readonly matching: number;
  readonly page: number;
  readonly pages: number;
}

/** The list, and when it was so: for those who put pages together. */
export interface DatedListView extends ListView {
  /** null: nothing is known yet. */
  readonly asOf: number | null;
}

export interface UploadView {
  readonly id: string;
  /** As last seen; null: it is not in the list any more. */
  readonly row: ListedUpload | null;
  readonly warnings: readonly string[];
  /** What to do; lines after the first are commands to copy. null: nothing. */
  readonly advice: string | null;
  /** Newest first. */
  readonly events: readonly Event[];
  readonly receipts: readonly Receipt[];
  /** A text for NOMAD's administrators, in lines; null: it is neither failed nor stuck. */
  readonly report: string | null;
}

/** One upload as last seen, and how fresh that is: for those who wait for its end. */
export interface UploadSight extends StoredPoll {
  /** null: it is not in the list. */
  readonly watched: TrackedUpload | null;
  /** Why it is not in the list any more; null: it is, or it was never seen there. */
  readonly gone: Gone | null;
  /** When the last poll began that listed all uploads, ms; null: not known. */
  readonly wholeAt: number | null;
  /** How many uploads the account has. */
  readonly total: number;
}

export interface EventsQuery {
  /** Found at this time or later. */
  readonly since: number;
  /** Empty: all. */
  readonly kinds: readonly EventKind[];
  /** null: of all, and of none. */
  readonly uploadId: string | null;
  /** Only those behind this place; 0: from the beginning. */
  readonly after: number;
  readonly limit: number;
}

/** Where the part before ended. */
export interface OutboxPlace {
  readonly time: number;
  /** The delivery's id. */
  readonly at: string;
}

export interface OutboxView {
  /** Oldest first. */
  readonly deliveries: readonly Undelivered[];
  /** Whether there are any behind these. */
  readonly more: boolean;
  /** How many there are in all. */
  readonly pending: number;
  readonly dead: number;
  /** Events that wait for a message. */
  readonly held: number;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: string | null;
}

export interface FeedView {
  /** The same as long as it is the same account; null: before the first login it is not known. */
  readonly account: string | null;
  /** When the newest event was found, however long ago; 0: nothing is known yet. */
  readonly updatedAt: number;
  readonly events: readonly Event[];
}

export interface Views {
  frame(now: number): FrameView;
  /** What a page of all accounts needs of this one. */
  facts(): Promise<Omit<AccountFacts, 'name'>>;
  status(now: number): Promise<StatusView>;
  list(query: ListQuery): Promise<ListView>;
  datedList(query: ListQuery): Promise<DatedListView>;
  /** Both, of one moment. */
  home(now: number, query: ListQuery): Promise<{ readonly status: StatusView; readonly list: ListView }>;
  /** null: nothing is known of it. */
  upload(id: string): Promise<UploadView | null>;
  sight(id: string): Promise<UploadSight>;
  /** With what was found at `since` or later, newest first, at most `limit`. */
  feed(since: number, limit: number): Promise<FeedView>;
  /** In the order found. */
  events(query: EventsQuery): Promise<EventsPage>;
  /** `after` null: from the beginning. */
  outbox(now: number, after: OutboxPlace | null, limit: number): Promise<OutboxView>;
}
