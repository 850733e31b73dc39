// What two accounts of one deployment find of the same thing: an upload that both see, or NOMAD itself. Whoever is notified for both of them
// learns it once.
import type { Event, EventKind } from '../event.ts';
import { HOUR } from '../text/durations.ts';

/** They say how NOMAD treats everybody. */
const OF_NOMAD: readonly EventKind[] = [
  'nomad.unreachable',
  'nomad.reachable',
  'nomad.processing_stalled',
  'nomad.processing_resumed',
];
/** They say what an account may see: to another one the same upload can still be there. */
const OF_ACCOUNT: readonly EventKind[] = ['upload.unshared'];

/** Longer ago it was another time. */
export const SAME_NEWS_WITHIN = HOUR;

/** Whether two events of different accounts of one deployment tell the same. */
export function isSameNews(a: Event, b: Event): boolean {
  if (a.kind !== b.kind || Math.abs(a.time - b.time) > SAME_NEWS_WITHIN) return false;
  if (a.upload === null || b.upload === null) return OF_NOMAD.includes(a.kind);
  if (a.upload.id !== b.upload.id || OF_ACCOUNT.includes(a.kind)) return false;
  return toldOf(a) === toldOf(b);
}

/** What it came to. What it was before depends on when each of the two last looked. */
function toldOf({ after }: Event): string {
  if (after === null) return '';
  const { status, process, errors, warnings, entries } = after;
  return JSON.stringify([status, process, errors, warnings, entries]);
}
