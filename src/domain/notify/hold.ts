// Who is notified of what, and when: a notification is an event for a recipient; it waits until nothing holds it; those that are free at
// the same time make one delivery. Holding is decided anew each time, so that nothing held depends on how it came to be held.
import { HOUR } from '../text/durations.ts';
import type { Content } from './delivery-content.ts';
import type { EventKind } from '../event.ts';

export const CHANNELS = ['mail', 'webhook', 'chat', 'alertmanager'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One message: what the outbox holds and a channel sends. */
export interface Delivery {
  readonly id: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly content: Content;
}

export interface Notification {
  readonly eventId: string;
  readonly channel: ChannelName;
  readonly recipient: string;
}

/** A notification that is in no delivery yet. */
export interface UndeliveredNotification extends Notification {
  readonly account: number;
  readonly kind: EventKind;
  readonly uploadId: string | null;
  /** When it was committed, ms. */
  readonly since: number;
}

/** A delivery that was not taken yet. */
export interface OpenDelivery {
  readonly id: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  /** Tries whose end is known. */
  readonly tries: number;
  readonly firstTriedAt: number | null;
  /** What its events are about; null: no upload. */
  readonly uploads: readonly (string | null)[];
}

export interface Mute {
  readonly account: number;
  /** null: everything. */
  readonly uploadId: string | null;
  /** ms. */
  readonly until: number;
}

export interface HoldContext {
  readonly underway: readonly OpenDelivery[];
  /** When mails were accepted within the last hour, ms, by recipient. */
  readonly mailed: ReadonlyMap<string, readonly number[]>;
  readonly mutes: readonly Mute[];
  /** When the quiet hours of the account that cover this kind end, ms; null: it is not quiet. */
  readonly quietUntil: (kind: EventKind, account: number) => number | null;
  readonly mailMaxPerHour: number;
  /** Since when polls of the account find more of the same than each can ask about; null: not so, or not known. */
  readonly gatheringSince?: (account: number) => number | null;
  /** Deliveries that the other side is there for and does not take: they hold up nothing else. */
  readonly refused?: ReadonlySet<string>;
  readonly now: number;
}

export const HOLD_REASONS = ['muted', 'quiet', 'behind', 'limit', 'gathering'] as const;

/** Why a notification is not sent now. `until` null: until something else is over. */
export interface Hold {
  readonly reason: (typeof HOLD_REASONS)[number];
  readonly until: number | null;
}

/** What will be one delivery. */
export interface DeliveryGroup {
  readonly account: number;
  readonly channel: ChannelName;
  readonly recipient: string;
  /** Never empty, in the order found. */
  readonly eventIds: readonly string[];
}

export interface Gathered {
  readonly groups: readonly DeliveryGroup[];
  readonly held: readonly { readonly notification: UndeliveredNotification; readonly hold: Hold }[];
}

/** A webhook takes one event a delivery; so many are underway at once, so that one that is down is not asked for each of thousands. */
const MAX_UNDERWAY = 20;

/** `waiting` in the order committed. Notifications of one upload for one recipient are never overtaken by later ones. */
export function groupDeliverable(waiting: readonly UndeliveredNotification[], situation: HoldContext): Gathered {
  const groups: DeliveryGroup[] = [];
  const held: { notification: UndeliveredNotification; hold: Hold }[] = [];
  for (const lane of lanesOf(waiting)) {
    const { free, held: kept } = freeIn(lane, situation);
    held.push(...kept);
    groups.push(...groupsOf(free));
  }
  return { groups, held };
}

function lanesOf(waiting: readonly UndeliveredNotification[]): readonly (readonly UndeliveredNotification[])[] {
  const lanes = new Map<string, UndeliveredNotification[]>();
  for (const each of waiting) {
    const key = laneOf(each);
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [each]);
    else lane.push(each);
  }
  return [...lanes.values()];
}

function freeIn(
  lane: readonly UndeliveredNotification[],
  situation: HoldContext,
): { free: UndeliveredNotification[] } & Pick<Gathered, 'held'> {
  const free: UndeliveredNotification[] = [];
  const held: { notification: UndeliveredNotification; hold: Hold }[] = [];
  const [first] = lane;
  if (first === undefined) return { free, held };
  const ahead = aheadOf(first, situation);
  const blocked = new Set(ahead.flatMap(({ uploads }) => uploads));
  const whole = holdOfLane(first, ahead, situation);
  let room = roomIn(first, ahead);
  for (const notification of lane) {
    const hold =
      holdOf(notification, situation) ?? whole ?? gathering(notification, situation) ?? (room > 0 ? null : BEHIND);
    const isOvertaking = blocked.has(notification.uploadId);
    if (hold === null && !isOvertaking) {
      free.push(notification);
      room -= 1;
      if (first.channel === 'webhook') blocked.add(notification.uploadId);
      continue;
    }
    held.push({ notification, hold: hold ?? BEHIND });
    // What is found of the same upload meanwhile comes after it.
    if (hold?.reason === 'gathering') blocked.add(notification.uploadId);
  }
  return { free, held };
}

