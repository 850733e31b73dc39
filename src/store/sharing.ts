// What instances on one state owe one another. An instance that has its state for itself owes nothing.
import type { Database, Session } from './database.ts';

/** ms. */
export interface Lease {
  /** A lease that ended by this time counts no more. */
  readonly endedBy: number;
  readonly until: number;
}

export interface Sharing {
  /** Goes into `lease_by`. */
  readonly instance: string;
  /** A transaction of what only a leader stores. Rejects with NotLeading when another instance leads now. */
  readonly asLeader: Database['transaction'];
  /** A transaction on the outbox: they come one after the other, so that two never wait for one another in a circle. */
  readonly onOutbox: Database['transaction'];
  /** Within a transaction: from then on this login sees the account. Throws StateError when another login works on it. */
  admit(session: Session, account: number): Promise<void>;
  /** Within a transaction: what a lease comes to that is wanted from `now` until `until`, both by this instance's clock, ms. */
  lease(session: Session, now: number, until: number): Promise<Lease>;
}

export function notShared({ transaction }: Pick<Database, 'transaction'>, instance: string): Sharing {
  return {
    instance,
    asLeader: transaction,
    onOutbox: transaction,
    admit: () => Promise.resolve(),
    lease: (_session, now, until) => Promise.resolve({ endedBy: now, until }),
  };
}
