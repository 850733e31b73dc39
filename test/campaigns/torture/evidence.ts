// What one run of the campaign leaves behind: the truth, what arrived, who was killed when, what the state says. Facts only.
import type { Event } from '../../../src/domain/event.ts';
import type { Truth } from '../../support/life.ts';

export interface Taken {
  /** The delivery's id: of a mail's Message-ID, a webhook's webhook-id. */
  readonly id: string;
  readonly at: number;
  /** What of it has to be the same each time. */
  readonly body: string;
}

export interface Mail extends Taken {
  readonly recipient: string;
}

export interface StoredDelivery {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
  readonly state: string;
  readonly reason: string | null;
  readonly eventIds: readonly string[];
}

/** The state as it lies on the disk at the end. */
export interface StoredState {
  /** `ok`, or what SQLite finds wrong. */
  readonly integrity: string;
  readonly events: readonly Event[];
  readonly deliveries: readonly StoredDelivery[];
  /** Notifications that are in no delivery, and deliveries that are pending. */
  readonly unfinished: number;
}

/** What a killed process left: the ends of runs that its snapshot shows, and those that are in its events. By their times. */
export interface Crash {
  readonly remembered: readonly number[];
  readonly found: ReadonlySet<number>;
}

export interface Evidence {
  readonly truths: ReadonlyMap<string, Truth>;
  /** Ids of uploads that the account can see at the end, and whether NOMAD shows how the last run of each ended. */
  readonly listed: ReadonlyMap<string, { readonly showsLast: boolean; readonly process: string | null }>;
  /** Ends of runs that a poll saw which has committed for sure, though they may have been overtaken since. */
  readonly seen: ReadonlySet<number>;
  /** The first poll was over: what happened after this is no baseline. */
  readonly baselineBy: number;
  readonly recipients: readonly string[];
  readonly mails: readonly Mail[];
  readonly posts: readonly Taken[];
  /** Deliveries that the other side refused for good. */
  readonly refused: ReadonlySet<string>;
  /** Deliveries that were taken while we were told that they were not, by their ids. */
  readonly denied: ReadonlySet<string>;
  readonly kills: readonly number[];
  readonly crashes: readonly Crash[];
  readonly state: StoredState;
  /** What kept the run from coming to rest; null: it did. */
  readonly unrest: string | null;
}

export const PROMISES = ['lost', 'twice', 'false', 'state'] as const;

export interface Violation {
  readonly promise: (typeof PROMISES)[number];
  readonly what: string;
}