/** Where many are refused it is not those, but something that all have in common. */
function aheadOf(first: UndeliveredNotification, { underway, refused }: HoldContext): readonly OpenDelivery[] {
  const all = underway.filter((each) => laneOf(each) === laneOf(first));
  const others = all.filter(({ id }) => refused?.has(id) !== true);
  return all.length - others.length >= MAX_UNDERWAY ? all : others;
}

const BEHIND: Hold = { reason: 'behind', until: null };

/** What is found by questions of which a poll has few. */
const ASKED: readonly EventKind[] = ['upload.deleted', 'upload.unshared', 'upload.entries_failed'];
const GATHERED_FOR = 2 * HOUR;

/**
 * A hundred uploads deleted at once are found over several polls. What the first poll finds is sent at once; the rest is one message, when
 * all has been asked about. A webhook takes single events anyway.
 */
function gathering(
  { account, channel, kind, since }: UndeliveredNotification,
  { gatheringSince, now }: HoldContext,
): Hold | null {
  if (channel === 'webhook' || !ASKED.includes(kind)) return null;
  const from = gatheringSince?.(account) ?? null;
  return from !== null && since > from && now - since < GATHERED_FOR ? { reason: 'gathering', until: null } : null;
}

/** Muted, or quiet hours: what holds this one, whoever it is for. */
export function holdOf(
  { account, uploadId, kind }: Pick<UndeliveredNotification, 'account' | 'uploadId' | 'kind'>,
  { mutes, quietUntil, now }: Pick<HoldContext, 'mutes' | 'quietUntil' | 'now'>,
): Hold | null {
  const ends = mutes
    .filter((mute) => mute.account === account && (mute.uploadId === null || mute.uploadId === uploadId))
    .map(({ until }) => until)
    .filter((until) => until > now);
  if (ends.length > 0) return { reason: 'muted', until: Math.max(...ends) };
  const quiet = quietUntil(kind, account);
  return quiet === null ? null : { reason: 'quiet', until: quiet };
}

/** While a recipient cannot be reached, what is found meanwhile is kept together, so that one message and not a hundred comes after. */
function holdOfLane(
  { channel, recipient }: UndeliveredNotification,
  ahead: readonly OpenDelivery[],
  situation: HoldContext,
): Hold | null {
  const { now, mailed, mailMaxPerHour } = situation;
  const isFailing = ahead.some(({ tries, firstTriedAt }) => tries > 0 && now - (firstTriedAt ?? now) < HOUR);
  if (isFailing) return BEHIND;
  if (channel !== 'mail') return null;
  const taken = (mailed.get(recipient) ?? []).filter((time) => Math.abs(now - time) < HOUR);
  if (taken.length + ahead.length < mailMaxPerHour) return null;
  return { reason: 'limit', until: taken.length === 0 ? null : Math.min(...taken) + HOUR };
}

/** How many webhook deliveries may be made; to one that has been failing for long, one more as a probe. */
function roomIn({ channel }: UndeliveredNotification, ahead: readonly OpenDelivery[]): number {
  if (channel !== 'webhook') return Number.POSITIVE_INFINITY;
  const untried = ahead.filter(({ tries }) => tries === 0).length;
  return ahead.length > untried ? 1 - untried : MAX_UNDERWAY - untried;
}

function groupsOf(free: readonly UndeliveredNotification[]): readonly DeliveryGroup[] {
  const groups = new Map<string, DeliveryGroup & { readonly eventIds: string[] }>();
  for (const { account, channel, recipient, eventId } of free) {
    const key = channel === 'webhook' ? eventId : String(account);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { account, channel, recipient, eventIds: [eventId] });
    else group.eventIds.push(eventId);
  }
  return [...groups.values()];
}

function laneOf({ channel, recipient }: { readonly channel: string; readonly recipient: string }): string {
  return `${channel} ${recipient}`;
}
