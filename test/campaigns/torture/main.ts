// `npm run torture -- --runs 50 --seed 7`: the kill campaign, its table, and whether anything was lost, told twice, or told without being so.
// `--postgres`: two instances on one database, of which one is killed. `--plants` shows instead that known faults are caught; `--plant NAME` lives with one of them.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROMISES, type Violation } from './evidence.ts';
import { judge } from './oracle.ts';
import { startServer } from '../../support/postgres.ts';
import { PLANTS, plant } from './plants.ts';
import { type RunReport, runOnce } from './run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string' },
    lanes: { type: 'string', default: '4' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const say = (text: string) => process.stdout.write(`${text}\n`);

// Each process that is started wants to be ended with this one.
process.setMaxListeners(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
if (spawnSync('strace', ['-V']).status !== 0) throw new Error('strace is needed: apt-get install strace');
const server = values.postgres ? await startServer({ durable: true }) : null;
const good = values.plants ? await plants() : await campaign(values.plant === undefined ? '.' : plant(values.plant));
await server?.remove();
process.exit(good ? 0 : 1);

interface Judged {
  readonly seed: number;
  readonly report: RunReport;
  readonly violations: readonly Violation[];
}

/** Runs in several lanes; `enough` ends it early. */
async function live(root: string, enough: (judged: Judged) => boolean): Promise<readonly Judged[]> {
  const all: Judged[] = [];
  let next = 0;
  let isEnough = false;
  const lane = async () => {
    while (next < runs && !isEnough) {
      const own = (seed + next++) % 2 ** 31;
      const report = await runOnce({ seed: own, root, postgres: server });
      const judged = { seed: own, report, violations: judge(report.evidence) };
      all.push(judged);
      isEnough ||= enough(judged);
      if (judged.violations.length === 0) rmSync(report.folder, { recursive: true, force: true });
      if (all.length % 100 === 0) say(`… ${all.length} runs`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  return all;
}

async function campaign(root: string): Promise<boolean> {
  say(`${runs} runs, seed ${seed}`);
  const startedAt = performance.now();
  const all = await live(root, ({ seed: own, violations, report }) => {
    if (violations.length > 0) tell(own, violations, report);
    return false;
  });
  say(`${table(all)}\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  const bad = all.filter(({ violations }) => violations.length > 0).length;
  say(`${all.length - bad} passed, ${bad} failed`);
  return bad === 0;
}

async function plants(): Promise<boolean> {
  let good = true;
  for (const [name, { what, breaks }] of Object.entries(PLANTS)) {
    const root = plant(name);
    const catching = ({ violations }: Judged) => violations.find(({ promise }) => promise === breaks);
    const all = await live(root, (judged) => catching(judged) !== undefined);
    for (const folder of [root, ...all.map(({ report }) => report.folder)])
      rmSync(folder, { recursive: true, force: true });
    const found = all.map(catching).find((each) => each !== undefined);
    good &&= found !== undefined;
    const verdict = found === undefined ? 'NOT caught' : `caught, ${found.promise}: ${found.what}`;
    say(`${name} (${what}), ${all.length} runs, seed ${seed}: ${verdict}`);
  }
  return good;
}

function tell(
  own: number,
  violations: readonly Violation[],
  { mode, places, folder, logs, evidence }: RunReport,
): void {
  say(`seed ${own} (${mode}; ${places.join('; ')}):`);
  for (const { promise, what } of violations.slice(0, 10)) say(`  ${promise}: ${what}`);
  for (const [index, log] of logs.entries()) writeFileSync(join(folder, `log-${index + 1}`), log);
  const json = (_key: string, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
  if (existsSync(folder)) writeFileSync(join(folder, 'evidence.json'), JSON.stringify(evidence, json, 1));
  say(`  kept in ${folder}`);
}

function table(all: readonly Judged[]): string {
  const evidences = all.map(({ report }) => report.evidence);
  const sum = (of: (judged: Judged) => number) => all.reduce((total, each) => total + of(each), 0);
  const counted = (names: readonly string[]) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, { length }]) => [name, length] as const)
      .sort((a, b) => b[1] - a[1]);
  const repeats = (each: Judged) => {
    const { mails, posts } = each.report.evidence;
    const keys = [...mails.map(({ id, recipient }) => `${recipient} ${id}`), ...posts.map(({ id }) => id)];
    return keys.length - new Set(keys).size;
  };
  const rows: (readonly [string, string | number])[] = [
    ['runs', all.length],
    ...counted(all.map(({ report }) => report.mode)).map(([name, n]) => [`  ${name}`, n] as const),
    ['kills', sum(({ report }) => report.places.length)],
    ...counted(all.flatMap(({ report }) => report.places)).map(([name, n]) => [`  ${name}`, n] as const),
    [
      'runs that ended at NOMAD',
      evidences.reduce((n, { truths }) => n + [...truths.values()].reduce((m, { ends }) => m + ends.length, 0), 0),
    ],
    ['events found', sum(({ report }) => report.evidence.state.events.length)],
    ['mails taken', sum(({ report }) => report.evidence.mails.length)],
    ['webhooks taken', sum(({ report }) => report.evidence.posts.length)],
    ['refused for good, listed as dead', sum(({ report }) => report.evidence.refused.size)],
    ['taken again under the same id, after a kill or a denial', sum(repeats)],
    ...PROMISES.map(
      (promise) =>
        [promise, sum(({ violations }) => violations.filter((each) => each.promise === promise).length)] as const,
    ),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(7)}`).join('\n');
}
