// Rules: which events go to whom. A notification is an event for a recipient; those of one poll for one recipient are one delivery.
import type { Content } from './content.ts';
import type { Event, EventKind } from './events.ts';

export const CHANNELS = ['mail', 'webhook', 'chat', 'alertmanager'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One message to be: what the outbox holds. */
export interface Delivery {
  readonly id: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly content: Content;
}

export interface Routing {
  readonly notifyOn: ReadonlySet<EventKind>;
  /** Mail addresses; empty: no mail. */
  readonly mailTo: readonly string[];
}

/** `identify` makes a stable id from a text that is unique within the poll. */
export function deliveriesFor(
  events: readonly Event[],
  routing: Routing,
  identify: (text: string) => string,
): readonly Delivery[] {
  const told = events.filter((event) => routing.notifyOn.has(event.kind));
  if (told.length === 0) return [];
  return routing.mailTo.map((recipient) => ({
    id: identify(`mail ${recipient} ${told.map((event) => event.id).join(' ')}`),
    channel: 'mail',
    recipient,
    content: { kind: 'events', events: told },
  }));
}
