// What a poll returns: metrics, pages, alerts and the log are made of it.
import type { Event } from '../domain/event.ts';
import type { RunDuration } from '../domain/diff/transition.ts';
import type { Health, Identity } from '../domain/nomad/health.ts';
import type { Malformed, Snapshot } from '../domain/upload.ts';
import type { Failure } from '../nomad/failure.ts';
import type { AccountId } from '../store/store.ts';

export const POLL_RESULTS = ['ok', 'unreachable', 'unauthorized', 'invalid', 'incomplete', 'skipped'] as const;
export type PollResult = (typeof POLL_RESULTS)[number];

/** sweep: the whole listing of a large account; poll: every other. */
export const POLL_KINDS = ['poll', 'sweep'] as const;
export type PollKind = (typeof POLL_KINDS)[number];

/** What a listing came to that was compared and committed. */
export interface GoodListing {
  readonly kind: PollKind;
  readonly snapshot: Snapshot;
  /** Of the authors, by user id. */
  readonly names: ReadonlyMap<string, string>;
  readonly events: readonly Event[];
  readonly durations: readonly RunDuration[];
  readonly malformed: readonly Malformed[];
  /** Since when more may be news than one poll asks about; null: all of it was asked about. */
  readonly gatheringSince?: number | null;
  /** What is known of NOMAD itself after it. */
  readonly health: Health;
  /** Whose uploads these are. */
  readonly watching: {
    readonly account: AccountId;
    readonly identity: Identity;
    /** When the account was first polled, ms. */
    readonly watchedSince: number;
  };
}

export type FailedListing = Failure & { readonly kind?: PollKind };

export interface PollOutcome extends Omit<GoodListing, 'snapshot' | 'watching'> {
  readonly result: PollResult;
  readonly startedAt: number;
  readonly milliseconds: number;
  /** null unless `ok`. */
  readonly snapshot: Snapshot | null;
  /** null unless `ok`. */
  readonly watching: GoodListing['watching'] | null;
}
