// What instances on one state owe one another. An instance that has its state for itself owes nothing.
import type { Session } from './database.ts';

export interface Sharing {
  /** Goes into `lease_by`. */
  readonly instance: string;
  /** Begins each transaction of what only a leader stores. Throws NotLeading when another instance leads now. */
  fence(session: Session): Promise<void>;
  /** Begins each transaction on the outbox: they come one after the other, so that two never wait for one another in a circle. */
  lockOutbox(session: Session): Promise<void>;
  /** Within a transaction: from then on this login sees the account. Throws StateError when another login works on it. */
  admit(session: Session, account: number): Promise<void>;
  /** What time it is for leases, ms. `now`: of this instance's clock. */
  leaseTime(session: Session, now: number): Promise<number>;
  /** The longest lease, ms. */
  readonly maxLease: number;
  /** Whether leases that ran out count as ended: whoever is still sending has had the time to renew its own. */
  isSteady(): boolean;
  /** Whether this instance may send anything. */
  maySend(): boolean;
}

export const NOT_SHARED: Sharing = {
  instance: 'monitor',
  fence: () => Promise.resolve(),
  lockOutbox: () => Promise.resolve(),
  admit: () => Promise.resolve(),
  leaseTime: (_session, now) => Promise.resolve(now),
  maxLease: Infinity,
  isSteady: () => true,
  maySend: () => true,
};
