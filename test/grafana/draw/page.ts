// A page that shows what the panels were answered, laid out as the dashboard is. It is no Grafana, and says so.
import { type AnsweredPanel, rowsOf } from '../answers.ts';
import type { Shown } from '../report.ts';
import { type Axes, type Box, bands, heatmap, plot, spark } from './plot.ts';
import { colorOf, colorOfSeries, settingsOf, written } from './values.ts';

const COLUMN = 60;
const ROW = 30;
const GAP = 8;
const HEAD = 30;
export const WIDTH = 24 * COLUMN;

export interface Title {
  readonly title: string;
  readonly y: number;
}

/** `until`: the first row of the grid that is left out. */
export function page(
  { view, panels, name }: Shown,
  rows: readonly Title[],
  until: number,
): { html: string; height: number } {
  const shown = panels.filter(({ panel }) => panel.gridPos.y < until);
  const cards = shown.map((each) => {
    const { x, y, w, h } = each.panel.gridPos;
    const box = { width: w * COLUMN - GAP, height: h * ROW - GAP };
    return `<section style="left:${x * COLUMN + GAP / 2}px;top:${y * ROW + 84}px;width:${box.width}px;height:${box.height}px"><h2>${escaped(each.panel.title)}</h2>${inside(each, view, { width: box.width - 20, height: box.height - HEAD - 8 })}</section>`;
  });
  const titles = rows
    .filter(({ y }) => y < until)
    .map(({ title, y }) => `<h1 style="top:${y * ROW + 84}px">▾ ${escaped(title)}</h1>`);
  const height = Math.max(...shown.map(({ panel }) => (panel.gridPos.y + panel.gridPos.h) * ROW)) + 92;
  const said = `<header><b>NOMAD uploads</b><span>Account: ${escaped(name)}</span><p>Drawn from the answers of a real Prometheus to the panels’ queries; Grafana itself was not run. The NOMAD is a simulated one, and lives quicker than a real one.</p></header>`;
  return {
    html: `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${said}${titles.join('')}${cards.join('')}`,
    height,
  };
}

function inside(answered: AnsweredPanel, view: Shown['view'], box: Box): string {
  switch (answered.panel.type) {
    case 'stat':
      return stat(answered, view.to, box);
    case 'table':
      return table(answered, view.to, box);
    case 'state-timeline':
      return states(answered, view, box);
    case 'heatmap':
      return buckets(answered, view, box);
    default:
      return series(answered, view, box);
  }
}

function stat({ panel, answers }: AnsweredPanel, now: number, box: Box): string {
  const values = answers[0]?.series[0]?.values ?? [];
  const { text, color } = written(values.at(-1)?.[1], settingsOf(panel.fieldConfig, ''), now);
  const line = panel.options['graphMode'] === 'area' ? spark(values, color, { width: box.width, height: 26 }) : '';
  return `<div class="stat" style="color:${color}">${escaped(text)}</div>${line}`;
}

/** What a colour means is said once for each state that there was. */
function states({ panel, answers }: AnsweredPanel, view: Shown['view'], box: Box): string {
  const by = settingsOf(panel.fieldConfig, '');
  const [answer] = answers;
  const rows = (answer?.series ?? []).map(({ metric, values }) => ({
    name: escaped(named(answer?.target.legendFormat ?? '', metric)),
    states: values.map(([time, value]) => ({ time, ...written(value, by, view.to) })),
  }));
  const meanings = new Map(rows.flatMap((row) => row.states.map(({ text, color }) => [text, color])));
  const legend = [...meanings]
    .map(([text, color]) => `<span><b style="color:${color}">■</b> ${escaped(text)}</span>`)
    .join('');
  const axes: Axes = { from: view.from, to: view.to, step: answer?.step ?? 60, isLogarithmic: false, write: String };
  return `${bands(rows, axes, { width: box.width, height: box.height - 18 })}<div class="legend">${legend}</div>`;
}

function named(legend: string, metric: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
}

function series({ panel, answers }: AnsweredPanel, view: Shown['view'], box: Box): string {
  const general = settingsOf(panel.fieldConfig, '');
  const found = answers.flatMap(({ target, series: all }) =>
    all.map(({ metric, values }) => ({
      name: named(target.legendFormat, metric),
      values,
    })),
  );
  const lines = found.map(({ name, values }, index) => {
    const own = settingsOf(panel.fieldConfig, name);
    const color = own.color.fixedColor === undefined ? colorOfSeries(index) : colorOf(own.color.fixedColor);
    return { name, values, color, dash: own['custom.lineStyle']?.dash ?? null };
  });
  const isBars = general.custom.drawStyle === 'bars';
  const axes: Axes = {
    from: view.from,
    to: view.to,
    step: answers[0]?.step ?? 60,
    isLogarithmic: general.custom.scaleDistribution.type === 'symlog',
    write: (value) => escaped(written(value, general, view.to).text),
  };
  const marks = lines.map(({ name, color, dash, values }) => {
    const last = isBars ? '' : axes.write(values.at(-1)?.[1] ?? NaN);
    const dashes = dash === null ? '' : ` stroke-dasharray="${dash.map((each) => each / 2).join(' ')}"`;
    const mark = `<svg width="20" height="8"><path d="M0 4H20" stroke="${color}" stroke-width="${isBars ? 8 : 3}"${dashes}/></svg>`;
    return { mark, name: escaped(name), last };
  });
  if (panel.gridPos.w < 12) {
    const legend = marks.map(({ mark, name }) => `<span>${mark} ${name}</span>`).join('');
    const below = 18 * Math.ceil(marks.length / 3);
    return `${plot(lines, axes, { width: box.width, height: box.height - below }, isBars)}<div class="legend">${legend}</div>`;
  }
  const side = 250;
  const legend = marks
    .map(({ mark, name, last }) => `<tr><td>${mark}</td><td>${name}</td><td>${last}</td></tr>`)
    .join('');
  const drawn = plot(lines, axes, { width: box.width - side, height: box.height }, isBars);
  return `<div class="series">${drawn}<table style="width:${side - 8}px">${legend}</table></div>`;
}

