// The port for people at the command line: what they ask of a state, and change in it, beside a running monitor or without one.
// Each use is one short transaction, so nobody waits for anybody. Times are ms since the epoch.
import type { Content } from '../domain/notify/delivery-content.ts';
import type { Event, EventKind } from '../domain/event.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { ChannelName } from '../domain/notify/hold.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { AccountId, Queue } from './store.ts';

export interface EventsWanted {
  /** Found at this time or later. */
  readonly since: number;
  /** null: of all, and of none. */
  readonly uploadId: string | null;
  /** Empty: all. */
  readonly kinds: readonly EventKind[];
  /** Only of this one. */
  readonly account?: AccountId;
}

/** A delivery that was not taken: pending, or given up. */
export interface Undelivered {
  readonly id: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly state: 'pending' | 'dead';
  readonly content: Content;
  readonly createdAt: number;
  readonly tries: number;
  /** When it is tried next; null: not any more. */
  readonly dueAt: number | null;
  /** What the last try came to; null: none was made. */
  readonly reason: string | null;
  /** Somebody is sending it at this moment. */
  readonly isBeingSent: boolean;
}

/** A delivery that was taken. */
export interface Delivered extends Pick<Undelivered, 'id' | 'channel' | 'recipient' | 'content' | 'tries'> {
  readonly at: number;
  /** What the other side said when it took it, with its own id for it; null: nothing. */
  readonly answer: string | null;
}

/** What became of each id that was named. */
export interface Handled {
  readonly done: readonly string[];
  /** No delivery has this id, or it was delivered. */
  readonly unknown: readonly string[];
  /** It is being sent at this moment. */
  readonly busy: readonly string[];
}

export interface KnownAccount {
  readonly id: AccountId;
  /** When this state first met it, ms. */
  readonly createdAt: number;
  readonly identity: Identity;
}

export interface OperatorStore {
  /** The account that a login was last seen to be; null: this state has not met it. */
  account(deployment: string, login: string): Promise<KnownAccount | null>;
  snapshot(account: AccountId): Promise<Snapshot | null>;
  /** In the order found. */
  events(wanted: EventsWanted): Promise<readonly Event[]>;
  /** Oldest first. */
  undelivered(now: number): Promise<readonly Undelivered[]>;
  /** The last `limit`, newest first. */
  delivered(limit: number): Promise<readonly Delivered[]>;
  queue(now: number): Promise<Queue>;
  /** Tries these again at once, as if for the first time. */
  retry(ids: readonly string[], now: number): Promise<Handled>;
  /** Takes these out of the outbox: they are not sent any more. */
  drop(ids: readonly string[], now: number): Promise<Handled>;
  /** `uploadIds` empty: everything. A mute takes the place of the one before for the same. */
  mute(account: AccountId, uploadIds: readonly string[], until: number, now: number): Promise<void>;
  /** `uploadIds` empty: every mute. Returns how many ended. */
  unmute(account: AccountId, uploadIds: readonly string[], now: number): Promise<number>;
  ack(account: AccountId, uploadIds: readonly string[], now: number): Promise<void>;
  close(): Promise<void>;
}
