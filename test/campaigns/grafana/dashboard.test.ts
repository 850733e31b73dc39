// The dashboard is what its source says, each query is PromQL about metrics that there are, and each panel says what it is, in what unit, and
// what it means when there is nothing: the rules of Grafana's dashboard-linter, and some more.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parser } from '@prometheus-io/lezer-promql';
import { dashboard } from '../../../grafana/dashboard.ts';
import { CONDITIONS } from '../../../src/domain/report/conditions.ts';
import { uploadLink } from '../../../src/domain/text/links.ts';
import { PROCESS_STATUSES } from '../../../src/domain/upload.ts';
import { POLL_RESULTS } from '../../../src/jobs/poll-outcome.ts';
import { RENEWAL_RESULTS } from '../../../src/metrics/nomad-counters.ts';
import { createOneMetrics } from '../../support/metrics.ts';
import { T0 } from '../../support/builders.ts';
import { filledIn, readDashboard } from './queries.ts';

const text = readFileSync('grafana/dashboard.json', 'utf8');
const { panels, rows, templating } = readDashboard(text);
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ panel, target })));
const VIEW = { from: 0, to: 3600, scrapeInterval: 30, points: 500, variables: { job: '.+', account: '.+' } };

test('dashboard.json is what `npm run dashboard` writes', () => {
  assert.equal(text, `${JSON.stringify(dashboard(), null, 2)}\n`);
});

test('each panel has its own id, a title, what it is for, a unit, the data source of the variable, and a word for nothing', () => {
  const ids = [...panels, ...rows].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { title, description, datasource, fieldConfig, targets: own, type } of panels) {
    assert.notEqual(title, '');
    assert.notEqual(description, '', title);
    assert.equal(datasource?.uid, '${datasource}', title);
    assert.equal(typeof fieldConfig.defaults['noValue'], 'string', title);
    if (type !== 'heatmap') assert.equal(typeof fieldConfig.defaults['unit'], 'string', title);
    assert.ok(own.length > 0, title);
  }
});

test('nothing asks another data source than the chosen one', () => {
  const asked = [...text.matchAll(/"type": "prometheus",\s+"uid": "(.*?)"/g)].map(([, uid]) => uid);
  assert.ok(asked.length > targets.length);
  assert.deepEqual([...new Set(asked)], ['${datasource}']);
});

test('no panel lies on another or outside of the grid', () => {
  for (const [index, { title, gridPos: a }] of panels.entries()) {
    assert.ok(a.x + a.w <= 24, title);
    for (const { title: other, gridPos: b } of panels.slice(index + 1)) {
      const isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      assert.ok(isApart, `${title} and ${other}`);
    }
  }
});

interface Selector {
  readonly text: string;
  readonly metric: string;
  readonly isRange: boolean;
}

function selectorsOf(promql: string): readonly Selector[] {
  const found: Selector[] = [];
  parser.parse(promql).iterate({
    enter({ type, from, to, node }) {
      assert.ok(!type.isError, `no PromQL: ${promql} at ${from}`);
      if (type.name !== 'VectorSelector') return;
      const selector = promql.slice(from, to);
      const isRange = node.parent?.name === 'MatrixSelector';
      found.push({ text: selector, metric: selector.replace(/\{.*/s, ''), isRange });
    },
  });
  return found;
}

test('each query is PromQL, about metrics that the registry has, of the chosen accounts', async () => {
  const metrics = createOneMetrics({
    version: '1',
    nodeVersion: '24',
    maxUploads: 200,
    outbox: async () => [],
    configuredAt: T0,
    group: '0a1b2c3d',
  });
  const body = await metrics.render('text');
  const known = new Set(
    [...body.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  );
  // Prometheus' own: whether it could ask.
  known.add('up');
  for (const { panel, target } of targets) {
    for (const selector of selectorsOf(filledIn(target, 60, VIEW))) {
      assert.ok(known.has(selector.metric), `${panel.title}: ${selector.metric}`);
      assert.ok(selector.text.includes('{job=~".+", instance=~".+"'), `${panel.title}: ${selector.text}`);
      const isCounter = /_(total|bucket|count|sum)$/.test(selector.metric);
      // Which there were, and how often the lead changed, only the past tells.
      const isPast = selector.isRange && /_(build_info|shared_state_info|leader)$/.test(selector.metric);
      assert.equal(selector.isRange, isCounter || isPast, `${panel.title}: ${selector.text} as a counter`);
    }
  }
});

test('counters are read over $__rate_interval; only answers of now are over the whole time that is shown', () => {
  for (const { panel, target } of targets) {
    const ranges = [...target.expr.replaceAll('[1d]', '').matchAll(/\[(.*?)\]/g)].map(([, range]) => range);
    for (const range of ranges) assert.equal(range, target.instant ? '$__range' : '$__rate_interval', panel.title);
  }
});

test('every metric of docs/metrics.md is on the dashboard', () => {
  const documented = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => `nomad_upload_monitor_${name ?? ''}`),
  );
  const shown = targets.map(({ target }) => target.expr).join('\n');
  assert.ok(documented.length > 20);
  for (const name of documented) assert.match(shown, new RegExp(`${name}(_bucket|_count)?\\{`));
});

