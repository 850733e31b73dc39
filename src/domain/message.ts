// What a message says, before anybody decides how it looks: subject, headlines, reasons, what to do. Pure; no markup.
import type { Content, Digest, Reminder, Standing } from './content.ts';
import type { Event, EventKind } from './events.ts';
import { counted, oneLine, spanText } from './text.ts';
import { titleOf } from './upload.ts';
import { ORDER, WORDS, adviceOf, again, detail, headlineWords, linesOf, reasonOf, sinceOf } from './wording.ts';

export interface Message {
  readonly subject: string;
  /** The first line people read after the subject. */
  readonly lead: string;
  readonly items: readonly Item[];
  /** Events that are not listed one by one; their number. */
  readonly more: number;
  /** The upload when the message is about one alone: messages about it form one thread. */
  readonly threadUploadId: string | null;
}

export interface Item {
  readonly title: string;
  readonly headline: string;
  readonly tone: 'bad' | 'good' | 'plain';
  readonly link: string | null;
  readonly lines: readonly string[];
  readonly advice: string | null;
  /** ms since the epoch. */
  readonly time: number;
}

const MOST_ITEMS = 50;
const SUBJECT_LENGTH = 140;

export function messageOf(content: Content): Message {
  switch (content.kind) {
    case 'events':
      return eventsMessage(content.events);
    case 'reminder':
      return reminderMessage(content);
    case 'digest':
      return digestMessage(content);
    case 'test':
      return plain('Test: notifications of the upload monitor arrive here', [], 0);
  }
}

function reminderMessage({ uploads, more, asOf }: Reminder): Message {
  const items = uploads.map((standing) => standingItem(standing, asOf));
  return plain(`Reminder: ${counted(uploads.length + more, 'upload')} still need somebody`, items, more);
}

function digestMessage({ standing, more, to, counts, uploads }: Digest): Message {
  const items = standing.map((each) => standingItem(each, to));
  return plain(`Summary: ${counts.failed} of ${counted(uploads, 'upload')} failed`, items, more);
}

function plain(headline: string, items: readonly Item[], more: number): Message {
  return { subject: `[NOMAD] ${headline}`, lead: `${headline}.`, items, more, threadUploadId: null };
}

function standingItem({ upload, condition, since, reason }: Standing, asOf: number): Item {
  return {
    title: oneLine(titleOf(upload), 60),
    headline: `${condition} for ${spanText(asOf - since)}`,
    tone: condition === 'processing' ? 'plain' : 'bad',
    link: upload.link,
    lines: reason === null ? [] : [oneLine(reason, 300)],
    advice: null,
    time: asOf,
  };
}

/** `events` is not empty. */
function eventsMessage(events: readonly Event[]): Message {
  const sorted = events.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const ids = new Set(events.map((event) => event.upload?.id));
  const [only] = ids;
  const headline = headlineOf(sorted);
  return {
    subject: oneLine(`[NOMAD] ${headline}`, SUBJECT_LENGTH),
    lead: leadOf(sorted, headline),
    items: sorted.slice(0, MOST_ITEMS).map(itemOf),
    more: Math.max(0, sorted.length - MOST_ITEMS),
    threadUploadId: ids.size === 1 ? (only ?? null) : null,
  };
}

function headlineOf(sorted: readonly Event[]): string {
  const [first] = sorted;
  if (first === undefined) return 'nothing to tell';
  const aboutNomad = sorted.filter((event) => event.upload === null);
  const aboutUploads = sorted.filter((event) => event.upload !== null);
  const parts = [...aboutNomad.map(nomadHeadline), ...(aboutUploads.length > 0 ? [uploadsHeadline(aboutUploads)] : [])];
  return parts.join('; ');
}

function nomadHeadline(event: Event): string {
  const { one } = WORDS[event.kind];
  if (event.kind === 'monitor.baseline') return baselineHeadline(event);
  if (event.kind === 'nomad.token_expiring') return `NOMAD_TOKEN ends in ${spanText(sinceOf(event, 'expires'))}`;
  if (event.kind === 'nomad.unreachable')
    return `NOMAD has been unreachable for ${spanText(sinceOf(event))}${because(event)}`;
  if (event.kind === 'nomad.reachable') return `${one} after ${spanText(sinceOf(event))}`;
  return one;
}

function uploadsHeadline(sorted: readonly Event[]): string {
  const [first] = sorted;
  const aboutOne = new Set(sorted.map((event) => event.upload?.id)).size === 1;
  if (!aboutOne || first === undefined) return tally(sorted);
  const words = sorted.map((event) => `${headlineWords(event)}${again(event)}`).join(', ');
  return `${titleOfEvent(first)} ${words}${because(first)}`;
}

function because(event: Event): string {
  const reason = reasonOf(event);
  return reason === null ? '' : `: ${reason}`;
}

/** `14 uploads failed, 2 recovered`. */
function tally(sorted: readonly Event[]): string {
  const counts = new Map<EventKind, number>();
  for (const event of sorted) counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count], index) => `${index === 0 ? counted(count, 'upload') : String(count)} ${WORDS[kind].many}`)
    .join(', ');
}

function baselineHeadline(event: Event): string {
  const failed = detail(event, 'failed');
  return `Now watching ${counted(Number(detail(event, 'uploads')), 'upload')}${Number(failed) > 0 ? `, ${failed} of them failed` : ''}`;
}

function leadOf(sorted: readonly Event[], headline: string): string {
  const [first] = sorted;
  if (first?.kind === 'monitor.baseline') {
    return `${headline}. From now on you are told what changes; what happened before is not told.`;
  }
  return `${headline}.`;
}

function itemOf(event: Event): Item {
  return {
    title: titleOfItem(event),
    headline: headlineOfItem(event),
    tone: event.kind === 'upload.errors_changed' && event.after?.errors.length === 0 ? 'good' : WORDS[event.kind].tone,
    link: event.kind === 'upload.deleted' || event.kind === 'upload.unshared' ? null : (event.upload?.link ?? null),
    lines: linesOf(event),
    advice: adviceOf(event),
    time: event.time,
  };
}

function titleOfItem(event: Event): string {
  if (event.upload !== null) return titleOfEvent(event);
  return event.kind === 'monitor.baseline' ? 'All uploads' : 'NOMAD';
}

function headlineOfItem(event: Event): string {
  if (event.kind === 'monitor.baseline') return 'watching begins';
  if (event.upload === null)
    return nomadHeadline({ ...event, details: { ...event.details, problem: null } }).replace(/^NOMAD /, '');
  return `${headlineWords(event)}${again(event)}`;
}

function titleOfEvent(event: Event): string {
  return event.upload === null ? '' : oneLine(titleOf(event.upload), 60);
}
