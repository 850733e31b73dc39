// What arrived, read as events: from the bodies of the webhook, and from the errors in the texts of mails. Pure.
import type { Event } from '../../../src/domain/event.ts';
import { type Action, type Truth, errorOf } from '../../support/life.ts';
import type { Evidence, Taken, Violation } from './evidence.ts';

export interface Posted extends Taken {
  readonly event: Told;
}

/** What a webhook's body says. */
export type Told = Pick<Event, 'id' | 'kind' | 'details'> & { readonly uploadId: string | null };

/** Every event that reached the webhook, once, in the order of the first arrival. */
export function arrivedOf({ posts }: Evidence): readonly Told[] {
  const arrived = new Map<string, Told>();
  for (const { event } of posts.map(read)) if (!arrived.has(event.id)) arrived.set(event.id, event);
  return [...arrived.values()];
}

/** The same and what the webhook refused for good, which nobody but the state knows. */
export function toldOf(evidence: Evidence): readonly Told[] {
  const { deliveries, events } = evidence.state;
  const arrived = arrivedOf(evidence);
  const lost = deliveries.filter(({ id, channel }) => channel === 'webhook' && evidence.refused.has(id));
  const known = new Set(arrived.map(({ id }) => id));
  const refused = events.filter(({ id }) => !known.has(id) && lost.some(({ eventIds }) => eventIds.includes(id)));
  return [...arrived, ...refused.map((event) => ({ ...event, uploadId: event.upload?.id ?? null }))];
}

export function read(post: Taken): Posted {
  const body = JSON.parse(post.body) as { id: string; data: Pick<Event, 'kind' | 'upload' | 'details'> };
  const { kind, upload, details } = body.data;
  return { ...post, event: { id: body.id, kind, details, uploadId: upload?.id ?? null } };
}

/** A run that ended well is told as either. */
export const WELL = ['upload.succeeded', 'upload.recovered'] as const;

export function markerOf({ details }: Told): string {
  return errorOf(Number(details['complete_time']));
}

export function timeOf({ did }: Truth, action: Action): number {
  return did.find(({ does }) => does === action)?.at ?? 0;
}

export function count({ did }: Truth, ...actions: readonly Action[]): number {
  return did.filter(({ does }) => actions.includes(does)).length;
}

export function violation(promise: Violation['promise'], what: string): Violation {
  return { promise, what };
}
