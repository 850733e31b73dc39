// The relay: puts what nothing holds into deliveries, claims what is due, sends it, and settles the outcome. Only this marks a delivery as
// sent, and only after the other side took it. Each recipient gets its messages one after the other; no channel waits for another.
//
// The states, from an event to a message that has arrived:
//
// - A notification (event and recipient) is `waiting` from the commit of its poll until nothing holds it: no mute, no quiet hours, no limit,
//   and no earlier delivery to the same recipient that is still pending. All that are free at the same time become one delivery.
// - A delivery is `pending` from then on. It is due at once, and after a try that failed when its pause is over.
// - It is `claimed` while an instance sends it: nobody else may until its lease ends. An instance that dies leaves the lease to run out, and
//   the try counts as unfinished. What is claimed is checked once more: when all that it tells is held by now, it goes back to pending.
// - It is `delivered` when the other side took it; `dead` when that was refused for good, when it was tried for 3 days, or when the process
//   ended again and again while sending it; pending again otherwise.
// - A dead one is kept. An operator makes it pending again (`outbox retry`) or `dropped` (`outbox drop`).
//
// Between "taken" and "delivered" lies the one moment in which a crash sends a message twice. A settlement that cannot be written is kept in
// memory and written before the channel claims anything more.
import type { Channel, Sent } from '../channels/channel.ts';
import type { EventKind } from '../domain/event.ts';
import { type Message, messageOf } from '../domain/message/message.ts';
import { type ChannelName, type Mute, groupDeliverable, holdOf } from '../domain/notify/hold.ts';
import { DELIVERY_LIFETIME, MAX_UNFINISHED_TRIES, deliveryDelay } from '../domain/notify/backoff.ts';
import { MINUTE } from '../domain/text/durations.ts';
import type { Log } from '../log.ts';
import { type Claim, StateNotWrittenError, type Settlement, type Store } from '../store/store.ts';
import { hashOf } from './hash.ts';

export const DELIVERY_RESULTS = ['delivered', 'retried', 'dead'] as const;

export interface DeliveryOutcome {
  readonly channel: ChannelName;
  readonly result: (typeof DELIVERY_RESULTS)[number];
  readonly milliseconds: number;
}

