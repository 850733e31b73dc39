// The relay: claims what is due in the outbox, sends it, and settles what became of it. Only this marks a delivery as sent, and only
// after the other side took it. Each recipient gets its messages one after the other, in the order in which things happened.
import { messageOf } from '../domain/message.ts';
import type { ChannelName } from '../domain/notify.ts';
import { DELIVERY_LIFETIME, MOST_UNFINISHED_TRIES, deliveryDelay } from '../domain/retry.ts';
import type { Channel, Sent } from '../channels/channel.ts';
import type { Log } from '../log.ts';
import type { Claim, Settlement, Store } from '../store/store.ts';

export const DELIVERY_RESULTS = ['delivered', 'retried', 'dead'] as const;

export interface DeliveryOutcome {
  readonly channel: ChannelName;
  readonly result: (typeof DELIVERY_RESULTS)[number];
  readonly milliseconds: number;
}

export interface RelayOptions {
  readonly store: Store;
  readonly channels: Readonly<Partial<Record<ChannelName, Channel>>>;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

export interface RelayJob {
  /** Sends all that is due at `now`. */
  runOnce(now: number, signal?: AbortSignal): Promise<readonly DeliveryOutcome[]>;
}

/** Longer than the longest sending can take by the channels' own time limits. */
const LEASE = 10 * 60_000;
const AT_ONCE = 4;

export function createRelay(options: RelayOptions): RelayJob {
  const { store, channels, log, clock } = options;

  async function deliver(claim: Claim, now: number): Promise<DeliveryOutcome> {
    const startedAt = clock();
    const sent = await send(claim, now);
    const at = Math.max(now, clock());
    const settlement = settlementOf(claim, sent, at, options.random());
    await store.settleDelivery(claim.id, settlement);
    const result = settlement.result === 'retry' ? 'retried' : settlement.result;
    tell(claim, settlement);
    return { channel: claim.channel, result, milliseconds: clock() - startedAt };
  }

  async function send(claim: Claim, now: number): Promise<Sent> {
    if (claim.unfinished >= MOST_UNFINISHED_TRIES) {
      return { result: 'rejected', reason: `the monitor ended ${claim.unfinished} times in a row while sending it` };
    }
    const channel = channels[claim.channel];
    if (channel === undefined) return { result: 'retry', reason: `the channel ${claim.channel} is not configured` };
    return channel.send({
      id: claim.id,
      recipient: claim.recipient,
      content: claim.content,
      message: messageOf(claim.content),
      now,
    });
  }

  function tell({ id, channel, recipient, content, tries }: Claim, settlement: Settlement): void {
    const { subject } = messageOf(content);
    const fields = { delivery_id: id, channel, recipient, subject, tries };
    if (settlement.result === 'delivered') log.info(fields, 'delivered');
    else if (settlement.result === 'retry')
      log.warn(
        { ...fields, reason: settlement.reason, due: new Date(settlement.dueAt).toISOString() },
        'not delivered yet',
      );
    else log.error({ ...fields, reason: settlement.reason }, 'given up');
  }

  return {
    async runOnce(now, signal) {
      const outcomes: DeliveryOutcome[] = [];
      while (signal?.aborted !== true) {
        const claims = await store.claimDeliveries(now, now + LEASE, AT_ONCE);
        if (claims.length === 0) break;
        outcomes.push(...(await Promise.all(claims.map((claim) => deliver(claim, now)))));
      }
      return outcomes;
    },
  };
}

/** `at`: when the try ended. */
function settlementOf(claim: Claim, sent: Sent, at: number, random: number): Settlement {
  switch (sent.result) {
    case 'delivered':
      return { result: 'delivered', at };
    case 'rejected':
      return { result: 'dead', at, reason: sent.reason };
    case 'retry':
      if (at - claim.firstTriedAt >= DELIVERY_LIFETIME)
        return { result: 'dead', at, reason: `given up after 3 days: ${sent.reason}` };
      return { result: 'retry', at, dueAt: at + deliveryDelay(claim.tries, random), reason: sent.reason };
  }
}
