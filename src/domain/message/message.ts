// What a message says, before anybody decides how it looks: subject, first line, items, notes. Pure; no markup.
import type { Content } from '../notify/delivery-content.ts';
import type { Event, EventKind } from '../event.ts';
import { type Item, itemsOf } from './item.ts';
import type { Group, Said } from './said.ts';
import { reminderSaid, testSaid } from './reminder-text.ts';
import { summarySaid } from './summary-text.ts';
import { counted, oneLine } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import { baselineLead } from './baseline-text.ts';
import { nomadsCause } from './causes.ts';
import { ORDER, WORDS, againSuffix, eventPhrase, eventReason, fullReason, nomadHeadline } from './event-text.ts';

export interface Message {
  readonly subject: string;
  /** The first line people read after the subject. */
  readonly lead: string;
  readonly items: readonly Item[];
  /** What is not listed item by item; its number. */
  readonly more: number;
  /** Whose uploads they are, in a summary by author; else empty. */
  readonly groups: readonly Group[];
  /** What else there is to know, at the end; a line after the first is a command to copy. null: nothing. */
  readonly note: string | null;
  /** From the first to the last event, ms, where that is long: it was held, or could not be sent; null: it is news. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** The upload when the message is about one alone: messages about it form one thread. */
  readonly threadUploadId: string | null;
}

const MAX_ITEMS = 40;
/** Mail programs cut mails above 100 kB: the items have so much room, reckoned as HTML. */
const ROOM = 20_000;
const SUBJECT_LENGTH = 140;
/** A subject that names each upload is at most so long. */
const NAMES_LENGTH = 110;
const MAX_NAMED = 3;
const LONG = 600_000;

export function messageOf(content: Content): Message {
  switch (content.kind) {
    case 'events':
      return eventsMessage(content.events);
    case 'reminder':
      return standingMessage(reminderSaid(content));
    case 'summary':
      return standingMessage(summarySaid(content));
    case 'test':
      return standingMessage(testSaid());
  }
}

function standingMessage({ headline, items, more, groups, ...rest }: Said): Message {
  const shown = fitting(items);
  return {
    subject: oneLine(`[NOMAD] ${headline}`, SUBJECT_LENGTH),
    ...rest,
    items: shown,
    more: more + items.length - shown.length,
    groups: fittingGroups(groups),
    span: null,
    threadUploadId: null,
  };
}

function fittingGroups(groups: readonly Group[]): readonly Group[] {
  let room = fitting(groups.flatMap(({ items }) => items)).length;
  return groups.map((group) => {
    const items = group.items.slice(0, room);
    room -= items.length;
    return { ...group, items, more: group.more + group.items.length - items.length };
  });
}

/** `events` is not empty. */
function eventsMessage(events: readonly Event[]): Message {
  const sorted = events.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const ids = new Set(events.map((event) => event.upload?.id));
  const [only] = ids;
  const headline = headlineOf(sorted);
  const all = itemsOf(events);
  const items = fitting(all);
  const times = events.map(({ time }) => time);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  return {
    subject: oneLine(`[NOMAD] ${headline}`, SUBJECT_LENGTH),
    lead: leadOf(sorted, headline),
    items,
    more: all.length - items.length,
    groups: [],
    note: null,
    span: to - from >= LONG ? { from, to } : null,
    threadUploadId: ids.size === 1 ? (only ?? null) : null,
  };
}

function fitting(items: readonly Item[]): readonly Item[] {
  let room = ROOM;
  const end = items.slice(0, MAX_ITEMS).findIndex((item) => (room -= weightOf(item)) < 0);
  return items.slice(0, end === -1 ? MAX_ITEMS : Math.max(1, end));
}

function weightOf({ title, headline, link, history, lines, advice }: Item): number {
  const texts = [
    title,
    headline,
    link,
    advice,
    ...history.map(({ text }) => text),
    ...lines.flatMap((line) => [line.text, line.link]),
  ];
  return texts.reduce(
    (sum, text) => sum + (text ?? '').replace(/[&<>"']/g, '------').replace(/[^ -~]/g, '---').length,
    0,
  );
}

function headlineOf(sorted: readonly Event[]): string {
  const aboutNomad = sorted.filter((event) => event.upload === null);
  const aboutUploads = sorted.filter((event) => event.upload !== null);
  const nomad = [...new Set(aboutNomad.map(nomadHeadline))];
  return [...nomad, ...(aboutUploads.length > 0 ? [uploadsHeadline(aboutUploads)] : [])].join('; ');
}

function uploadsHeadline(sorted: readonly Event[]): string {
  const byUpload = Map.groupBy(sorted, (event) => event.upload?.id ?? '');
  const [events = []] = byUpload.values();
  if (byUpload.size === 1) {
    const time = Math.max(...events.map((event) => event.time));
    const last = events.find((event) => event.time === time);
    return `${nameOf(last, 60)} ${happened(events)}${last === undefined ? '' : because(last)}`;
  }
  const trouble = commonTrouble(sorted);
  if (trouble !== null) return `${trouble}: ${tally([...byUpload.values()])}`;
  const named = [...byUpload.values()].map((each) => `${nameOf(each[0], 30)} ${happened(each)}`).join(', ');
  return byUpload.size <= MAX_NAMED && named.length <= NAMES_LENGTH ? named : tally([...byUpload.values()]);
}

/** What is wrong with NOMAD, where all of them failed because of that; null: not so. */
function commonTrouble(events: readonly Event[]): string | null {
  const troubles = new Set(events.map((event) => nomadsCause(fullReason(event))?.what ?? null));
  const [only = null] = troubles;
  return troubles.size === 1 ? only : null;
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

/** `14 uploads failed, 2 recovered`: each upload once for each kind. */
function tally(byUpload: readonly (readonly Event[])[]): string {
  const counts = new Map<EventKind, number>();
  for (const events of byUpload) {
    for (const kind of new Set(events.map((event) => event.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map(([kind, count], index) => `${index === 0 ? counted(count, 'upload') : String(count)} ${WORDS[kind].many}`)
    .join(', ');
}

function leadOf(sorted: readonly Event[], headline: string): string {
  const [first] = sorted;
  if (first?.kind === 'monitor.baseline') {
    return baselineLead(first.details);
  }
  return /[.!?…]$/.test(headline) ? headline : `${headline}.`;
}
