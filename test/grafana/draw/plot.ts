// Answers over time as SVG: lines, bars on one another, a heatmap, states as bands, the small line under a number.
import type { Series } from '../../support/prometheus.ts';

export interface Box {
  readonly width: number;
  readonly height: number;
}
export interface Line {
  readonly color: string;
  readonly dash: readonly number[] | null;
  readonly values: Series['values'];
}
export interface Axes {
  /** s; how wide a bar is, how far points of a line are apart. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly write: (value: number) => string;
  readonly isLogarithmic: boolean;
}

const LEFT = 74;
const BOTTOM = 18;
const TOP = 8;

export function plot(lines: readonly Line[], axes: Axes, box: Box, isBars: boolean): string {
  const sums = !isBars
    ? lines.flatMap(({ values }) => values.map(([, value]) => value))
    : [...stacked(lines).tops.values()];
  const limit = niceMost(Math.max(0, ...sums.filter(Number.isFinite)));
  const bend = (value: number) => (axes.isLogarithmic ? Math.log10(1 + value) : value);
  const x = (time: number) => LEFT + ((time - axes.from) / (axes.to - axes.from)) * (box.width - LEFT - 4);
  const y = (value: number) => box.height - BOTTOM - (bend(value) / bend(limit)) * (box.height - BOTTOM - TOP);
  const ticks = axes.isLogarithmic
    ? [0, 1, 10, 100, 1000, 10_000].filter((tick) => tick <= limit)
    : [0, ...(axes.write(limit / 2) === axes.write(limit) ? [] : [limit / 2]), limit];
  const grid = ticks.map(
    (tick) =>
      `<path d="M${LEFT} ${y(tick)}H${box.width - 4}" stroke="#e1e4e8"/><text x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${axes.write(tick)}</text>`,
  );
  const drawn = !isBars ? lines.map((line) => path(line, x, y, axes.step)) : bars(lines, x, y, axes);
  return svg(box, [...grid, ...clock(axes, x, box), ...drawn]);
}

/** A line has a gap where nothing was answered. */
function path(
  { values, color, dash }: Line,
  x: (time: number) => number,
  y: (value: number) => number,
  step: number,
): string {
  const points = values.filter(([, value]) => Number.isFinite(value));
  const drawn = points.map(([time, value], index) => {
    const isJoined = time - (points[index - 1]?.[0] ?? -Infinity) < 1.5 * step;
    return `${isJoined ? 'L' : 'M'}${x(time).toFixed(1)} ${y(value).toFixed(1)}${isJoined ? '' : 'h0.1'}`;
  });
  const style = dash === null ? 'stroke-linecap="round"' : `stroke-dasharray="${dash.join(' ')}"`;
  return `<path d="${drawn.join('')}" fill="none" stroke="${color}" stroke-width="1.8" stroke-linejoin="round" ${style}/>`;
}

/** Each line's part of a bar, from where those before it end. */
function stacked(lines: readonly Line[]) {
  const tops = new Map<number, number>();
  const parts = lines.flatMap(({ values, color }) =>
    values.map(([time, value]) => {
      const from = tops.get(time) ?? 0;
      tops.set(time, from + value);
      return { time, from, to: from + value, color };
    }),
  );
  return { parts, tops };
}

function bars(lines: readonly Line[], x: (time: number) => number, y: (value: number) => number, axes: Axes) {
  return stacked(lines).parts.map(({ time, from, to, color }) => {
    // A bar counts what lies before its time.
    const begin = Math.max(axes.from, time - axes.step * 0.9);
    return `<rect x="${x(begin).toFixed(1)}" y="${y(to).toFixed(1)}" width="${Math.max(1, x(time) - x(begin)).toFixed(1)}" height="${(y(from) - y(to)).toFixed(1)}" fill="${color}"/>`;
  });
}

/** `rows`: from the lowest bucket up, each what fell between it and the one below. */
export function heatmap(
  rows: readonly { readonly name: string; readonly values: Series['values'] }[],
  axes: Axes,
  box: Box,
): string {
  const x = (time: number) => LEFT + ((time - axes.from) / (axes.to - axes.from)) * (box.width - LEFT - 4);
  const height = (box.height - BOTTOM - TOP) / rows.length;
  const limit = Math.max(...rows.flatMap(({ values }) => values.map(([, value]) => value)));
  const cells = rows.flatMap(({ name, values }, index) => {
    const top = box.height - BOTTOM - (index + 1) * height;
    const label = `<text x="${LEFT - 6}" y="${top + height / 2 + 4}" text-anchor="end">${name}</text>`;
    const shown = values.filter(([time, value]) => value > 0.01 && time > axes.from);
    return [
      label,
      ...shown.map(([time, value]) => {
        const begin = Math.max(axes.from, time - axes.step);
        return `<rect x="${(x(begin) + 1).toFixed(1)}" y="${(top + 1).toFixed(1)}" width="${Math.max(1, x(time) - x(begin) - 2).toFixed(1)}" height="${(height - 2).toFixed(1)}" fill="#1f60c4" fill-opacity="${(0.15 + (0.85 * value) / limit).toFixed(2)}"/>`;
      }),
    ];
  });
  return svg(box, [...cells, ...clock(axes, x, box)]);
}

export interface Band {
  readonly name: string;
  readonly states: readonly { readonly time: number; readonly color: string }[];
}

/** One below the other; each state lasts until the next step. */
export function bands(rows: readonly Band[], axes: Axes, box: Box): string {
  const left = 170;
  const x = (time: number) => left + ((time - axes.from) / (axes.to - axes.from)) * (box.width - left - 4);
  const height = (box.height - BOTTOM - TOP) / Math.max(1, rows.length);
  const drawn = rows.flatMap(({ name, states }, index) => {
    const top = TOP + index * height;
    const label = `<text x="${left - 6}" y="${top + height / 2 + 4}" text-anchor="end">${name}</text>`;
    return [
      label,
      ...states.map(({ time, color }) => {
        const width = x(Math.min(axes.to, time + axes.step)) - x(time);
        return `<rect x="${x(time).toFixed(1)}" y="${top + 3}" width="${width.toFixed(1)}" height="${(height - 6).toFixed(1)}" fill="${color}" fill-opacity="0.7" shape-rendering="crispEdges"/>`;
      }),
    ];
  });
  return svg(box, [...drawn, ...clock(axes, x, box)]);
}

export function spark(values: Series['values'], color: string, box: Box): string {
  const finite = values.filter(([, value]) => Number.isFinite(value));
  const limit = Math.max(1, ...finite.map(([, value]) => value));
  const points = finite.map(
    ([, value], index) =>
      `${((index / Math.max(1, finite.length - 1)) * box.width).toFixed(1)} ${(box.height - 2 - (Math.max(0, value) / limit) * (box.height - 4)).toFixed(1)}`,
  );
  return svg(box, [
    `<path d="M0 ${box.height}L${points.join('L')}L${box.width} ${box.height}" fill="${color}" fill-opacity="0.12"/>`,
    `<path d="M${points.join('L')}" fill="none" stroke="${color}" stroke-width="1.5"/>`,
  ]);
}

function clock({ from, to }: Axes, x: (time: number) => number, { width, height }: Box): readonly string[] {
  const every = [30, 60, 120, 300, 600].find((each) => (to - from) / each <= 6) ?? 1800;
  const first = Math.ceil(from / every) * every;
  const times = Array.from({ length: Math.floor((to - first) / every) + 1 }, (_, index) => first + index * every);
  return times
    .filter((time) => x(time) < width - 20)
    .map(
      (time) =>
        `<text x="${x(time).toFixed(0)}" y="${height - 3}" text-anchor="middle">${new Date(time * 1000).toISOString().slice(11, every < 60 ? 19 : 16)}</text>`,
    );
}

function niceMost(limit: number): number {
  if (limit <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(limit));
  return power * ([1, 2, 5, 10].find((each) => each * power >= limit) ?? 10);
}

function svg({ width, height }: Box, parts: readonly string[]): string {
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`;
}
