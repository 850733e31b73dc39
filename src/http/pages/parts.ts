// Pieces of pages: times, conditions, strips. All text from outside comes here as it is; the html helper escapes it, oneLine makes it one
// harmless line.
import { html, raw } from 'hono/html';
import type { Day, Run, RunResult } from '../../domain/history.ts';
import type { Condition } from '../../domain/overview.ts';
import { counted, spanText } from '../../domain/text.ts';
import { clockText, timeText } from '../../domain/times.ts';

export type Html = ReturnType<typeof html>;
export const NOTHING = raw('');

export interface When {
  readonly now: number;
  readonly timeZone: string;
}

/** `3 h ago`; the exact time for who points at it, and for machines. */
export function ago(time: number, { now, timeZone }: When): Html {
  const words = time > now ? `in ${spanText(time - now)}` : `${spanText(now - time)} ago`;
  return html`<time datetime="${new Date(time).toISOString()}" title="${timeText(time, timeZone)}">${words}</time>`;
}

export function at(time: number, { timeZone }: When): Html {
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

/** Told by sign and word, not by colour alone. */
export function badge(condition: Condition | null): Html {
  if (condition === null) return html`<span class="badge fine"><i aria-hidden="true">✓</i> fine</span>`;
  return html`<span class="badge ${condition}"
    ><i aria-hidden="true">${SIGNS[condition]}</i> ${CONDITION_WORDS[condition]}</span
  >`;
}

const RUN_WORDS: Readonly<Record<RunResult, string>> = {
  good: 'good',
  empty: 'empty',
  entries_failed: 'with failed entries',
  failed: 'failed',
};
const HEIGHTS: Readonly<Record<RunResult, number>> = { good: 6, empty: 6, entries_failed: 12, failed: 18 };
const CELL = 7;
const TALL = 18;

/** One bar a run, oldest first: the worse, the higher. */
export function runStrip(runs: readonly Run[], { timeZone }: When): Html {
  if (runs.length === 0) return NOTHING;
  const label = `Last ${counted(runs.length, 'run')}, oldest first: ${runs.map(({ result }) => RUN_WORDS[result]).join(', ')}`;
  const bars = runs.map(({ result, time }) => ({
    kind: result,
    height: HEIGHTS[result],
    words: `${clockText(time, timeZone)}: ${RUN_WORDS[result]}`,
  }));
  return strip(label, bars);
}

/** One bar a day: how much of it NOMAD was away. */
export function dayStrip(days: readonly Day[], { timeZone }: When): Html {
  const bad = days.filter(({ away }) => away > 0).length;
  const seen = days.filter(({ isBefore }) => !isBefore).length;
  const label =
    bad === 0
      ? `NOMAD answered on each of the ${counted(seen, 'day')} watched`
      : `NOMAD was away on ${bad} of ${counted(seen, 'day')}`;
  const bars = days.map((day) => {
    const { kind, height, words } = dayBar(day);
    return { kind, height, words: `${clockText(day.start, timeZone)} and 24 h on: ${words}` };
  });
  return strip(label, bars);
}

function dayBar({ isBefore, away }: Day): Bar {
  if (isBefore) return { kind: 'before', height: 2, words: 'not watched yet' };
  if (away === 0) return { kind: 'good', height: 6, words: 'there' };
  const share = Math.min(1, away / 86_400_000);
  return { kind: 'failed', height: 10 + Math.round(8 * share), words: `away for ${spanText(away)}` };
}

interface Bar {
  /** Its class: what the style sheet colours it by. */
  readonly kind: RunResult | 'before';
  readonly height: number;
  readonly words: string;
}

function strip(label: string, bars: readonly Bar[]): Html {
  const width = bars.length * CELL;
  return html`<svg
    class="strip"
    role="img"
    aria-label="${label}"
    width="${width}"
    height="${TALL}"
    viewBox="0 0 ${width} ${TALL}"
  >
    ${bars.map(
      ({ kind, height, words }, index) =>
        html`<rect
          class="${kind}"
          x="${index * CELL}"
          y="${TALL - height}"
          width="${CELL - 2}"
          height="${height}"
          rx="1"
        >
          <title>${words}</title>
        </rect>`,
    )}
  </svg>`;
}
