// What a delivery says, as data: events, a reminder of what still is so, a summary, or a test. How it reads is the message's business.
import type { Event, EventKind, EventUpload } from '../event.ts';
import type { Wrong } from '../report/conditions.ts';

/** An upload that is in a condition, as of the moment given with it. */
export interface Standing {
  readonly upload: EventUpload;
  readonly condition: Wrong;
  /** Since when, ms since the epoch, by the server's clock. */
  readonly since: number;
  /** In NOMAD's words or ours, not yet made fit to be shown; null: there is none. */
  readonly reason: string | null;
}

export interface Reminder {
  readonly kind: 'reminder';
  /** ms since the epoch. */
  readonly asOf: number;
  /** The first ones; never empty. */
  readonly uploads: readonly Standing[];
  /** How many there are beyond those. */
  readonly more: number;
}

/** How uploads are. */
export interface Tally {
  readonly uploads: number;
  /** How many, each counted once, where it is worst. */
  readonly counts: Readonly<Record<Wrong | 'processing', number>>;
  /** How many ended well or were published since the last summary, and have nothing wrong now. */
  readonly well: number;
}

/** The uploads of one main author. */
export interface AuthorTally extends Tally {
  readonly author: string;
  /** Of those that went well, when these are few; else empty. */
  readonly names: readonly string[];
}

export interface Summary extends Tally {
  readonly kind: 'summary';
  /** What happened is counted from here to there, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** To how many of the uploads, and of those that are gone, each kind of event happened; none: the kind is not there. */
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  /** The first ones of what is wrong, worst first. */
  readonly standing: readonly Standing[];
  /** How many there are beyond those. */
  readonly more: number;
  /** Of how many nothing is known of their entries yet. */
  readonly unchecked: number;
  /** How many main authors the uploads have. */
  readonly authors: number;
  /** The first authors, those with the worst first; null: not grouped. */
  readonly groups: readonly AuthorTally[] | null;
}

export type Content =
  /** Never empty, in the order found. */
  { readonly kind: 'events'; readonly events: readonly Event[] } | Reminder | Summary | { readonly kind: 'test' };
