// What a delivery says, as data: events, a reminder of what still is so, a summary, or a test. How it reads is the message's business.
import type { Event, EventKind, EventUpload } from '../event.ts';
import type { Condition } from '../report/conditions.ts';

/** An upload that is in a condition, as of the moment given with it. */
export interface Standing {
  readonly upload: EventUpload;
  readonly condition: 'failed' | 'stuck' | 'processing';
  /** ms since the epoch. */
  readonly since: number;
  /** In NOMAD's words, not yet made fit to be shown; null: it gives none. */
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

export interface Digest {
  readonly kind: 'digest';
  /** What changed is counted from here to there, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly uploads: number;
  readonly counts: Readonly<Record<Condition, number>>;
  /** The first ones of each condition, worst first. */
  readonly standing: readonly Standing[];
  /** How many there are beyond those. */
  readonly more: number;
  /** How many events of each kind were found; none: the kind is not there. */
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
}

export type Content =
  /** Never empty, in the order found. */
  { readonly kind: 'events'; readonly events: readonly Event[] } | Reminder | Digest | { readonly kind: 'test' };
