// Pieces of pages: times, numbers, conditions. All text from outside comes here as it is; the html helper escapes it, oneLine makes it one
// harmless line.
import { html, raw } from 'hono/html';
import type { Condition } from '../../domain/report/conditions.ts';
import { spanText } from '../../domain/text/one-line.ts';
import { timeText } from '../../domain/text/time-format.ts';

export type Html = ReturnType<typeof html>;
export const NO_HTML = raw('');

export interface When {
  readonly now: number;
  readonly timeZone: string;
}

/** `3 h ago`; the exact time for who points at it, and for machines. */
export function ago(time: number, { now, timeZone }: When): Html {
  const words = time > now ? `in ${spanText(time - now)}` : `${spanText(now - time)} ago`;
  return html`<time datetime="${new Date(time).toISOString()}" title="${timeText(time, timeZone)}">${words}</time>`;
}

export function timeHtml(time: number, { timeZone }: When): Html {
  return html`<time datetime="${new Date(time).toISOString()}">${timeText(time, timeZone)}</time>`;
}

export const CONDITION_WORDS: Readonly<Record<Condition, string>> = {
  failed: 'failed',
  stuck: 'stuck',
  entries_failed: 'entries failed',
  empty: 'empty',
  processing: 'processing',
  published: 'published',
};

const SIGNS: Readonly<Record<Condition, string>> = {
  failed: '✕',
  stuck: '‖',
  entries_failed: '▲',
  empty: '○',
  processing: '…',
  published: '✓',
};

/** By sign and word, not by colour alone. */
export function badge(condition: Condition | null): Html {
  if (condition === null) return html`<span class="badge fine"><i aria-hidden="true">✓</i> fine</span>`;
  return html`<span class="badge ${condition}"
    ><i aria-hidden="true">${SIGNS[condition]}</i> ${CONDITION_WORDS[condition]}</span
  >`;
}
