// The two forms of the metrics: what each looks like, that both tell the same, and that neither changes the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { type Family, type Form, exposition, written } from '../../src/metrics/exposition.ts';
import { createOneMetrics } from '../support/metrics.ts';
import { createProcessMetrics } from '../../src/metrics/process-metrics.ts';
import { T0, event, inspected, snapshot, watched } from '../support/builders.ts';

const gauge = (values: Family['values'], help = 'A gauge.'): Family => ({ name: 'g', help, type: 'gauge', values });
const value = (number: number): Family['values'] => [{ labels: {}, value: number }];

const families: readonly (readonly [what: string, family: Family, text: string, openMetrics: string])[] = [
  [
    'a counter',
    { name: 'events_total', help: 'Events.', type: 'counter', values: [{ labels: { kind: 'a' }, value: 2 }] },
    '# HELP events_total Events.\n# TYPE events_total counter\nevents_total{kind="a"} 2\n',
    '# HELP events Events.\n# TYPE events counter\nevents_total{kind="a"} 2\n',
  ],
  [
    'a counter that is not named like one',
    { name: 'events', help: 'Events.', type: 'counter', values: value(2) },
    '# HELP events Events.\n# TYPE events counter\nevents 2\n',
    '# HELP events Events.\n# TYPE events counter\nevents_total 2\n',
  ],
  [
    'a gauge whose name ends like a counter',
    { name: 'heap_total', help: 'Bytes.', type: 'gauge', values: value(2) },
    '# HELP heap_total Bytes.\n# TYPE heap_total gauge\nheap_total 2\n',
    '# HELP heap_total Bytes.\n# TYPE heap_total gauge\nheap_total 2\n',
  ],
  [
    'a histogram: bounds are floats in OpenMetrics',
    {
      name: 'h',
      help: 'Long.',
      type: 'histogram',
      values: [
        { metricName: 'h_bucket', labels: { le: 0.5, kind: 'a' }, value: 1 },
        { metricName: 'h_bucket', labels: { le: 10, kind: 'a' }, value: 1 },
        { metricName: 'h_bucket', labels: { le: '+Inf', kind: 'a' }, value: 2 },
        { metricName: 'h_sum', labels: { kind: 'a' }, value: 30.25 },
        { metricName: 'h_count', labels: { kind: 'a' }, value: 2 },
      ],
    },
    '# HELP h Long.\n# TYPE h histogram\nh_bucket{le="0.5",kind="a"} 1\nh_bucket{le="10",kind="a"} 1\nh_bucket{le="+Inf",kind="a"} 2\nh_sum{kind="a"} 30.25\nh_count{kind="a"} 2\n',
    '# HELP h Long.\n# TYPE h histogram\nh_bucket{le="0.5",kind="a"} 1\nh_bucket{le="10.0",kind="a"} 1\nh_bucket{le="+Inf",kind="a"} 2\nh_sum{kind="a"} 30.25\nh_count{kind="a"} 2\n',
  ],
  [
    'a number as a label that is no bound',
    gauge([{ labels: { major: 24 }, value: 1 }]),
    '# HELP g A gauge.\n# TYPE g gauge\ng{major="24"} 1\n',
    '# HELP g A gauge.\n# TYPE g gauge\ng{major="24"} 1\n',
  ],
  ['no samples', gauge([]), '# HELP g A gauge.\n# TYPE g gauge\n', '# HELP g A gauge.\n# TYPE g gauge\n'],
  [
    'quotation marks, backslashes and line breaks: in labels, and in a help text where only OpenMetrics escapes the marks',
    gauge([{ labels: { a: 'say "x"\n\\n', b: '' }, value: 1 }], 'Says "x"\n\\n.'),
    '# HELP g Says "x"\\n\\\\n.\n# TYPE g gauge\ng{a="say \\"x\\"\\n\\\\n",b=""} 1\n',
    '# HELP g Says \\"x\\"\\n\\\\n.\n# TYPE g gauge\ng{a="say \\"x\\"\\n\\\\n",b=""} 1\n',
  ],
  ...(
    [
      [NaN, 'NaN'],
      [Infinity, '+Inf'],
      [-Infinity, '-Inf'],
      [-0, '0'],
      [1e21, '1e+21'],
      [5e-7, '5e-7'],
      [1_796_000_000.5, '1796000000.5'],
    ] as const
  ).map(([number, shown]) => {
    const text = `# HELP g A gauge.\n# TYPE g gauge\ng ${shown}\n`;
    return [`the number ${shown}`, gauge(value(number)), text, text] as const;
  }),
];
for (const [what, family, text, openMetrics] of families) {
  test(`written: ${what}`, () => {
    assert.equal(written([family], 'text'), text);
    assert.equal(written([family], 'openmetrics'), openMetrics);
  });
}

