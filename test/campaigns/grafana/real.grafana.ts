// Each panel's each query, asked of a real Prometheus that asks two real monitors, and two instances on one state: it must return data. Run by `npm run test:grafana`; not part
// of `npm test`, which needs neither Prometheus nor Go. With GRAFANA_FOR=15m they live so long.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { duration } from '../../../src/config/value-parsers.ts';
import { eventually } from '../../support/eventually.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { type AnsweredPanel, askAll, rowsOf, valuesOf } from './answers.ts';
import { startInstances } from './instances.ts';
import { startAccount } from './lives.ts';
import { type View, readDashboard } from './queries.ts';
import { type Shown, tableOf } from './report.ts';

const PATH = 'grafana/dashboard.json';
const { panels } = readDashboard(readFileSync(PATH, 'utf8'));
/** s. */
const SCRAPE = 3;
const lives = duration(process.env['GRAFANA_FOR'] ?? '1s');
if ('problem' in lives) throw new Error(lives.problem);

test("the dashboard is valid: what Grafana's own types say it is, and no field more", () => {
  const { status, stdout, stderr } = spawnSync(process.env['DASHBOARD_SCHEMA'] ?? '', [PATH], { encoding: 'utf8' });
  assert.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: '' });
});

test('each query of each panel returns data', { timeout: 3_600_000 }, async (context) => {
  const small = await startAccount(context, 3, 3);
  const large = await startAccount(context, 3000, 5);
  const targets = [small.target, large.target, ...(await startInstances(context))];
  const prometheus = await startPrometheus({ targets, scrapeInterval: `${SCRAPE}s` });
  context.after(() => prometheus.close());
  const begin = Date.now() / 1000;
  const show = async (account: string): Promise<Shown> => {
    // A moment whose scrapes are all stored, so that every query sees the same; and a whole step, where ranges end.
    const to = (Math.floor(Date.now() / 1000 / SCRAPE) - 1) * SCRAPE;
    const variables = { datasource: 'prometheus', job: '.+', account };
    const view: View = { from: Math.min(begin, to - 60), to, scrapeInterval: SCRAPE, points: 1500, variables };
    return { view, panels: await askAll(prometheus, panels, view) };
  };

  const everything = await eventually(
    'each query has a value, and each panel one that is not 0',
    async () => {
      const shown = await show('.+');
      const isLongEnough = shown.view.to - begin >= lives.value / 1000;
      return isLongEnough && shown.panels.every(isFull) ? shown : undefined;
    },
    300_000 + lives.value,
  ).catch(async (error: unknown) => {
    const { panels: answered, view } = await show('.+');
    throw new Error(
      `without data:\n${tableOf(
        answered.filter((each) => !isFull(each)),
        view.to,
      )}`,
      { cause: error },
    );
  });
  const alone = [await show(exactly(small.target)), await show(exactly(large.target))];
  process.stdout.write(`${tableOf(everything.panels, everything.view.to)}\n`);

  for (const [index, uploads] of [3, 3000].entries()) {
    await context.test(`with ${uploads} uploads it stays sensible`, () => {
      const shown = alone[index]?.panels ?? [];
      assert.equal(numberOf(shown, 'Uploads'), uploads);
      for (const { panel, answers } of shown) {
        const series = Math.max(...answers.map((answer) => answer.series.length));
        // Only the table has a line an upload, and it has an end.
        assert.ok(
          series <= (panel.title === 'Uploads that need attention' ? 50 : 25),
          `${panel.title}: ${series} series`,
        );
      }
      const ranks = rowsOf(find(shown, 'Uploads that need attention')).map((row) => {
        for (const column of ['upload_id', 'upload_name', 'main_author', 'process_status', 'Value #B'])
          assert.ok(column in row, `${column} in ${JSON.stringify(row)}`);
        return Number(row['Value #A']);
      });
      assert.ok(ranks.length > 0 && ranks.length <= Math.min(uploads, 50));
      const failed = numberOf(shown, 'Failed');
      // The table goes by NOMAD's status; a failure that stands through a publish is not among those.
      const inTable = ranks.filter((rank) => rank === 6).length;
      assert.ok(inTable <= Math.min(failed, 50), `${inTable} of ${failed}`);
      assert.ok(uploads < 1000 || inTable > 0);
    });
  }

  await context.test('the table of uploads ends after the worst', async () => {
    const { panel } = find(everything.panels, 'Uploads that need attention');
    const targets = panel.targets.map((target) => ({ ...target, expr: target.expr.replaceAll('topk(50,', 'topk(5,') }));
    const asked = await askAll(prometheus, [{ ...panel, targets }, panel], everything.view);
    const [few, all] = asked.map((each) =>
      rowsOf(each)
        .map((row) => Number(row['Value #A']))
        .toSorted((x, y) => y - x),
    );
    assert.equal(few?.length, 5);
    assert.deepEqual(few, all?.slice(0, 5));
  });

  await context.test('a monitor that is away is not overlooked beside one that is well', async () => {
    await small.stop();
    await eventually('the verdict tells', async () => {
      const shown = await show('.+');
      return numberOf(shown.panels, 'NOMAD') === -1 ? shown : undefined;
    });
  });
});

/** As Grafana writes a chosen value into a regular expression within a string. */
function exactly(value: string): string {
  return value.replaceAll('.', '\\\\.');
}

/** Is 1 only when nothing has moved for ten minutes. */
const STALLED = 'Processing';

/** In each query a value; in one of the panel's at least a value that is not 0. */
function isFull({ panel, answers }: AnsweredPanel): boolean {
  const isGoodAtZero = panel.title === STALLED;
  return (
    answers.every((answer) => valuesOf(answer).length > 0) &&
    (isGoodAtZero || answers.flatMap(valuesOf).some((value) => value !== 0))
  );
}

function find(shown: readonly AnsweredPanel[], title: string): AnsweredPanel {
  const found = shown.find(({ panel }) => panel.title === title);
  assert.ok(found, title);
  return found;
}

function numberOf(shown: readonly AnsweredPanel[], title: string): number {
  return find(shown, title).answers[0]?.series[0]?.values.at(-1)?.[1] ?? NaN;
}
