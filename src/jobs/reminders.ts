// After a good poll: reminds of what is still failed or stuck. A reminder describes the present, so none is made while something holds it,
// and none is lost: it is made when that is over.
import type { EventKind } from '../domain/event.ts';
import type { Identity } from '../domain/nomad/health.ts';
import { type Delivery, holdOf } from '../domain/notify/hold.ts';
import { bounded, byRecipient, dueReminders, kindOf } from '../domain/notify/reminders.ts';
import type { PollView } from '../domain/notify/standing.ts';
import type { AccountId, Store } from '../store/store.ts';
import { hashOf } from './hash.ts';
import type { Routing } from './recipients.ts';

export interface RemindersOptions {
  readonly store: Store;
  readonly routing: Routing;
  readonly quietAt: (now: number) => (kind: EventKind) => number | null;
  /** ms; null: no reminders. */
  readonly remindAfter: number | null;
}

/** What a good poll saw. */
export interface GoodPoll {
  readonly account: AccountId;
  readonly identity: Identity;
  readonly view: PollView;
  /** When the account was first polled, ms. */
  readonly watchedSince: number;
}

export interface RemindersJob {
  /** Returns how many messages it made. */
  runOnce(poll: GoodPoll, now: number): Promise<number>;
}

export function createReminders({ store, routing, quietAt, remindAfter }: RemindersOptions): RemindersJob {
  return {
    async runOnce({ account, identity, view, watchedSince }, now) {
      if (remindAfter === null) return 0;
      const mutes = await store.loadMutes(now);
      const isHeld = (kind: EventKind, uploadId: string) =>
        holdOf({ account, kind, uploadId }, { mutes, quietUntil: quietAt(now), now }) !== null;
      const { acks, reminded } = await store.loadMemory(account);
      const due = dueReminders({ ...view, acks, reminded, watchedSince, remindAfter, now }).filter(
        (standing) => !isHeld(kindOf(standing), standing.upload.id),
      );
      const lanes = byRecipient(due, (standing) =>
        routing.targets({ kind: kindOf(standing), upload: standing.upload }, identity),
      );
      const deliveries = lanes.map(({ target: { channel, recipient }, uploads }): Delivery => {
        const id = hashOf(`${account} ${channel} ${recipient} reminder ${now}`);
        return { id, channel, recipient, content: { kind: 'reminder', asOf: now, ...bounded(uploads) } };
      });
      const ids = due.map(({ upload }) => upload.id);
      if (ids.length > 0) await store.commitStanding({ account, deliveries, reminded: ids, summarised: null, now });
      return deliveries.length;
    },
  };
}
