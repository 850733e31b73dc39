// One delivery that was claimed: it is looked at once more, sent through its channel, and its outcome recorded.
import type { Channel, Sent } from '../channels/channel.ts';
import { type Message, messageOf } from '../domain/message/message.ts';
import { DELIVERY_LIFETIME, MAX_UNFINISHED_TRIES, deliveryDelay } from '../domain/notify/backoff.ts';
import { type ChannelName, type HoldContext, holdOf } from '../domain/notify/hold.ts';
import type { Log } from '../log.ts';
import type { Claim, Settlement, Store } from '../store/store.ts';
import type { ReaderOf } from './readers.ts';
import type { Repeats } from './log-repeats.ts';
import type { Settlements } from './settlements.ts';
import { pastOf } from './past.ts';

export const DELIVERY_RESULTS = ['delivered', 'retried', 'dead'] as const;

export interface DeliveryOutcome {
  readonly channel: ChannelName;
  readonly result: (typeof DELIVERY_RESULTS)[number];
  readonly milliseconds: number;
}

export interface DeliveryOptions {
  readonly channels: Readonly<Partial<Record<ChannelName, Channel>>>;
  /** Who reads a delivery, as of now. */
  readonly readerOf: ReaderOf;
  readonly store: Pick<Store, 'runEnds' | 'eventsOf'>;
  readonly settlements: Pick<Settlements, 'settle'>;
  /** Those that the other side was there for and did not take, at their last try, by their ids; only what will be tried again. */
  readonly refused: Set<string>;
  /** What has to be mended before a channel can send: it would be said for each message and each try. */
  readonly setupProblems: Readonly<Record<ChannelName, Pick<Repeats, 'say'>>>;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

/** The turn of the relay in which it was claimed. */
export interface Turn extends Pick<HoldContext, 'mutes' | 'quietUntil' | 'now'> {
  /** By the clock, when the claiming began. */
  readonly claimedAt: number;
}

/** What was claimed longer ago is claimed anew before it is sent, ms: well within the shortest lease of any store. */
const FRESH = 30_000;
/** A delivery that something holds is looked at again after this, ms: what holds it may end at any time. */
const HELD_FOR = 30_000;

/** null: it was not tried. */
export async function deliver(claim: Claim, turn: Turn, options: DeliveryOptions): Promise<DeliveryOutcome | null> {
  const { settlements, log, clock } = options;
  const { now, claimedAt } = turn;
  // The process was stopped in between, or the clock was set: by now another instance may be sending it.
  if (Math.abs(clock() - claimedAt) > FRESH) {
    await settlements.settle(claim, { result: 'held', dueAt: now });
    return null;
  }
  if (isHeld(claim, turn)) {
    await settlements.settle(claim, { result: 'held', dueAt: now + HELD_FOR });
    log.debug({ delivery_id: claim.id, channel: claim.channel }, 'held: everything in it is muted, or quiet hours');
    return null;
  }
  const startedAt = clock();
  const message = messageOf(claim.content, await pastOf(claim, options.store, log));
  const sent = await send(claim, message, options, now);
  const settlement = settlementOf(claim, sent, Math.max(now, clock()), options.random());
  if (isRefusal(sent) && settlement.result === 'retry') options.refused.add(claim.id);
  else options.refused.delete(claim.id);
  await settlements.settle(claim, settlement);
  report(options, claim, message, settlement, sent);
  const result = settlement.result === 'retry' ? 'retried' : settlement.result;
  return { channel: claim.channel, result, milliseconds: clock() - startedAt };
}

/** A message that has to be tried again waits as well when all its events are held meanwhile. */
function isHeld({ account, content }: Claim, turn: Turn): boolean {
  if (content.kind !== 'events') return false;
  return content.events.every(
    ({ kind, upload }) => holdOf({ account, kind, uploadId: upload?.id ?? null }, turn) !== null,
  );
}

async function send(claim: Claim, message: Message, options: DeliveryOptions, now: number): Promise<Sent> {
  const channel = options.channels[claim.channel];
  if (claim.unfinished >= MAX_UNFINISHED_TRIES) {
    return { result: 'rejected', reason: `the monitor stopped ${claim.unfinished} times in a row while sending it` };
  }
  if (channel === undefined) return { result: 'retry', reason: `the channel ${claim.channel} is not configured` };
  const { id, recipient, content } = claim;
  return channel.send({ id, recipient, content, message, reader: options.readerOf(claim), now });
}

function isRefusal(sent: Sent): boolean {
  return sent.result === 'retry' && sent.isAboutMessage === true;
}

type Sentenced = Exclude<Settlement, { readonly result: 'held' }>;

/** `at`: when the try ended. */
function settlementOf(claim: Claim, sent: Sent, at: number, random: number): Sentenced {
  switch (sent.result) {
    case 'delivered':
      return { result: 'delivered', at, ...(sent.answer !== undefined && { answer: sent.answer }) };
    case 'rejected':
      return { result: 'dead', at, reason: sent.reason };
    case 'retry': {
      const { reason, retryAfter = 0 } = sent;
      const elapsed = at - claim.firstTriedAt;
      if (elapsed >= DELIVERY_LIFETIME) return { result: 'dead', at, reason: `given up after 3 days: ${reason}` };
      const dueAt = at + Math.max(deliveryDelay(claim.tries, Math.max(0, elapsed), random), retryAfter);
      // That others are taken says nothing of one that is refused: it keeps its own times.
      return { result: 'retry', at, dueAt, notBefore: isRefusal(sent) ? dueAt : at + retryAfter, reason };
    }
  }
}

function report(
  { log, setupProblems }: Pick<DeliveryOptions, 'log' | 'setupProblems'>,
  { id, channel, recipient, tries }: Claim,
  { subject }: Message,
  settlement: Sentenced,
  sent: Sent,
): void {
  const fields = { delivery_id: id, channel, recipient, subject, tries };
  switch (settlement.result) {
    case 'delivered':
      log.info({ ...fields, ...(settlement.answer !== undefined && { answer: settlement.answer }) }, 'delivered');
      return;
    case 'retry': {
      const more = { ...fields, reason: settlement.reason, due: new Date(settlement.dueAt).toISOString() };
      const advice = sent.result === 'retry' ? sent.advice : undefined;
      if (advice === undefined) log.warn(more, 'not delivered yet');
      else setupProblems[channel].say('warn', more, `not delivered yet: ${advice}`, settlement.at);
      return;
    }
    case 'dead':
      log.error({ ...fields, reason: settlement.reason }, 'delivery failed permanently');
  }
}
