// What happened, in one line: the subject of a message about events. Pure; no markup.
import type { Event, EventKind } from '../event.ts';
import { counted } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import { latest } from './item.ts';
import { nomadsCause } from './causes.ts';
import {
  ORDER,
  WORDS,
  againSuffix,
  eventPhrase,
  eventReason,
  fullReason,
  nomadHeadline,
  ofSeveral,
} from './event-text.ts';

/** Names of uploads make a line at most so long. */
const NAMES_LENGTH = 110;
const MAX_NAMED = 3;

/** `sorted`: worst first. */
export function headlineOf(sorted: readonly Event[]): string {
  const aboutNomad = sorted.filter((event) => event.upload === null);
  const aboutUploads = sorted.filter((event) => event.upload !== null);
  const nomad = [...new Set(aboutNomad.map(nomadHeadline))];
  return [...nomad, ...(aboutUploads.length > 0 ? [uploadsHeadline(aboutUploads)] : [])].join('; ');
}

/** Whether it names each upload. */
export function isNamedIn(sorted: readonly Event[]): boolean {
  return namedOf(uploadsIn(sorted)) !== null;
}

function uploadsIn(sorted: readonly Event[]): readonly (readonly Event[])[] {
  const about = sorted.filter((event) => event.upload !== null);
  return [...Map.groupBy(about, (event) => event.upload?.id ?? '').values()];
}

function uploadsHeadline(sorted: readonly Event[]): string {
  const byUpload = uploadsIn(sorted);
  const [events = []] = byUpload;
  if (byUpload.length === 1) {
    const [last] = latest(events);
    return `${nameOf(last, 60)} ${happened(events)}${last === undefined ? '' : because(last)}`;
  }
  const trouble = commonTrouble(sorted);
  if (trouble !== null) return `${trouble}: ${tally(byUpload)}`;
  return namedOf(byUpload) ?? tally(byUpload);
}

/** What is wrong with NOMAD, where all of them failed because of that; null: not so. */
function commonTrouble(events: readonly Event[]): string | null {
  const troubles = new Set(events.map((event) => nomadsCause(fullReason(event))?.what ?? null));
  const [only = null] = troubles;
  return troubles.size === 1 ? only : null;
}

/** `a and b failed, c is stuck`; null: there are too many, or their names are too long. */
function namedOf(byUpload: readonly (readonly Event[])[]): string | null {
  if (byUpload.length > MAX_NAMED) return null;
  const alike = [...Map.groupBy(byUpload, happened)].flatMap(([phrase, uploads]) => {
    const names = uploads.map(([event]) => nameOf(event, 30));
    // What has a number or a comma in it is said of each.
    if (names.length === 1 || /[\d,]/.test(phrase)) return names.map((name) => `${name} ${phrase}`);
    return [`${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} ${ofSeveral(phrase)}`];
  });
  const named = alike.join(', ');
  return named.length <= NAMES_LENGTH ? named : null;
}

/** In the order in which it happened; many things: where it ended up. */
function happened(events: readonly Event[]): string {
  const inTime = events.toSorted((a, b) => a.time - b.time);
  const words = inTime.map((event) => `${eventPhrase(event)}${againSuffix(event)}`);
  const last = words.at(-1) ?? '';
  return words.length > 3 ? `${last}, after ${counted(words.length - 1, 'other change')}` : words.join(', ');
}

function nameOf(event: Event | undefined, limit: number): string {
  return event?.upload ? titleOf(event.upload, limit) : '';
}

function because(event: Event): string {
  const reason = eventReason(event);
  return reason === null ? '' : `: ${reason}`;
}

/** `14 uploads failed, 2 recovered`, `3 uploads: 1 failed, 2 stuck`: each upload once, by where it ended up. */
function tally(byUpload: readonly (readonly Event[])[]): string {
  const ends = byUpload.flatMap((events) => latest(events)[0]?.kind ?? []);
  const counts = [...Map.groupBy(ends, (kind) => kind)]
    .map(([kind, all]) => [kind, all.length] as const)
    .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const [first] = counts;
  const all = counted(byUpload.length, 'upload');
  if (first !== undefined && counts.length === 1) return `${all} ${ofSeveral(WORDS[first[0]].one)}`;
  const isVerb = counts.every(([kind]) => isSaidOfAny(kind));
  const parts = counts.map(([kind, count]) => `${count} ${WORDS[kind].many}`);
  if (first === undefined || !isVerb) return `${all}: ${parts.join(', ')}`;
  return [`${counted(first[1], 'upload')} ${WORDS[first[0]].many}`, ...parts.slice(1)].join(', ');
}

/** Its word needs no `is` or `has`: it can follow any number. */
function isSaidOfAny(kind: EventKind): boolean {
  return ofSeveral(WORDS[kind].one) === WORDS[kind].one;
}
