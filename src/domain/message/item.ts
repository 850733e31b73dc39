// The items of a message: one for each upload that something happened to, or one for many that failed for the same reason. Pure; no markup.
import type { Event } from '../event.ts';
import { eventReport } from '../report/support-upload.ts';
import { webLink } from '../text/links.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import { adviceOf, commonAdvice } from './advice.ts';
import { nomadsCause } from './causes.ts';
import type { Past } from './past.ts';
import {
  ORDER,
  WORDS,
  againSuffix,
  eventPhrase,
  eventReason,
  fullReason,
  linesOf,
  nomadHeadline,
  ofSeveral,
  processOf,
} from './event-text.ts';

export interface Line {
  readonly text: string;
  /** Where it can be looked at; null: nowhere. */
  readonly link: string | null;
}

export interface Item {
  /** null: it is about NOMAD, or about several. */
  readonly uploadId: string | null;
  readonly title: string;
  readonly headline: string;
  readonly tone: 'bad' | 'good' | 'plain';
  readonly link: string | null;
  /** Several things that happened to it, in their order; empty: one thing, which is in the headline. ms. */
  readonly history: readonly { readonly time: number; readonly text: string }[];
  /** What else is known of it: `ran for 12 min`, `last went well 3 days earlier`. */
  readonly facts: readonly string[];
  readonly lines: readonly Line[];
  /** Lines, the ones after the first commands to copy. */
  readonly advice: string | null;
  /** A text to copy for NOMAD's administrators, in lines; absent: none. */
  readonly report?: string;
  /** The last event, ms since the epoch. */
  readonly time: number;
}

/** With more items than this, uploads that failed for the same reason are one. */
const FEW = 8;
/** With more than this, a text to copy for each would hide what the mail is about. */
const FEW_REPORTS = 3;
/** So many of the same reason are worth it; of a reason that lies with NOMAD. */
const ALIKE = 3;
const TOGETHER = 2;
const MAX_NAMES = 10;
const MAX_HISTORY = 8;

/** Worst first. `events` in the order found. Uploads that failed because of NOMAD are one item: it is about NOMAD, not about them. */
export function itemsOf(events: readonly Event[], past: Past): readonly Item[] {
  const groups = [...byUpload(events)].sort((a, b) => rank(a) - rank(b));
  const hasReports = groups.length <= FEW_REPORTS;
  const itemOf = (group: readonly Event[]) => {
    const item = itemOfGroup(group, past);
    return hasReports ? withReport(item, group, past) : item;
  };
  const isLong = groups.length > FEW;
  const sets = [...Map.groupBy(groups, (group) => keyOf(group, isLong)).values()];
  // Array.sort is stable: among the equally bad, what concerns most uploads comes first.
  const sorted = isLong ? sets.sort((a, b) => rank(a.flat()) - rank(b.flat()) || b.length - a.length) : sets;
  return sorted.flatMap((same) =>
    same.length >= (isNomads(same) ? TOGETHER : ALIKE) ? [sameItem(same.flat())] : same.map(itemOf),
  );
}

/** The same for what may become one item. */
function keyOf(group: readonly Event[], isLong: boolean): string {
  const [first, ...more] = group;
  if (first === undefined) return '';
  if (first.upload === null || more.length > 0) return `${first.id} itself`;
  const cause = nomadsCause(fullReason(first));
  if (cause !== null) return `${first.kind} ${processOf(first) ?? ''} ${cause.what}`;
  return isLong ? `${first.kind} ${commonReason(first) ?? ''}` : `${first.id} itself`;
}

/** What may be the reason of several. */
function commonReason(event: Event): string | null {
  return event.kind === 'upload.entries_failed' ? fullReason(event) : eventReason(event);
}

function isNomads(groups: readonly (readonly Event[])[]): boolean {
  const [first] = groups.flat();
  return first !== undefined && nomadsCause(fullReason(first)) !== null;
}

