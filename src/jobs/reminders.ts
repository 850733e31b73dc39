// After a good poll: reminds of what is still failed or stuck, and sends the summary when its time has come. Both describe the present,
// so nothing is made while something holds them, and nothing is lost: they are made when that is over.
import type { Content } from '../domain/notify/delivery-content.ts';
import type { EventKind } from '../domain/event.ts';
import type { Identity } from '../domain/nomad/health.ts';
import { type Delivery, type Mute, holdOf } from '../domain/notify/hold.ts';
import type { Target } from '../domain/notify/routing.ts';
import { type PollView, bounded, byRecipient, digestOf, dueReminders, kindOf } from '../domain/notify/reminders.ts';
import type { AccountId, Store } from '../store/store.ts';
import { hashOf } from './hash.ts';
import type { Routing } from './recipients.ts';

export interface RemindersOptions {
  readonly store: Store;
  readonly routing: Routing;
  readonly quietAt: (now: number) => (kind: EventKind) => number | null;
  /** ms; null: no reminders. */
  readonly remindAfter: number | null;
  /** When the summary is due after one at that time, ms; null: none is wanted. */
  readonly digestAfter: ((time: number) => number) | null;
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

export function createReminders(options: RemindersOptions): RemindersJob {
  const { store, routing, remindAfter, digestAfter } = options;

  async function remind(poll: GoodPoll, mutes: readonly Mute[], now: number): Promise<readonly Delivery[]> {
    if (remindAfter === null) return [];
    const { account, identity, view } = poll;
    const { acks, reminded } = await store.loadMemory(account);
    const due = dueReminders({ ...view, acks, reminded, watchedSince: poll.watchedSince, remindAfter, now }).filter(
      (standing) => !isHeld(account, kindOf(standing), standing.upload.id, mutes, now),
    );
    const lanes = byRecipient(due, (standing) =>
      routing.targets({ kind: kindOf(standing), upload: standing.upload }, identity),
    );
    const deliveries = lanes.map(({ target, uploads }) =>
      deliveryOf(target, { kind: 'reminder', asOf: now, ...bounded(uploads) }, account, now),
    );
    const ids = due.map(({ upload }) => upload.id);
    if (ids.length > 0) await store.commitStanding({ account, deliveries, reminded: ids, digestedAt: null, now });
    return deliveries;
  }

  async function summarise(poll: GoodPoll, mutes: readonly Mute[], now: number): Promise<readonly Delivery[]> {
    const { account, identity, view } = poll;
    if (digestAfter === null) return [];
    const { digestedAt: from } = await store.loadMemory(account);
    const nothing = { account, deliveries: [], reminded: [], now };
    if (from === null || from > now) {
      await store.commitStanding({ ...nothing, digestedAt: now });
      return [];
    }
    if (digestAfter(from) > now || isHeld(account, 'upload.failed', null, mutes, now)) return [];
    const digest = digestOf(view, await store.countEvents(account, from, now), from, now);
    const deliveries = (routing.mailTo(identity) ?? []).map((recipient) =>
      deliveryOf({ channel: 'mail', recipient }, digest, account, now),
    );
    await store.commitStanding({ ...nothing, deliveries, digestedAt: now });
    return deliveries;
  }

  function isHeld(account: AccountId, kind: EventKind, uploadId: string | null, mutes: readonly Mute[], now: number) {
    return holdOf({ account, kind, uploadId }, { mutes, quietUntil: options.quietAt(now), now }) !== null;
  }

  return {
    async runOnce(poll, now) {
      if (remindAfter === null && digestAfter === null) return 0;
      const mutes = await store.loadMutes(now);
      const reminders = await remind(poll, mutes, now);
      const summaries = await summarise(poll, mutes, now);
      return reminders.length + summaries.length;
    },
  };
}

function deliveryOf({ channel, recipient }: Target, content: Content, account: AccountId, now: number): Delivery {
  const key = `${account} ${channel} ${recipient} ${content.kind} ${now}`;
  return { id: hashOf(key), channel, recipient, content };
}
