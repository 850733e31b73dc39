// Both forms of the metrics, judged by readers that are not ours: the real Prometheus scrapes a monitor in both, turn by turn, and Python's
// prometheus-client, whose parser of OpenMetrics is strict, reads them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { addUpload } from '../../../src/demo/nomad-state.ts';
import { startDemo } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { type Sample, startPrometheus } from '../../support/prometheus.ts';
import { startTextRelay } from './text-relay.ts';

const NAMES = ['evil "name"\n\\ {x="y"} # EOF', '\u200b', '名'.repeat(300)];

test(
  'Prometheus reads the same series from both forms, scraped turn by turn',
  { timeout: 300_000 },
  async (context) => {
    const demo = await startDemo(context, { step: null });
    for (const [index, name] of NAMES.entries())
      addUpload(demo.world, `hostile-${index}`, Date.now(), { name, status: 'FAILURE', errors: ['E'] });
    const inText = await startTextRelay(context, demo.target);
    const prometheus = await startPrometheus({ targets: [demo.target, inText] });
    context.after(prometheus.close);
    await eventually('each is scraped five times with all uploads', async () => {
      const query = `count_over_time(nomad_upload_monitor_upload_info{upload_id="hostile-2"}[10m]) >= 5`;
      return (await prometheus.query(query)).length === 2 ? true : undefined;
    });

    const seriesOf = async (instance: string) =>
      (await prometheus.query(`{instance="${instance}", __name__=~"nomad_upload_monitor_.+"}`)).map(nameOf).toSorted();
    const [open, text] = [await seriesOf(demo.target), await seriesOf(inText)];
    assert.ok(open.length > 500, String(open.length));
    const only = (these: readonly string[], others: readonly string[]) =>
      these.filter((each) => !others.includes(each));
    assert.deepEqual(only(text, open), [], 'only in text');
    assert.deepEqual(only(open, text), [], 'only in OpenMetrics');
    // A name that a form once had and has no longer would still be stored.
    for (const instance of [demo.target, inText]) {
      const ever = await prometheus.query(
        `count(count_over_time({instance="${instance}", __name__=~"nomad_upload_monitor_.*(events|polls|deliveries)"}[10m]))`,
      );
      assert.deepEqual(ever, []);
    }
    const named = await prometheus.query('nomad_upload_monitor_upload_info{upload_id="hostile-1"}');
    assert.deepEqual(
      named.map(({ metric }) => metric['upload_name']),
      ['hostile-1', 'hostile-1'],
    );
  },
);

/** Prometheus before 3 keeps the bound of a bucket as it is written: `10` in text, `10.0` in OpenMetrics. */
function nameOf({ metric: { le, ...labels } }: Sample): string {
  const rest = Object.entries(labels).filter(([name]) => name !== 'instance');
  return JSON.stringify([le === undefined ? null : Number(le), ...rest.toSorted()]);
}

test("Python's parsers read both forms, the strict one too", { timeout: 120_000 }, async (context) => {
  const demo = await startDemo(context, { step: null });
  for (const [index, name] of NAMES.entries())
    addUpload(demo.world, `hostile-${index}`, Date.now(), { name, status: 'FAILURE', errors: ['E'] });
  const ask = async (accept: string) => (await fetch(`http://${demo.target}/metrics`, { headers: { accept } })).text();
  // A first delivery or poll between the two questions brings series that the first answer cannot have.
  const [open, text] = await eventually(
    'the uploads are there, and nothing new came between the two questions',
    async () => {
      const [before, body] = [await ask('text/plain'), await ask('application/openmetrics-text;version=1.0.0')];
      const after = await ask('text/plain');
      const isStill = seriesIn(before) === seriesIn(after);
      return isStill && body.includes('upload_id="hostile-2"') ? [body, after] : undefined;
    },
  );
  assert.deepEqual(read('openmetrics', open), { status: 0, said: String(samplesIn(open)) });
  assert.deepEqual(read('text', text), { status: 0, said: String(samplesIn(text)) });
  assert.equal(samplesIn(text), samplesIn(open));
  assert.match(read('openmetrics', open.replace('# EOF\n', '')).said, /Missing # EOF/, 'it can say no');
});

/** What is named in the text form, without the values. */
function seriesIn(body: string): string {
  return body.replaceAll(/ [^ ]+$/gmu, '');
}

function samplesIn(body: string): number {
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

function read(form: 'openmetrics' | 'text', body: string) {
  const env = { ...process.env, PYTHONPATH: process.env['OPENMETRICS_READER'] };
  const options = { input: body, encoding: 'utf8', env } as const;
  const { status, stdout, stderr, error } = spawnSync(
    'python3',
    ['test/campaigns/prometheus/strict.py', form],
    options,
  );
  assert.equal(error, undefined);
  return { status, said: stdout.trim() + stderr };
}
