// The port to what is remembered: use-cases, not tables. Transactions never leave it; all of it is asynchronous so that a database
// server can stand behind it. Times are ms since the epoch.
import type { Event } from '../domain/event.ts';
import type { Health } from '../domain/nomad/health.ts';
import type {
  ChannelName,
  Delivery,
  DeliveryGroup,
  Mute,
  Notification,
  OpenDelivery,
  UndeliveredNotification,
} from '../domain/notify/hold.ts';
import type { Happened } from '../domain/notify/summaries.ts';
import type { ReportedRunEnd } from '../domain/report/run-history.ts';
import type { Snapshot, TrackedUpload } from '../domain/upload.ts';

/** An account's key within the store. */
export type AccountId = number;

export interface Account {
  readonly id: AccountId;
  /** When this state first met the account: distinguishes a new state from the one before. */
  readonly createdAt: number;
}

/** What belongs to no upload: how NOMAD treats this login, and what was reported of that. */
export interface HealthCommit {
  readonly account: AccountId;
  readonly login: string;
  readonly health: Health;
  readonly events: readonly Event[];
  readonly notifications: readonly Notification[];
  readonly now: number;
}

export interface PollCommit extends HealthCommit {
  /** The sequence of the snapshot that was compared with; null: there was none. Another one in the store means that somebody else committed. */
  readonly comparedWith: number | null;
  readonly takenAt: number;
  readonly changed: readonly TrackedUpload[];
  readonly removed: readonly string[];
}

export interface Claim extends Delivery {
  readonly account: AccountId;
  /** Tries begun, this one included. */
  readonly tries: number;
  /** Tries begun in a row whose end was never noted: the process ended in the middle of them. */
  readonly unfinished: number;
  readonly firstTriedAt: number;
}

export type Settlement =
  /** `answer`: what the other side said to it. */
  | { readonly result: 'delivered'; readonly at: number; readonly answer?: string }
  /** `notBefore`: what the other side asked for; nothing wakes it earlier. */
  | {
      readonly result: 'retry';
      readonly at: number;
      readonly dueAt: number;
      readonly notBefore: number;
      readonly reason: string;
    }
  /** It was not tried: something holds it. Its time to be given up begins anew. */
  | { readonly result: 'held'; readonly dueAt: number }
  | { readonly result: 'dead'; readonly at: number; readonly reason: string };

export interface OutboxCount {
  readonly channel: ChannelName;
  readonly pending: number;
  readonly dead: number;
  /** Notifications that wait: held, or behind a delivery that was not taken yet. */
  readonly waiting: number;
  /** When the oldest pending delivery was made; null: none is pending. */
  readonly oldestPendingAt: number | null;
}

/** What waits for a delivery, and all that decides whether it goes on waiting. */
export interface Queue {
  /** In the order committed. */
  readonly waiting: readonly UndeliveredNotification[];
  /** Those that have not ended. */
  readonly mutes: readonly Mute[];
  readonly underway: readonly OpenDelivery[];
  /** When mails were accepted within the last hour, by recipient. */
  readonly mailed: ReadonlyMap<string, readonly number[]>;
}

/** A delivery to be: of events that wait. */
export interface Formed extends DeliveryGroup {
  readonly id: string;
}

/** What reminders and summaries have been sent. */
export interface Memory {
  /** By upload: when somebody said that they know. */
  readonly acks: ReadonlyMap<string, number>;
  /** By upload: when it was last reminded of. */
  readonly reminded: ReadonlyMap<string, number>;
  /** By schedule: the end of the time that its last summary covered. */
  readonly summarised: ReadonlyMap<string, number>;
}

export interface StandingCommit {
  readonly account: AccountId;
  /** Reminders or summaries: they carry no events. */
  readonly deliveries: readonly Delivery[];
  /** Uploads that were reminded of. */
  readonly reminded: readonly string[];
  /** By schedule, as in `Memory`; what is not here is forgotten. null: unchanged. */
  readonly summarised: ReadonlyMap<string, number> | null;
  readonly now: number;
}

