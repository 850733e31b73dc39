// The first line of a message about events: what its subject does not say. Mail programs show it beside the subject. Pure; no markup.
import type { Event } from '../event.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import { eventReason } from './event-text.ts';
import type { Item } from './item.ts';

const MAX_NAMES = 5;
const MAX_LENGTH = 250;

/**
 * `sorted`: worst first; `items`: what the message says of them. Empty: there is nothing to add but the time. `isNamed`: the subject
 * names each upload.
 */
export function leadOf(sorted: readonly Event[], items: readonly Item[], isNamed: boolean): string {
  const uploads = [...Map.groupBy(sorted, ({ upload }) => upload?.id ?? '').values()].filter(([each]) => each?.upload);
  const [item] = items;
  const [last] = newestFirst(sorted);
  if (uploads.length > 1) return oneLine(isNamed ? reasonsOf(uploads) : namesOf(uploads), MAX_LENGTH);
  if (last === undefined || item === undefined) return '';
  return [...(item.facts.length > 0 ? [`It ${item.facts.join(' and ')}.`] : []), ...sentencesOf(last)].join(' ');
}

/** Of what was found at the same time, the worst first. */
function newestFirst(sorted: readonly Event[]): readonly Event[] {
  return sorted.toSorted((a, b) => b.time - a.time);
}

function namesOf(uploads: readonly (readonly Event[])[]): string {
  const names = uploads.slice(0, MAX_NAMES).map(([event]) => (event?.upload ? titleOf(event.upload, 40) : ''));
  const more = uploads.length - names.length;
  return more > 0
    ? `${names.join(', ')} and ${more} more.`
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}.`;
}

function reasonsOf(uploads: readonly (readonly Event[])[]): string {
  const reasons = uploads.flatMap((events) => {
    const [event] = newestFirst(events);
    const reason = event === undefined ? null : eventReason(event);
    return event?.upload && reason !== null
      ? [{ name: titleOf(event.upload, 40), reason: reason.replace(/\.$/, '') }]
      : [];
  });
  const [first] = reasons;
  if (first === undefined) return '';
  const isSame = reasons.length === uploads.length && reasons.every(({ reason }) => reason === first.reason);
  if (isSame) return `For the same reason: ${first.reason}.`;
  return `${reasons.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}.`;
}

function sentencesOf(event: Event): readonly string[] {
  const { kind, after, details } = event;
  switch (kind) {
    case 'upload.entries_failed':
      return [usableOf(Number(details['entries']), Number(details['failed']))];
    case 'upload.stuck':
      return shownOf([after?.process, after?.message].filter((each) => typeof each === 'string'));
    case 'upload.unstuck':
      return [`It had not changed for ${spanText(Number(details['still_ms']))}.`];
    case 'upload.recovered':
    case 'upload.succeeded':
      return after === null || after.entries === 0 ? [] : [`It has ${counted(after.entries, 'entry')}.`];
    case 'upload.errors_changed':
      return [
        after === null || after.errors.length === 0
          ? 'You need not do anything.'
          : `It shows ${counted(after.errors.length, 'error')} now.`,
      ];
    case 'upload.deleted':
      return ['If you did not delete it, ask its authors.'];
    case 'upload.unshared':
      return ['If that is a mistake, ask its main author.'];
    case 'nomad.unreachable':
      return ['Your uploads cannot be watched until it answers again.'];
    case 'nomad.login_refused':
      return ['Your uploads cannot be watched until this is fixed.'];
    case 'nomad.token_expiring':
      return ['After that your uploads cannot be watched.'];
    case 'nomad.reachable':
    case 'nomad.login_restored':
      return ['Your uploads are being watched again.'];
    case 'nomad.processing_stalled':
    case 'nomad.processing_resumed':
      return ['You need not do anything about your uploads.'];
    default:
      return [];
  }
}

function shownOf(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [`NOMAD shows: ${oneLine(texts.join(', '), 150)}.`];
}

function usableOf(entries: number, failed: number): string {
  const good = entries - failed;
  if (!(good > 0)) return 'None of its entries can be used.';
  return `The other ${good === 1 ? 'entry' : counted(good, 'entry')} can be used.`;
}
