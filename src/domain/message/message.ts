// What a message says, before anybody decides how it looks: subject, first line, items, notes. Pure; no markup.
import type { Content } from '../notify/delivery-content.ts';
import type { Event } from '../event.ts';
import { type Item, itemsOf } from './item.ts';
import { type Past, NOTHING_PAST } from './past.ts';
import type { Group, Said } from './said.ts';
import { reminderSaid, testSaid } from './reminder-text.ts';
import { summarySaid } from './summary-text.ts';
import { oneLine } from '../text/one-line.ts';
import { foundLine, spanLine } from '../text/time-format.ts';
import { baselineLead, baselineNote } from './baseline-text.ts';
import { ORDER } from './event-text.ts';
import { headlineOf, isNamedIn } from './headline.ts';
import { leadOf } from './lead.ts';

export interface Message {
  readonly subject: string;
  /** The first line people read after the subject, but for when it was; empty: only that. */
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
  /** When the last of it was found, ms; null: it is no news. */
  readonly foundAt: number | null;
  /** The upload when the message is about one alone: messages about it form one thread. */
  readonly threadUploadId: string | null;
}

const MAX_ITEMS = 40;
/** Mail programs cut mails above 100 kB: the items have so much room, reckoned as HTML. */
const ROOM = 20_000;
const SUBJECT_LENGTH = 140;
const LONG = 600_000;

/** The first line of a mail: what the subject does not say, and when it was. */
export function firstLine({ lead, span, foundAt }: Message, timeZone: string): string {
  const when = span === null ? (foundAt === null ? '' : foundLine(foundAt, timeZone)) : spanLine(span, timeZone);
  return [lead, when].filter((each) => each !== '').join(' ');
}

export function messageOf(content: Content, past: Past = NOTHING_PAST): Message {
  switch (content.kind) {
    case 'events':
      return eventsMessage(content.events, past);
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
    foundAt: null,
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
function eventsMessage(events: readonly Event[], past: Past): Message {
  const sorted = events.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const ids = new Set(events.map((event) => event.upload?.id));
  const [only] = ids;
  const headline = headlineOf(sorted);
  const [worst] = sorted;
  const isBaseline = worst?.kind === 'monitor.baseline';
  const all = itemsOf(events, past);
  const items = fitting(all);
  const times = events.map(({ time }) => time);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  return {
    subject: oneLine(`[NOMAD] ${headline}`, SUBJECT_LENGTH),
    lead: isBaseline ? baselineLead(worst.details) : leadOf(sorted, items, isNamedIn(sorted)),
    items,
    more: all.length - items.length,
    groups: [],
    note: isBaseline ? baselineNote(worst.details) : null,
    span: to - from >= LONG ? { from, to } : null,
    foundAt: isBaseline ? null : to,
    threadUploadId: ids.size === 1 ? (only ?? null) : null,
  };
}

function fitting(items: readonly Item[]): readonly Item[] {
  let room = ROOM;
  const end = items.slice(0, MAX_ITEMS).findIndex((item) => (room -= weightOf(item)) < 0);
  return items.slice(0, end === -1 ? MAX_ITEMS : Math.max(1, end));
}

function weightOf({ title, headline, link, history, facts, lines, advice, report }: Item): number {
  const texts: readonly (string | null | undefined)[] = [
    title,
    headline,
    link,
    advice,
    ...facts,
    report,
    ...history.map(({ text }) => text),
    ...lines.flatMap((line) => [line.text, line.link]),
  ];
  return texts.reduce(
    (sum, text) => sum + (text ?? '').replace(/[&<>"']/g, '------').replace(/[^ -~]/g, '---').length,
    0,
  );
}