/** What a step removed. */
export interface Pruned {
  readonly events: number;
  readonly deliveries: number;
  /** Nothing that is old is left. */
  readonly isDone: boolean;
}

export interface Store {
  /** The account of a deployment and a user; a new one begins empty. */
  openAccount(deployment: string, user: string, now: number): Promise<Account>;
  /** null: the account was never polled. `held`: a snapshot that the caller holds; it is the answer when it is still the one stored. */
  loadSnapshot(account: AccountId, held?: Snapshot | null): Promise<Snapshot | null>;
  /**
   * Snapshot, health, events and notifications, in one transaction: all or nothing. An event that is already stored was told before:
   * it is not stored again and nobody is notified of it. Returns the events that were new.
   */
  commitPoll(commit: PollCommit): Promise<readonly Event[]>;
  /** The same for a poll that got no listing: the snapshot stays. */
  commitHealth(commit: HealthCommit): Promise<readonly Event[]>;
  /** null: nothing is known of this login. */
  loadHealth(login: string): Promise<Health | null>;
  /** `channel`: of this one alone; absent: of all. */
  loadQueue(now: number, channel?: ChannelName): Promise<Queue>;
  /** Those that have not ended. */
  loadMutes(now: number): Promise<readonly Mute[]>;
  /** Puts what waits into deliveries, in one transaction; what does not wait any more is left out. */
  formDeliveries(formed: readonly Formed[], now: number): Promise<void>;
  loadMemory(account: AccountId): Promise<Memory>;
  commitStanding(commit: StandingCommit): Promise<void>;
  /** Which kinds of events were found of which uploads in (from, to]; each once. */
  happened(account: AccountId, from: number, to: number): Promise<readonly Happened[]>;
  /** The oldest due delivery of each recipient of a channel, at most `limit`, leased until `leaseUntil`. None for one that has a lease running. */
  claimDeliveries(channel: ChannelName, now: number, leaseUntil: number, limit: number): Promise<readonly Claim[]>;
  /** What became of a claim. A delivered one makes the recipient's other deliveries due at once: the channel works again. */
  settleDelivery(id: string, settlement: Settlement): Promise<void>;
  /** `account`: of this one alone; absent or null: of all. */
  outboxCounts(account?: AccountId | null): Promise<readonly OutboxCount[]>;
  /** Of one upload, newest first, at most `limit`. */
  eventsOf(account: AccountId, uploadId: string, limit: number): Promise<readonly Event[]>;
  /** By upload: the ends of its runs, in the order found, the newest `limit`. */
  runEnds(
    account: AccountId,
    uploadIds: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, readonly ReportedRunEnd[]>>;
  recentRefusals(login: string, since: number): Promise<readonly number[]>;
  addRefusal(login: string, time: number): Promise<void>;
  /** Our clock was set by that much, ms, to `now`: what was timed by it moves along, and what waits to be tried again is due. */
  shiftTimes(by: number, now: number): Promise<void>;
  /**
   * One step of removing events, delivered and dead messages older than `before`, and mutes that ended before it: few enough rows that
   * nobody waits for it. Pending ones stay, however old.
   */
  prune(before: number): Promise<Pruned>;
  /** One step of giving the room of what was removed back to the disk. Returns whether that was all. */
  shrink(): Promise<boolean>;
  /** Throws when the state cannot be written. */
  probe(now: number): Promise<void>;
  close(): Promise<void>;
}

/** The disk, or the database server, refused: nothing of the use-case is stored, and it can be tried again. The message is for the operator. */
export class StateNotWrittenError extends Error {
  readonly code = 'STATE_NOT_WRITTEN';
  /** The answer to a commit was lost: it may be stored all the same. */
  readonly mayBeStored: boolean;

  constructor(
    message: string,
    { mayBeStored = false, ...options }: ErrorOptions & { readonly mayBeStored?: boolean } = {},
  ) {
    super(message, options);
    this.mayBeStored = mayBeStored;
  }
}

/** The state cannot be used: locked by another process, corrupt, not writable. The message is for the operator. */
export class StateError extends Error {
  readonly code = 'STATE_UNUSABLE';
}
