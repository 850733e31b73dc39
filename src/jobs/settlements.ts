// The outcomes of deliveries on their way into the state. One that cannot be written is kept in memory and written before its channel claims
// anything more: the other side has the message already.
import type { ChannelName } from '../domain/notify/hold.ts';
import { type Claim, StateNotWrittenError, type Settlement, type Store } from '../store/store.ts';

export interface Settlements {
  /** Writes it, or keeps it when the state refuses that. */
  settle(claim: Pick<Claim, 'id' | 'channel'>, settlement: Settlement): Promise<void>;
  /** Writes what was kept of this channel; throws StateNotWrittenError while it cannot be written. */
  flush(channel: ChannelName): Promise<void>;
  /** Whether anything is kept of this channel. */
  hasUnwritten(channel: ChannelName): boolean;
}

export function createSettlements(store: Pick<Store, 'settleDelivery'>): Settlements {
  /** By delivery. */
  const unsettled = new Map<string, { readonly channel: ChannelName; readonly settlement: Settlement }>();

  return {
    async settle({ id, channel }, settlement) {
      try {
        await store.settleDelivery(id, settlement);
      } catch (error) {
        unsettled.set(id, { channel, settlement });
        if (!(error instanceof StateNotWrittenError)) throw error;
      }
    },
    async flush(channel) {
      for (const [id, each] of unsettled) {
        if (each.channel !== channel) continue;
        await store.settleDelivery(id, each.settlement);
        unsettled.delete(id);
      }
    },
    hasUnwritten: (channel) => [...unsettled.values()].some((each) => each.channel === channel),
  };
}
