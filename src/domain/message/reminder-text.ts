// What reminders, summaries and tests say. Pure; no markup.
import type { Digest, Reminder, Standing } from '../notify/delivery-content.ts';
import { EVENT_KINDS } from '../event.ts';
import type { Item } from './item.ts';
import { webLink } from '../text/links.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import { WORDS } from './event-text.ts';

/** A message, but for what only events have. */
export interface Said {
  readonly headline: string;
  readonly lead: string;
  readonly items: readonly Item[];
  readonly more: number;
  readonly note: string | null;
}

export function reminderSaid({ uploads, more, asOf }: Reminder): Said {
  const [first] = uploads;
  const items = uploads.map((standing) => itemOf(standing, asOf));
  const ids = uploads.slice(0, MAX_IDS).map(({ upload }) => oneLine(upload.id, 60));
  const headline =
    first !== undefined && uploads.length + more === 1
      ? `${titleOf(first.upload, 60)} ${stillText(first.condition, spanText(asOf - first.since)).of}`
      : tally(uploads, more);
  return {
    headline: `Reminder: ${headline}`,
    lead: 'You have already been notified of this, and it still applies.',
    items,
    more,
    note: `To get no more reminders until something changes:\nnomad-upload-monitor ack ${ids.join(' ')}`,
  };
}

export function digestSaid({ from, to, uploads, counts, standing, more, events }: Digest): Said {
  const { failed, stuck, processing } = counts;
  const happened = EVENT_KINDS.filter((kind) => (events[kind] ?? 0) > 0 && kind.startsWith('upload.'));
  const since = `in the last ${spanText(to - from)}`;
  const now = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stuck > 0 ? [`${stuck} stuck`] : []),
    ...(counts.entries_failed > 0 ? [`${counts.entries_failed} with failed entries`] : []),
    ...(processing > 0 ? [`${processing} being processed`] : []),
  ];
  const changes =
    happened.length === 0
      ? `Nothing happened ${since}`
      : `What happened ${since}: ${happened.map((kind) => `${String(events[kind])} ${WORDS[kind].many}`).join(', ')}`;
  const isQuiet = now.length === 0 && happened.length === 0;
  return {
    headline: now.length === 0 ? `Summary: ${allFine(uploads)}` : `Summary: ${now.join(', ')}`,
    lead: isQuiet
      ? `Nothing is failed, stuck or being processed, and nothing happened ${since}.`
      : `${now.length === 0 ? 'Nothing is failed, stuck or being processed' : `Of ${counted(uploads, 'upload')}: ${now.join(', ')}`}. ${changes}.`,
    items: standing.map((each) => itemOf(each, to)),
    more,
    note: null,
  };
}

function allFine(uploads: number): string {
  if (uploads === 0) return 'no uploads';
  return uploads === 1 ? '1 upload is fine' : `all ${uploads} uploads are fine`;
}

export function testSaid(): Said {
  return {
    headline: 'Test: messages of the upload monitor arrive here',
    lead: 'This is a test. Nothing happened to any upload.',
    items: [],
    more: 0,
    note: null,
  };
}

const MAX_IDS = 5;
/** How long it has been so, said of the upload and in a line of its own. */
function stillText(condition: Standing['condition'], span: string): { readonly of: string; readonly alone: string } {
  if (condition === 'failed') return { of: `failed ${span} ago`, alone: `failed ${span} ago` };
  if (condition === 'stuck') return { of: `has been stuck for ${span}`, alone: `stuck for ${span}` };
  return { of: `has been processing for ${span}`, alone: `processing for ${span}` };
}

function tally(uploads: readonly Standing[], more: number): string {
  const count = (condition: Standing['condition']) => uploads.filter((each) => each.condition === condition).length;
  if (more > 0) return `${uploads.length + more} uploads are still failed or stuck`;
  const parts = [
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('stuck') > 0 ? [`${count('stuck')} stuck`] : []),
  ];
  return `${counted(uploads.length, 'upload')} still need attention: ${parts.join(', ')}`;
}

function itemOf({ upload, condition, since, reason }: Standing, asOf: number): Item {
  const isOthers = upload.role === 'coauthor' || upload.role === 'reviewer';
  return {
    title: titleOf(upload, 60),
    headline: `${stillText(condition, spanText(asOf - since)).alone}${isOthers ? ` (by ${oneLine(upload.author, 40)})` : ''}`,
    tone: condition === 'processing' ? 'plain' : 'bad',
    link: webLink(upload.link),
    history: [],
    lines: reason === null || reason === '' ? [] : [{ text: oneLine(reason, 300), link: null }],
    advice: null,
    time: asOf,
  };
}
