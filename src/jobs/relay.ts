// The relay: puts what nothing holds into deliveries, claims what is due, sends it, and settles the outcome. Only this marks a delivery as
// sent, and only after the other side took it. Each recipient gets its messages one after the other; no channel waits for another.
//
// The states, from an event to a message that has arrived:
//
// - A notification (event and recipient) is `waiting` from the commit of its poll until nothing holds it: no mute, no quiet hours, no limit,
//   and no earlier delivery to the same recipient that is still pending. All that are free at the same time become one delivery.
// - A delivery is `pending` from then on. It is due at once, and after a try that failed when its pause is over.
// - It is `claimed` while an instance sends it: nobody else may until its lease ends. An instance that dies leaves the lease to run out, and
//   the try counts as unfinished. What is claimed is checked once more: when all its events are held by now, it goes back to pending.
// - It is `delivered` when the other side took it; `dead` when that was refused for good, when it was tried for 3 days, or when the process
//   ended again and again while sending it; pending again otherwise.
// - A dead one is kept. An operator makes it pending again (`outbox retry`) or `dropped` (`outbox drop`).
//
// Between "taken" and "delivered" lies the one moment in which a crash sends a message twice. A settlement that cannot be written is kept in
// memory and written before the channel claims anything more.
import { MINUTE } from '../domain/text/durations.ts';
import { hashOf } from './hash.ts';
import { type ChannelName, type HoldContext, groupDeliverable } from '../domain/notify/hold.ts';
import type { AccountId, Queue, Store } from '../store/store.ts';
import { type DeliveryOptions, type DeliveryOutcome, type Turn, deliver } from './delivery.ts';
import { createRepeats } from './log-repeats.ts';
import { createSettlements } from './settlements.ts';

export interface RelayOptions extends Omit<DeliveryOptions, 'settlements' | 'refused' | 'setupProblems'> {
  readonly store: Store;
  /** When the quiet hours of the account that cover this kind end, ms; null: it is not quiet. */
  readonly quietAt: (now: number) => HoldContext['quietUntil'];
  readonly mailMaxPerHour: number;
  /** Since when polls of the account find more of the same than each can ask about; null: not so, or not known. */
  readonly gatheringSince?: (account: AccountId) => number | null;
  /** Of several instances one puts what waits into deliveries: the one that polls, and so knows what is still to come. */
  readonly isLeading?: () => boolean;
}

export interface RelayJob {
  /** Sends all that is due at `now`. */
  runOnce(now: number, signal?: AbortSignal): Promise<readonly DeliveryOutcome[]>;
  /** The same through one channel alone: one whose server is silent takes minutes. Not to be run twice at once for the same. */
  runChannel(channel: ChannelName, now: number, signal?: AbortSignal): Promise<readonly DeliveryOutcome[]>;
}

/** The channels that have deliveries; alerts for Alertmanager are none. */
export const RELAY_CHANNELS = ['mail', 'webhook', 'chat'] as const satisfies readonly ChannelName[];

/** Longer than the longest sending can take by the channels' own time limits. */
const LEASE = 15 * MINUTE;
const CONCURRENCY = 4;

export function createRelay(options: RelayOptions): RelayJob {
  const { store, log, clock } = options;
  const settlements = createSettlements(store);
  const refused = new Set<string>();
  const setupProblems = {
    mail: createRepeats(log),
    webhook: createRepeats(log),
    chat: createRepeats(log),
    alertmanager: createRepeats(log),
  };

  async function form(
    channel: ChannelName,
    { waiting, ...queue }: Queue,
    turn: Omit<Turn, 'claimedAt'>,
  ): Promise<void> {
    if (waiting.length === 0 || options.isLeading?.() === false) return;
    const { now } = turn;
    const { mailMaxPerHour, gatheringSince } = options;
    const limits = { mailMaxPerHour, ...(gatheringSince && { gatheringSince }) };
    const { groups } = groupDeliverable(waiting, { ...queue, ...turn, ...limits, refused });
    // The same events for the same recipient have the same id.
    const formed = groups.map((group) => ({
      ...group,
      id: hashOf([group.channel, group.recipient, ...group.eventIds].join(' ')),
    }));
    log.debug({ channel, waiting: waiting.length, deliveries: formed.length }, 'checked the queue');
    if (formed.length > 0) await store.formDeliveries(formed, now);
  }

  async function runChannel(
    channel: ChannelName,
    now: number,
    signal?: AbortSignal,
  ): Promise<readonly DeliveryOutcome[]> {
    const outcomes: DeliveryOutcome[] = [];
    while (signal?.aborted !== true) {
      await settlements.flush(channel);
      // Read before anything is claimed: what is claimed is sent.
      const queue = await store.loadQueue(now, channel);
      const turn = { mutes: queue.mutes, quietUntil: options.quietAt(now), now };
      await form(channel, queue, turn);
      const claimedAt = clock();
      const claims = await store.claimDeliveries(channel, now, now + LEASE, CONCURRENCY);
      if (claims.length === 0) break;
      log.debug({ channel, deliveries: claims.map(({ id }) => id) }, 'claimed');
      const delivered = await Promise.all(
        claims.map((claim) =>
          deliver(claim, { ...turn, claimedAt }, { ...options, settlements, refused, setupProblems }),
        ),
      );
      const tried = delivered.filter((each) => each !== null);
      outcomes.push(...tried);
      if (settlements.hasUnwritten(channel)) break;
      // A server that takes nothing is not asked for each of what waits: the next run is soon enough.
      const isRefusal = claims.some(({ id }) => refused.has(id));
      if (!isRefusal && tried.length > 0 && tried.every(({ result }) => result === 'retried')) break;
    }
    return outcomes;
  }

  return {
    runChannel,
    async runOnce(now, signal) {
      return (await Promise.all(RELAY_CHANNELS.map((channel) => runChannel(channel, now, signal)))).flat();
    },
  };
}
