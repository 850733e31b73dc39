// An upload with which something is wrong, as an item of a reminder or a summary. Pure; no markup.
import type { Standing } from '../notify/delivery-content.ts';
import { webLink } from '../text/links.ts';
import { oneLine, spanText } from '../text/one-line.ts';
import { titleOf } from '../upload.ts';
import type { Item } from './item.ts';

/** `asOf`: when it is said, ms. `named`: with its author. */
export function standingItem(
  { upload, condition, since, reason }: Standing,
  asOf: number,
  named: 'always' | 'others' | 'never' = 'others',
): Item {
  const isOthers = upload.role === 'coauthor' || upload.role === 'reviewer';
  const isNamed = named === 'always' || (named === 'others' && isOthers);
  return {
    uploadId: upload.id,
    title: titleOf(upload, 60),
    headline: `${stillText(condition, spanText(asOf - since))}${isNamed ? ` (by ${oneLine(upload.author, 40)})` : ''}`,
    tone: 'bad',
    link: webLink(upload.link),
    history: [],
    facts: [],
    lines: reason === null || reason === '' ? [] : [{ text: oneLine(reason, 300), link: null }],
    advice: null,
    time: since,
  };
}

function stillText(condition: Standing['condition'], span: string): string {
  switch (condition) {
    case 'failed':
      return `failed ${span} ago`;
    case 'stuck':
      return `stuck for ${span}`;
    case 'entries_failed':
      return `ended with failed entries ${span} ago`;
    case 'empty':
      return `ended empty ${span} ago`;
  }
}
