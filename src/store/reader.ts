// The port for those who only look: pages and the API. Each use is one short read beside the monitor's own work. Times are ms since the epoch.
import type { Event, EventKind } from '../domain/event.ts';
import type { ReportedRunEnd } from '../domain/report/run-history.ts';
import type { ChannelName } from '../domain/notify/hold.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { KnownAccount, Undelivered } from './operator.ts';
import type { AccountId } from './store.ts';

/** Who was notified of an event, and the result. */
export interface Receipt {
  readonly eventId: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  /** waiting: not in a message yet: held, or behind another. */
  readonly state: 'waiting' | 'pending' | 'delivered' | 'dead' | 'dropped';
  /** When it came to that state. */
  readonly at: number;
  /** What the last try came to, where it was not taken. */
  readonly reason: string | null;
  /** What the other side said when it took it, with its own id for it; null: nothing, or it was not taken. */
  readonly answer: string | null;
}

export interface EventsRead {
  /** Found at this time or later. */
  readonly since: number;
  /** Empty: all. */
  readonly kinds: readonly EventKind[];
  /** null: of all, and of none. */
  readonly uploadId: string | null;
  /** Only those behind this place. */
  readonly after: number;
  readonly limit: number;
}

export interface EventsPage {
  readonly events: readonly Event[];
  /** The place behind the last one; null: there are no more. */
  readonly next: number | null;
}

export interface Reader {
  /** The account that a login was last seen to be; null: this state has not met it. */
  account(deployment: string, login: string): Promise<KnownAccount | null>;
  /** `held`: a snapshot that the caller holds; it is the answer when it is still the one stored. */
  snapshot(account: AccountId, held?: Snapshot | null): Promise<Snapshot | null>;
  /** Of one upload, newest first, at most `limit`. */
  eventsOf(account: AccountId, uploadId: string, limit: number): Promise<readonly Event[]>;
  /** By upload: the ends of its runs, in the order found, the newest `limit`. */
  runEnds(
    account: AccountId,
    uploadIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly ReportedRunEnd[]>>;
  /** Found at `since` or later, newest first, at most `limit`. */
  newest(account: AccountId, since: number, limit: number): Promise<readonly Event[]>;
  /** In the order found. */
  events(account: AccountId, wanted: EventsRead): Promise<EventsPage>;
  /** Who was notified of one upload's events, newest first, at most `limit`. */
  receiptsOf(account: AccountId, uploadId: string, limit: number): Promise<readonly Receipt[]>;
  /** Oldest first. `limit`: no more than that; absent: all. `account`: of this one alone; absent or null: of all. */
  undelivered(now: number, limit?: number, account?: AccountId | null): Promise<readonly Undelivered[]>;
  close(): Promise<void>;
}
