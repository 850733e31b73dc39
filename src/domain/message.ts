// What a message says, before anybody decides how it looks: subject, headlines, reasons, what to do. Pure; no markup.
import { type Event, type EventKind } from './events.ts';
import { counted, oneLine } from './text.ts';
import { titleOf } from './upload.ts';

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
const MOST_LINES = 5;
const SUBJECT_LENGTH = 140;

/** What each kind is called: of one upload, and of many at once. Worst first: that is also the order in a message. */
const WORDS: Readonly<Record<EventKind, { readonly one: string; readonly many: string; readonly tone: Item['tone'] }>> =
  {
    'upload.failed': { one: 'failed', many: 'failed', tone: 'bad' },
    'upload.errors_changed': { one: 'errors changed', many: 'with changed errors', tone: 'bad' },
    'upload.deleted': { one: 'was deleted', many: 'deleted', tone: 'bad' },
    'upload.unshared': { one: 'is no longer shared with you', many: 'no longer shared', tone: 'bad' },
    'upload.recovered': { one: 'recovered', many: 'recovered', tone: 'good' },
    'upload.succeeded': { one: 'succeeded', many: 'succeeded', tone: 'good' },
    'upload.published': { one: 'was published', many: 'published', tone: 'good' },
    'upload.created': { one: 'is new', many: 'new', tone: 'plain' },
    'upload.started': { one: 'is being processed', many: 'started', tone: 'plain' },
    'upload.warnings_changed': { one: 'warnings changed', many: 'with changed warnings', tone: 'plain' },
    'monitor.baseline': { one: 'is being watched', many: 'watched', tone: 'plain' },
  };
const ORDER = Object.keys(WORDS);

/** `events` is not empty. */
export function messageOf(events: readonly Event[]): Message {
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
  if (first.kind === 'monitor.baseline') return baselineHeadline(first);
  const aboutOne = new Set(sorted.map((event) => event.upload?.id)).size === 1;
  if (!aboutOne) return tally(sorted);
  const reason = reasonOf(first);
  const words = sorted.map((event) => WORDS[event.kind].one).join(', ');
  return `${titleOfEvent(first)} ${words}${again(first)}${reason === null ? '' : `: ${reason}`}`;
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
  const { uploads, failed } = event.details;
  return `Now watching ${counted(Number(uploads), 'upload')}${Number(failed) > 0 ? `, ${String(failed)} of them failed` : ''}`;
}

function leadOf(sorted: readonly Event[], headline: string): string {
  const [first] = sorted;
  if (first?.kind === 'monitor.baseline') {
    return `${headline}. From now on you are told what changes; what happened before is not told.`;
  }
  return `${headline}.`;
}

function itemOf(event: Event): Item {
  const { one, tone } = WORDS[event.kind];
  return {
    title: event.upload === null ? 'All uploads' : titleOfEvent(event),
    headline: event.upload === null ? 'watching begins' : `${one}${again(event)}`,
    tone: event.kind === 'upload.errors_changed' && event.after?.errors.length === 0 ? 'good' : tone,
    link: event.kind === 'upload.deleted' || event.kind === 'upload.unshared' ? null : (event.upload?.link ?? null),
    lines: linesOf(event),
    advice: adviceOf(event),
    time: event.time,
  };
}

function titleOfEvent(event: Event): string {
  return event.upload === null ? '' : oneLine(titleOf(event.upload), 60);
}

function again(event: Event): string {
  return event.kind === 'upload.failed' && event.details['again'] === true ? ' again' : '';
}

/** Why, in one line: NOMAD's last error is the one that ended the run. */
function reasonOf(event: Event): string | null {
  if (event.kind !== 'upload.failed' && event.kind !== 'upload.errors_changed') return null;
  if (event.kind === 'upload.errors_changed' && event.after?.errors.length === 0) return 'none left';
  return oneLine(event.after?.errors.at(-1) ?? event.after?.message ?? 'NOMAD gives no reason', 120);
}

function linesOf(event: Event): readonly string[] {
  if (event.kind === 'monitor.baseline') {
    const { uploads, failed, succeeded, processing, published } = event.details;
    return [
      `Uploads: ${String(uploads)}`,
      `Failed: ${String(failed)}`,
      `Succeeded: ${String(succeeded)}`,
      `Being processed: ${String(processing)}`,
      `Published: ${String(published)}`,
    ];
  }
  if (event.kind === 'upload.failed' || event.kind === 'upload.errors_changed') {
    return listed(
      event.after?.errors ?? [],
      event.kind === 'upload.failed' ? 'NOMAD gives no reason.' : 'No errors are left.',
    );
  }
  if (event.kind === 'upload.warnings_changed') return listed(event.after?.warnings ?? [], 'No warnings are left.');
  if (event.kind === 'upload.recovered' || event.kind === 'upload.succeeded') {
    const entries = event.after?.entries ?? 0;
    return [entries === 1 ? '1 entry' : `${entries} entries`];
  }
  return [];
}

function listed(texts: readonly string[], none: string): readonly string[] {
  if (texts.length === 0) return [none];
  const shown = texts.slice(-MOST_LINES).map((text) => oneLine(text, 300));
  return texts.length > MOST_LINES ? [...shown, `… and ${texts.length - MOST_LINES} more`] : shown;
}

function adviceOf(event: Event): string | null {
  switch (event.kind) {
    case 'upload.failed':
      return 'Open the upload, mend or remove the files named above, and process it again.';
    case 'upload.deleted':
      return 'NOMAD answers that this upload does not exist any more. If you did not delete it, ask its authors.';
    case 'upload.unshared':
      return 'NOMAD answers that you have no access to it any more. If that is not wanted, ask its main author.';
    default:
      return null;
  }
}