export interface RelayOptions {
  readonly store: Store;
  readonly channels: Readonly<Partial<Record<ChannelName, Channel>>>;
  /** When the quiet hours that cover this kind end, ms; null: it is not quiet. */
  readonly quietAt: (now: number) => (kind: EventKind) => number | null;
  readonly mailMaxPerHour: number;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

export interface RelayJob {
  /** Sends all that is due at `now`. */
  runOnce(now: number, signal?: AbortSignal): Promise<readonly DeliveryOutcome[]>;
  /** The same through one channel alone: one whose server is silent takes minutes. Not to be run twice at once for the same. */
  runChannel(channel: ChannelName, now: number, signal?: AbortSignal): Promise<readonly DeliveryOutcome[]>;
}

/** The channels that deliver; what Alertmanager is told is no delivery. */
export const RELAYED = ['mail', 'webhook', 'chat'] as const satisfies readonly ChannelName[];

/** Longer than the longest sending can take by the channels' own time limits. */
const LEASE = 15 * MINUTE;
const CONCURRENCY = 4;
/** What was claimed longer ago is claimed anew before it is sent, ms: well within the shortest lease of any store. */
const FRESH = 30_000;
/** A delivery that something holds is looked at again after this, ms: what holds it may end at any time. */
const HELD_FOR = 30_000;

export function createRelay(options: RelayOptions): RelayJob {
  const { store, channels, log, clock } = options;

  async function form(channel: ChannelName, mutes: readonly Mute[], now: number): Promise<void> {
    const { waiting: all, ...queue } = await store.loadQueue(now);
    const waiting = all.filter((each) => each.channel === channel);
    if (waiting.length === 0) return;
    const { groups } = groupDeliverable(waiting, {
      ...queue,
      mutes,
      quietUntil: options.quietAt(now),
      mailMaxPerHour: options.mailMaxPerHour,
      now,
    });
    const formed = groups.map((group) => ({
      ...group,
      id: identify([group.channel, group.recipient, ...group.eventIds]),
    }));
    log.debug({ channel, waiting: waiting.length, deliveries: formed.length }, 'looked at what waits');
    if (formed.length > 0) await store.formDeliveries(formed, now);
  }

  /** Outcomes that could not be written yet, by delivery. The other side has the message already. */
  const unsettled = new Map<string, { readonly channel: ChannelName; readonly settlement: Settlement }>();

  async function settle({ id, channel }: Claim, settlement: Settlement): Promise<void> {
    try {
      await store.settleDelivery(id, settlement);
    } catch (error) {
      unsettled.set(id, { channel, settlement });
      if (!(error instanceof StateNotWrittenError)) throw error;
    }
  }

  /** Before anything more of the channel is claimed; throws StateNotWrittenError while it cannot be written. */
  async function settleRest(channel: ChannelName): Promise<void> {
    for (const [id, each] of unsettled) {
      if (each.channel !== channel) continue;
      await store.settleDelivery(id, each.settlement);
      unsettled.delete(id);
    }
  }

  async function deliver(
    claim: Claim,
    mutes: readonly Mute[],
    now: number,
    claimedAt: number,
  ): Promise<DeliveryOutcome | null> {
    // The process was stopped in between, or the clock was set: by now another instance may be sending it.
    if (Math.abs(clock() - claimedAt) > FRESH) {
      await settle(claim, { result: 'held', dueAt: now });
      return null;
    }
    if (isHeld(claim, mutes, now)) {
      await settle(claim, { result: 'held', dueAt: now + HELD_FOR });
      log.debug({ delivery_id: claim.id, channel: claim.channel }, 'held: all that it tells is muted, or it is quiet');
      return null;
    }
    const startedAt = clock();
    const message = messageOf(claim.content);
    const sent = await send(claim, message, now);
    const at = Math.max(now, clock());
    const settlement = settlementOf(claim, sent, at, options.random());
    await settle(claim, settlement);
    report(claim, message, settlement);
    const result = settlement.result === 'retry' ? 'retried' : settlement.result;
    return { channel: claim.channel, result, milliseconds: clock() - startedAt };
  }

  /** A message that has to be tried again waits as well when meanwhile all that it tells is held. */
  function isHeld({ account, content }: Claim, mutes: readonly Mute[], now: number): boolean {
    if (content.kind !== 'events') return false;
    const situation = { mutes, now, quietUntil: options.quietAt(now) };
    return content.events.every(
      ({ kind, upload }) => holdOf({ account, kind, uploadId: upload?.id ?? null }, situation) !== null,
    );
  }

  async function send(claim: Claim, message: Message, now: number): Promise<Sent> {
    if (claim.unfinished >= MAX_UNFINISHED_TRIES) {
      return { result: 'rejected', reason: `the monitor ended ${claim.unfinished} times in a row while sending it` };
    }
    const channel = channels[claim.channel];
    if (channel === undefined) return { result: 'retry', reason: `the channel ${claim.channel} is not configured` };
    const { id, recipient, content } = claim;
    return channel.send({ id, recipient, content, message, now });
  }

  function report({ id, channel, recipient, tries }: Claim, { subject }: Message, settlement: Sentenced): void {
    const fields = { delivery_id: id, channel, recipient, subject, tries };
    if (settlement.result === 'delivered') log.info(fields, 'delivered');
    else if (settlement.result === 'retry')
      log.warn(
        { ...fields, reason: settlement.reason, due: new Date(settlement.dueAt).toISOString() },
        'not delivered yet',
      );
    else log.error({ ...fields, reason: settlement.reason }, 'delivery failed permanently');
  }

  async function runChannel(
    channel: ChannelName,
    now: number,
    signal?: AbortSignal,
  ): Promise<readonly DeliveryOutcome[]> {
    const outcomes: DeliveryOutcome[] = [];
    while (signal?.aborted !== true) {
      await settleRest(channel);
      // Read before anything is claimed: what is claimed is sent.
      const mutes = await store.loadMutes(now);
      await form(channel, mutes, now);
      const claimedAt = clock();
      const claims = await store.claimDeliveries(channel, now, now + LEASE, CONCURRENCY);
      if (claims.length === 0) break;
      log.debug({ channel, deliveries: claims.map(({ id }) => id) }, 'claimed');
      const delivered = await Promise.all(claims.map((claim) => deliver(claim, mutes, now, claimedAt)));
      const tried = delivered.filter((each) => each !== null);
      outcomes.push(...tried);
      if ([...unsettled.values()].some((each) => each.channel === channel)) break;
      // A server that takes nothing is not asked for each of what waits: the next run is soon enough.
      if (tried.length > 0 && tried.every(({ result }) => result === 'retried')) break;
    }
    return outcomes;
  }

  return {
    runChannel,
    async runOnce(now, signal) {
      return (await Promise.all(RELAYED.map((channel) => runChannel(channel, now, signal)))).flat();
    },
  };
}

type Sentenced = Exclude<Settlement, { readonly result: 'held' }>;

/** `at`: when the try ended. */
function settlementOf(claim: Claim, sent: Sent, at: number, random: number): Sentenced {
  switch (sent.result) {
    case 'delivered':
      return { result: 'delivered', at };
    case 'rejected':
      return { result: 'dead', at, reason: sent.reason };
    case 'retry': {
      const { reason, retryAfter = 0 } = sent;
      const elapsed = at - claim.firstTriedAt;
      if (elapsed >= DELIVERY_LIFETIME) return { result: 'dead', at, reason: `given up after 3 days: ${reason}` };
      const dueAt = at + Math.max(deliveryDelay(claim.tries, Math.max(0, elapsed), random), retryAfter);
      return { result: 'retry', at, dueAt, notBefore: at + retryAfter, reason };
    }
  }
}

/** The same events for the same recipient have the same id. */
function identify(parts: readonly string[]): string {
  return hashOf(parts.join(' '));
}