/** Those of NOMAD itself stay by themselves. */
function byUpload(events: readonly Event[]): readonly Event[][] {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const key = event.upload === null ? `event ${event.id}` : `upload ${event.upload.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}

/** By where it ended up. */
function rank(group: readonly Event[]): number {
  return Math.min(...latest(group).map(({ kind }) => ORDER.indexOf(kind)));
}

/** What was found at the same time as the last. */
export function latest(group: readonly Event[]): readonly Event[] {
  const time = Math.max(...group.map((event) => event.time));
  return group.filter((event) => event.time === time);
}

function itemOfGroup(group: readonly Event[], past: Past): Item {
  const last = latest(group).toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const [main] = last;
  if (main === undefined) throw new Error('an item is about an event');
  const { upload, kind, time } = main;
  const isGone = kind === 'upload.deleted' || kind === 'upload.unshared';
  const isOver = kind === 'upload.errors_changed' && main.after?.errors.length === 0;
  const earlier = group.length > last.length ? group.slice(-MAX_HISTORY) : [];
  return {
    uploadId: upload?.id ?? null,
    title: titleOfItem(main),
    headline: last.map((event) => headlineOf(event)).join(', '),
    tone: isOver ? 'good' : WORDS[kind].tone,
    link: isGone ? null : webLink(upload?.link),
    history: earlier.map((event) => ({ time: event.time, text: historyText(event) })),
    facts: factsOfRun(main, past),
    lines: last.flatMap(linesOf),
    advice: last.map(adviceOf).find((advice) => advice !== null) ?? null,
    time,
  };
}

function factsOfRun({ id, time, details }: Event, { wentWell }: Past): readonly string[] {
  const [took, good] = [details['took_ms'], wentWell.get(id)];
  return [
    ...(typeof took === 'number' ? [`ran for ${spanText(took)}`] : []),
    ...(good === undefined ? [] : [`last went well ${spanText(time - good)} earlier`]),
  ];
}

function withReport(item: Item, group: readonly Event[], { attempts }: Past): Item {
  const [report] = latest(group).flatMap((event) => eventReport(event, attempts.get(event.id) ?? null) ?? []);
  return report === undefined ? item : { ...item, report };
}

function historyText(event: Event): string {
  const reason = eventReason(event);
  return `${headlineOf(event)}${reason === null ? '' : `: ${reason}`}`;
}

function sameItem(events: readonly Event[]): Item {
  const [first] = events;
  if (first === undefined) throw new Error('an item is about an event');
  const names = events
    .slice(0, MAX_NAMES)
    .map((event) => ({ text: titleOfItem(event), link: webLink(event.upload?.link) }));
  const more = events.length - names.length;
  const reason = commonReason(first);
  const why = reason === null ? '' : `: ${reason}`;
  const what = ofSeveral(WORDS[first.kind].one);
  const cause = nomadsCause(fullReason(first));
  const isGone = first.kind === 'upload.deleted' || first.kind === 'upload.unshared';
  return {
    uploadId: null,
    title: cause === null ? counted(events.length, 'upload') : 'NOMAD',
    headline: cause === null ? `${what}${why}` : `${counted(events.length, 'upload')} ${what}${why}`,
    tone: WORDS[first.kind].tone,
    link: null,
    history: [],
    facts: [],
    lines: [
      ...names.map((line) => (isGone ? { ...line, link: null } : line)),
      ...(more > 0 ? [{ text: `… and ${more} more`, link: null }] : []),
    ],
    advice: commonAdvice(first),
    time: Math.max(...events.map(({ time }) => time)),
  };
}

function titleOfItem({ upload, kind }: Event): string {
  if (upload === null) return kind === 'monitor.baseline' ? 'All uploads' : 'NOMAD';
  return titleOf(upload, 60);
}

function headlineOf(event: Event): string {
  if (event.kind === 'monitor.baseline') return 'watching started';
  if (event.upload === null)
    return nomadHeadline({ ...event, details: { ...event.details, problem: null } }).replace(/^NOMAD /, '');
  return `${eventPhrase(event)}${againSuffix(event)}${byAuthor(event)}`;
}

/** Whose it is, where it is not one's own. */
function byAuthor({ upload }: Event): string {
  const isOthers = upload?.role === 'coauthor' || upload?.role === 'reviewer';
  return isOthers ? ` (by ${oneLine(upload.author, 40)})` : '';
}