test('the variables: data source, job, account, and the two addresses that links begin with', () => {
  assert.deepEqual(
    templating.list.map(({ name, label, type, query }) => [name, label, type, query]),
    [
      ['datasource', 'Data source', 'datasource', 'prometheus'],
      ['job', 'Job', 'query', 'label_values(nomad_upload_monitor_build_info, job)'],
      ['account', 'Account', 'query', 'label_values(nomad_upload_monitor_build_info{job=~"$job"}, instance)'],
      ['nomad_gui', 'NOMAD', 'textbox', 'https://nomad-lab.eu/prod/v1/gui'],
      ['monitor_url', 'Monitor', 'textbox', 'http://'],
    ],
  );
});

test("an upload's name leads to it in NOMAD, its id to the monitor's page of it", () => {
  const table = panels.find(({ title }) => title === 'Uploads that need attention');
  const linkOf = (field: string) => {
    const { properties = [] } = table?.fieldConfig.overrides.find(({ matcher }) => matcher.options === field) ?? {};
    const { value } = properties.find(({ id }) => id === 'links') ?? {};
    return (value as readonly { readonly url: string }[])[0]?.url
      .replace('${nomad_gui:raw}', 'https://nomad.example/gui')
      .replace('${monitor_url:raw}', 'http://')
      .replace('${__data.fields.instance:raw}', '127.0.0.1:9697')
      .replace('${__data.fields.upload_id:percentencode}', 'u1');
  };
  assert.equal(linkOf('upload_name'), uploadLink('https://nomad.example/gui', 'u1'));
  assert.equal(linkOf('upload_id'), 'http://127.0.0.1:9697/uploads/u1');
});

/** Each panel in which a line or a bar is one state, and nothing else. */
const STATES: readonly (readonly [title: string, states: readonly string[]])[] = [
  ['Uploads by process status', PROCESS_STATUSES],
  ['Uploads by condition', CONDITIONS.filter((condition) => condition !== 'published')],
  ['Polls', POLL_RESULTS],
  ['Token requests', RENEWAL_RESULTS],
];
for (const [title, states] of STATES) {
  test(`${title}: each state has its own colour, whichever others there are`, () => {
    const panel = panels.find((each) => each.title === title);
    const colors = (panel?.fieldConfig.overrides ?? []).map(({ matcher, properties }) => {
      assert.equal(matcher.id, 'byName');
      const color = properties.find(({ id }) => id === 'color')?.value as { mode: string; fixedColor: string };
      assert.equal(color.mode, 'fixed');
      return [String(matcher.options), color.fixedColor] as const;
    });
    assert.deepEqual(colors.map(([name]) => name).toSorted(), states.toSorted());
    assert.equal(new Set(colors.map(([, color]) => color)).size, states.length);
  });
}

test('every panel in which states are lines or bars is among those with colours', () => {
  const isState = /^\{\{(process_status|condition|result)\}\}$/;
  const found = panels
    .filter((panel) => panel.targets.some(({ legendFormat }) => isState.test(legendFormat)))
    .map(({ title }) => title);
  assert.deepEqual(found.toSorted(), STATES.map(([title]) => title).toSorted());
});

test('a status has the same colour in the table as over time', () => {
  const overrideOf = (title: string, field: string) =>
    panels
      .find((each) => each.title === title)
      ?.fieldConfig.overrides.find(({ matcher }) => matcher.options === field)
      ?.properties.map(({ id, value }) => [id, value] as const);
  const column = new Map(overrideOf('Uploads that need attention', 'process_status'));
  assert.deepEqual(column.get('custom.cellOptions'), { type: 'color-text' });
  const [mapping] = column.get('mappings') as readonly { options: Readonly<Record<string, object>> }[];
  for (const status of PROCESS_STATUSES) {
    const { fixedColor } = new Map(overrideOf('Uploads by process status', status)).get('color') as {
      fixedColor: string;
    };
    assert.deepEqual(mapping?.options[status], { text: status, color: fixedColor });
  }
});

test('the provisioned data source is a Prometheus with the scrape interval of the one that is shipped', () => {
  const read = (path: string) => parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  const { datasources } = read('grafana/provisioning/datasources/prometheus.yaml');
  const { global } = read('prometheus/prometheus.yaml');
  const [source] = datasources as readonly {
    readonly type: string;
    readonly jsonData: { readonly timeInterval: string };
  }[];
  assert.equal(source?.type, 'prometheus');
  assert.equal(source.jsonData.timeInterval, (global as { readonly scrape_interval: string }).scrape_interval);
});

test('docs/grafana.md names every panel', () => {
  const documented = readFileSync('docs/grafana.md', 'utf8');
  for (const { title } of panels) assert.ok(documented.includes(title), title);
});
