// What a message says, before anybody decides how it looks: subject, first line, items, notes. Pure; no markup.
import type { Content } from '../notify/delivery-content.ts';
import type { Event } from '../event.ts';
import { type Item, itemsOf } from './item.ts';
import type { Group, Said } from './said.ts';
import { reminderSaid, testSaid } from './reminder-text.ts';
import { summarySaid } from './summary-text.ts';
import { oneLine } from '../text/one-line.ts';
import { baselineLead } from './baseline-text.ts';
import { ORDER } from './event-text.ts';
import { headlineOf } from './headline.ts';

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

function leadOf(sorted: readonly Event[], headline: string): string {
  const [first] = sorted;
  if (first?.kind === 'monitor.baseline') {
    return baselineLead(first.details);
  }
  return /[.!?…]$/.test(headline) ? headline : `${headline}.`;
}
