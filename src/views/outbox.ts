// What was not delivered yet: how much there is, and one part of it after the other.
import type { Undelivered } from '../store/operator.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import type { OutboxPlace, OutboxView } from './views.ts';

export interface OutboxSource {
  readonly reader: Pick<Reader, 'undelivered'>;
  readonly store: Pick<Store, 'outboxCounts'>;
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: () => Promise<string | null>;
}

export interface MessageCounts {
  /** Events that wait for a message. */
  readonly held: number;
  readonly pending: number;
  readonly dead: number;
}

export async function messageCounts({ store }: OutboxSource): Promise<MessageCounts> {
  const all = await store.outboxCounts();
  const sum = (of: 'pending' | 'dead' | 'waiting') => all.reduce((total, each) => total + each[of], 0);
  return { held: sum('waiting'), pending: sum('pending'), dead: sum('dead') };
}

/** Reads nothing when there is nothing. `limit`: the oldest; all when not given. */
export async function undelivered(
  { reader }: OutboxSource,
  now: number,
  { pending, dead }: MessageCounts,
  limit?: number,
): Promise<readonly Undelivered[]> {
  return pending + dead === 0 ? [] : reader.undelivered(now, limit);
}

export async function outboxView(
  source: OutboxSource,
  now: number,
  after: OutboxPlace | null,
  limit: number,
): Promise<OutboxView> {
  const messages = await messageCounts(source);
  // By time and id: places that stay, whatever is delivered between two questions.
  const all = (await undelivered(source, now, messages)).toSorted(
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
