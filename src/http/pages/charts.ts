// Strips: one bar a run, or a day. The worse, the higher; what a bar stands for is also given in words.
import { html } from 'hono/html';
import type { Day, Run, RunResult } from '../../domain/report/run-history.ts';
import { DAY } from '../../domain/text/durations.ts';
import { counted, spanText } from '../../domain/text/one-line.ts';
import { clockText } from '../../domain/text/time-format.ts';
import { type Html, NO_HTML, type When } from './components.ts';

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
  if (runs.length === 0) return NO_HTML;
  const label = `Last ${counted(runs.length, 'run')}, oldest first: ${runs.map(({ result }) => RUN_WORDS[result]).join(', ')}`;
  const bars = runs.map(({ result, time, took }) => ({
    kind: result,
    time,
    height: HEIGHTS[result],
    words: `${clockText(time, timeZone)}: ${RUN_WORDS[result]}${took === null ? '' : `, took ${spanText(took)}`}`,
  }));
  return strip(label, bars);
}

/** What the bars of runs mean, for the eye alone: to those who listen each strip says it in words. */
export function legend(title: string): Html {
  const kinds = ['good', 'empty', 'entries_failed', 'failed'] as const;
  return html`<p class="legend" aria-hidden="true">
    ${title} ${kinds.map((kind) => html`<span>${swatch(kind)} ${RUN_WORDS[kind]}</span>`)}
  </p>`;
}

function swatch(kind: RunResult): Html {
  return html`<svg class="strip" width="5" height="${TALL}">
    <rect class="${kind}" y="${TALL - HEIGHTS[kind]}" width="5" height="${HEIGHTS[kind]}" rx="1" />
  </svg>`;
}

/** One bar a day that was watched: how much of it NOMAD was away. */
export function dayStrip(days: readonly Day[], { timeZone }: When): Html {
  const watched = days.filter(({ isBefore }) => !isBefore);
  if (watched.length === 0) return NO_HTML;
  const bad = watched.filter(({ away }) => away > 0).length;
  const label =
    bad === 0
      ? `NOMAD, by day, oldest first: no outage seen`
      : `NOMAD was unreachable on ${bad} of ${counted(watched.length, 'day')}`;
  const bars = watched.map((day) => {
    const { kind, height, words } = dayBar(day);
    return { kind, height, time: day.start, words: `${clockText(day.start, timeZone)} (24 h): ${words}` };
  });
  return strip(label, bars);
}

function dayBar({ away }: Day): Omit<Bar, 'time'> {
  if (away === 0) return { kind: 'good', height: 6, words: 'no outage seen' };
  const share = Math.min(1, away / DAY);
  return { kind: 'failed', height: 10 + Math.round(8 * share), words: `unreachable for ${spanText(away)}` };
}

interface Bar {
  /** Its class: what the style sheet colours it by. */
  readonly kind: RunResult;
  readonly height: number;
  /** ms; its words begin with it. */
  readonly time: number;
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
      ({ kind, height, time, words }, index) =>
        html`<rect
          class="${kind}"
          x="${index * CELL}"
          y="${TALL - height}"
          width="${CELL - 2}"
          height="${height}"
          rx="1"
        >
          <title data-time="${new Date(time).toISOString()}">${words}</title>
        </rect>`,
    )}
  </svg>`;
}
