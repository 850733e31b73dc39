// What was not delivered yet: how much there is, and one part of it after the other.
import type { KnownAccount, Undelivered } from '../store/operator.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import type { OutboxPlace, OutboxView } from './views.ts';

export interface OutboxSource {
  readonly reader: Pick<Reader, 'undelivered'>;
  readonly store: Pick<Store, 'outboxCounts'>;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: () => Promise<string | null>;
  /** The account's name where several are watched: then only its own messages are shown. null: all that there are. */
  readonly account: () => string | null;
}

/** Whose messages are shown: an account's, or everybody's. */
export type Whose = Pick<KnownAccount, 'id'> | null;

export interface MessageCounts {
  /** Events that wait for a message. */
  readonly held: number;
  readonly pending: number;
  readonly dead: number;
}

export async function messageCounts({ store, account }: OutboxSource, whose: Whose): Promise<MessageCounts> {
  // Before its first login it has none.
  if (account() !== null && whose === null) return { held: 0, pending: 0, dead: 0 };
  const all = await store.outboxCounts(account() === null ? null : whose?.id);
  const sum = (of: 'pending' | 'dead' | 'waiting') => all.reduce((total, each) => total + each[of], 0);
  return { held: sum('waiting'), pending: sum('pending'), dead: sum('dead') };
}

/** Reads nothing when there is nothing. `limit`: the oldest; all when not given. */
export async function undelivered(
  { reader, account }: OutboxSource,
  now: number,
  whose: Whose,
  { pending, dead }: MessageCounts,
  limit?: number,
): Promise<readonly Undelivered[]> {
  return pending + dead === 0 ? [] : reader.undelivered(now, limit, account() === null ? null : whose?.id);
}

export async function outboxView(
  source: OutboxSource,
  now: number,
  whose: Whose,
  after: OutboxPlace | null,
  limit: number,
): Promise<OutboxView> {
  const messages = await messageCounts(source, whose);
  // By time and id: places that stay, whatever is delivered between two questions.
  const all = (await undelivered(source, now, whose, messages)).toSorted(
    (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
  );
  const isBehind = ({ createdAt, id }: Undelivered) =>
    after === null || createdAt > after.time || (createdAt === after.time && id > after.at);
  const rest = all.filter(isBehind);
  return {
    ...messages,
    noRecipient: await source.noRecipient(),
    deliveries: rest.slice(0, limit),
    more: rest.length > limit,
  };
}