test('families are apart by a blank line in text and by none in OpenMetrics, which has an end', () => {
  const parts = (form: Form): [string, string] => [
    written([gauge(value(1)), gauge(value(2))], form),
    written([gauge(value(3))], form),
  ];
  const one = (number: number) => `# HELP g A gauge.\n# TYPE g gauge\ng ${number}\n`;
  assert.equal(exposition(...parts('text'), 'text'), [one(1), one(2), one(3)].join('\n'));
  assert.equal(exposition(...parts('openmetrics'), 'openmetrics'), `${one(1)}${one(2)}${one(3)}# EOF\n`);
});

/** In which everything has happened once. */
function full() {
  const metrics = createOneMetrics({
    ...{ version: '1', nodeVersion: '24', maxUploads: 200, configuredAt: T0, group: '0a1b2c3d' },
    outbox: async () => [{ channel: 'mail', pending: 1, dead: 2, waiting: 3, oldestPendingAt: T0 }],
  });
  const poll = () => {
    metrics.onPoll({
      ...{ kind: 'poll', result: 'ok', startedAt: T0, milliseconds: 500, names: new Map([['ada', 'Ada "A" \\ L']]) },
      snapshot: snapshot([watched({ id: 'u1', status: 'FAILURE' }, { inspection: inspected({ failed: 2 }) })]),
      events: [event()],
      durations: [{ process: 'process_upload', result: 'failed', milliseconds: 90_000 }],
      ...{ malformed: [], watching: null, health: HEALTHY },
    });
  };
  poll();
  metrics.onRequest({ endpoint: 'uploads', code: '200', bytes: 1000, milliseconds: 1 });
  metrics.onDelivery({ channel: 'mail', result: 'delivered', milliseconds: 70 });
  metrics.onToken({ value: 't', kind: 'app', obtainedAt: T0, expiresAt: T0 });
  return { metrics, poll };
}

/** Without what is different a moment later: the process itself. */
function lasting(body: string): string {
  return body
    .split('\n')
    .filter((line) => !/^(# \w+ )?nomad_upload_monitor_(nodejs_|process_(?!ing_))/.test(line))
    .join('\n');
}

test('each form is the same bytes, whatever was asked for before it', async () => {
  const { metrics } = full();
  const ask = async (form: Form) => lasting(await metrics.render(form));
  const first = { text: await ask('text'), openmetrics: await ask('openmetrics') };
  assert.match(first.text, /^# TYPE nomad_upload_monitor_events_total counter$/m);
  for (const form of ['text', 'text', 'openmetrics', 'openmetrics', 'text'] as const)
    assert.equal(await ask(form), first[form]);
  const fresh = lasting(await full().metrics.render('openmetrics'));
  assert.equal(fresh, first.openmetrics, 'where OpenMetrics is asked for first');
});

test('each form is the same bytes when both are asked for at once', async () => {
  const { metrics } = full();
  const alone = { text: await metrics.render('text'), openmetrics: await metrics.render('openmetrics') };
  const forms = ['openmetrics', 'text', 'text', 'openmetrics', 'text'] as const;
  const bodies = await Promise.all(forms.map((form) => metrics.render(form)));
  for (const [index, form] of forms.entries()) assert.equal(lasting(bodies[index] ?? ''), lasting(alone[form]));
});

test('both forms tell the same samples, and what a further poll changes both tell', async () => {
  const { metrics, poll } = full();
  const samplesOf = async (form: Form) => {
    const lines = lasting(await metrics.render(form)).split('\n');
    return lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/(le="\d+)\.0"/, '$1"'));
  };
  const before = await samplesOf('text');
  assert.ok(before.length > 300);
  assert.deepEqual(await samplesOf('openmetrics'), before);
  poll();
  const after = await samplesOf('openmetrics');
  assert.notDeepEqual(after, before);
  assert.ok(after.includes('nomad_upload_monitor_polls_total{kind="poll",result="ok"} 2'));
  assert.deepEqual(await samplesOf('text'), after);
});

test('in text every counter ends in _total, and nothing else does', async () => {
  const { metrics } = full();
  await metrics.render('openmetrics');
  const types = [...(await metrics.render('text')).matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  const counters = types.filter(([, , type]) => type === 'counter').map(([, name]) => name);
  assert.ok(counters.length > 8, String(counters));
  assert.deepEqual(
    types.map(([, name]) => name).filter((name) => name?.endsWith('_total')),
    counters,
  );
});

test('of the process two scrapers at the same moment get the same; a second later it is looked at anew', async () => {
  let time = 0;
  const read = createProcessMetrics(() => time);
  const first = await read();
  time = 999;
  assert.equal(await read(), first);
  time = 1000;
  assert.notEqual(await read(), first);
});

test("no delay of the event loop is told before one was measured: Node's least would be 292 years", async () => {
  const families = await createProcessMetrics()();
  const delays = families.filter(({ name }) => /_eventloop_lag_\w+_seconds$/.test(name));
  assert.equal(delays.length, 7);
  assert.deepEqual(
    delays.flatMap(({ values }) => values),
    [],
  );
});
