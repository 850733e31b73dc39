// What reminders and tests say. Pure; no markup.
import type { Reminder, Standing } from '../notify/delivery-content.ts';
import { counted, oneLine, spanText } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import type { Said } from './said.ts';
import { standingItem } from './standing-item.ts';

export function reminderSaid({ uploads, more, asOf }: Reminder): Said {
  const [first] = uploads;
  const items = uploads.map((standing) => standingItem(standing, asOf));
  const ids = uploads.slice(0, MAX_IDS).map(({ upload }) => oneLine(upload.id, 60));
  const headline =
    first !== undefined && uploads.length + more === 1
      ? `${titleOf(first.upload, 60)} ${stillText(first.condition, spanText(asOf - first.since))}`
      : tally(uploads, more);
  return {
    headline: `Reminder: ${headline}`,
    lead: 'You have already been notified of this, and it still applies.',
    items,
    more,
    groups: [],
    note: `To get no more reminders until something changes:\nnomad-upload-monitor ack ${ids.join(' ')}`,
  };
}

export function testSaid(): Said {
  return {
    headline: 'Test: messages of the upload monitor arrive here',
    lead: 'This is a test. Nothing happened to any upload.',
    items: [],
    more: 0,
    groups: [],
    note: null,
  };
}

const MAX_IDS = 5;
/** How long it has been so. */
function stillText(condition: Standing['condition'], span: string): string {
  return condition === 'stuck' ? `has been stuck for ${span}` : `failed ${span} ago`;
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