function buckets({ panel, answers }: AnsweredPanel, view: Shown['view'], box: Box): string {
  const all = (answers[0]?.series ?? []).toSorted((a, b) => bound(a.metric['le']) - bound(b.metric['le']));
  const rows = all.map(({ metric, values }, index) => {
    const below = new Map(all[index - 1]?.values);
    const name =
      metric['le'] === '+Inf'
        ? 'longer'
        : written(bound(metric['le']), { ...settingsOf(panel.fieldConfig, ''), unit: 's' }, view.to).text;
    return { name, values: values.map(([time, value]) => [time, value - (below.get(time) ?? 0)] as const) };
  });
  return heatmap(
    rows,
    { from: view.from, to: view.to, step: answers[0]?.step ?? 60, isLogarithmic: false, write: String },
    box,
  );
}

function bound(le: string | undefined): number {
  return le === '+Inf' ? Infinity : Number(le);
}

function table(answered: AnsweredPanel, now: number, box: Box): string {
  const { fieldConfig, options } = answered.panel;
  const columns = fieldConfig.overrides.map(({ matcher }) => ({
    field: String(matcher.options),
    by: settingsOf(fieldConfig, String(matcher.options)),
  }));
  const fieldOf = (title: string) => columns.find(({ by }) => by.displayName === title)?.field ?? title;
  const order = ((options['sortBy'] ?? []) as readonly { readonly displayName: string }[]).map(({ displayName }) =>
    fieldOf(displayName),
  );
  const rows = rowsOf(answered).toSorted(
    (a, b) => order.map((field) => Number(b[field]) - Number(a[field])).find((difference) => difference !== 0) ?? 0,
  );
  const head = columns.map(
    ({ by }) => `<th style="width:${by['custom.width'] ?? 0}px">${escaped(by.displayName ?? '')}</th>`,
  );
  const body = rows.slice(0, Math.floor((box.height - 24) / 22)).map((row) => {
    const cells = columns.map(({ field, by }) => {
      const value = row[field];
      const { text, color } = typeof value === 'string' ? { text: value, color: '' } : written(value, by, now);
      const isLink = fieldConfig.overrides.some(
        ({ matcher, properties }) => matcher.options === field && properties.some(({ id }) => id === 'links'),
      );
      const style =
        by['custom.cellOptions'].type === 'color-text'
          ? ` style="color:${color};font-weight:${color === colorOf('text') ? 400 : 600}"`
          : '';
      return `<td${style}>${isLink ? `<a>${escaped(text)}</a>` : escaped(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table class="rows"><tr>${head.join('')}</tr>${body.join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const STYLE = `
body { margin: 0; background: #f4f5f5; color: #24292e; font: 13px 'DejaVu Sans', sans-serif }
header { padding: 12px 14px; height: 50px } header b { font-size: 20px; margin-right: 24px }
header p { margin: 8px 0 0; background: #fff3cd; border: 1px solid #d9b84a; padding: 5px 8px; display: table }
section { position: absolute; box-sizing: border-box; background: #fff; border: 1px solid #dcdfe3; border-radius: 3px; padding: 0 10px; overflow: hidden }
h1 { position: absolute; left: 6px; margin: 0; font-size: 15px; line-height: 26px }
h2 { font-size: 13px; font-weight: 600; margin: 7px 0 6px; white-space: nowrap }
.stat { font-size: 25px; font-weight: 700; white-space: nowrap }
.series { display: flex } svg { display: block; flex: none } svg text { font-size: 11px; fill: #57606a }
table { border-collapse: collapse; font-size: 12px; align-self: flex-start } td, th { padding: 1px 6px 2px; text-align: left; white-space: nowrap; line-height: 15px }
.series td + td + td { text-align: right } .series table { margin-left: 8px }
.legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 11px; padding-top: 2px } .legend svg { display: inline-block }
.rows { width: 100% } .rows th { color: #57606a; border-bottom: 1px solid #dcdfe3; padding: 2px 6px 4px } .rows td { border-bottom: 1px solid #eef0f2; padding: 3px 6px }
a { color: #1f60c4; text-decoration: underline }`;
