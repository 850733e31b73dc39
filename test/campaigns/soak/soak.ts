// `npm run soak`: 30 simulated days of 1,000 uploads; `-- --plant heap` (listener, fd) to see that a leak is noticed.
// `npm run soak -- --real 30m`: the real program at full speed for so long. Code 1 when something grows in the days, or the program ends or is not well.
import { parseArgs } from 'node:util';
import { duration } from '../../../src/config/value-parsers.ts';
import { DAY, PLANTS, soakDays } from './days.ts';
import { heapSlope, megabytes, whatGrows } from './judge.ts';
import { soakReal } from './real.ts';
import type { Sample } from './sample.ts';

const RETENTION_DAYS = 7;
const COLUMNS = [
  'day',
  'heap MB',
  'extern MB',
  'RSS MB',
  'fds',
  'timers',
  'listen.',
  'events',
  'deliveries',
  'db MB',
  'wal MB',
];

const { values } = parseArgs({
  options: { real: { type: 'string' }, plant: { type: 'string' }, days: { type: 'string', default: '30' } },
});
process.exitCode = (await (values.real === undefined ? simulated() : real(values.real))) ? 0 : 1;

async function real(text: string): Promise<boolean> {
  const wanted = duration(text);
  if ('problem' in wanted) throw new Error(`--real: ${wanted.problem}`);
  return soakReal(wanted.value);
}

async function simulated(): Promise<boolean> {
  const plants = PLANTS.filter((plant) => plant === values.plant);
  if (values.plant !== undefined && plants.length === 0) throw new Error(`--plant: one of ${PLANTS.join(', ')}`);
  console.log(COLUMNS.map((name) => name.padStart(10)).join(' '));
  const { samples, runs, taken, milliseconds } = await soakDays({
    days: Number(values.days),
    uploads: 1000,
    pollSchedule: '*/15 * * * *',
    changesPerPoll: 6,
    retention: `${RETENTION_DAYS}d`,
    sampleEvery: DAY,
    plants,
    onSample: (sample) => {
      console.log(lineOf(sample));
    },
  });
  console.log(
    `runs ${JSON.stringify(runs)}, taken ${JSON.stringify(taken)}, in ${(milliseconds / 60_000).toFixed(1)} min`,
  );
  console.log(`heap after collection over the last two thirds: ${megabytes(heapSlope(samples))} a day`);
  const problems = whatGrows(samples, { heapPerDay: 200_000, retentionDays: RETENTION_DAYS });
  for (const problem of problems) console.log(problem);
  if (problems.length === 0) console.log('nothing grows');
  return problems.length === 0;
}

function lineOf({ days, heap, external, rss, fds, timers, listeners, rows, database, wal }: Sample): string {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(2);
  const { event = 0, delivery = 0 } = rows;
  const cells = [
    days.toFixed(0),
    mb(heap),
    mb(external),
    mb(rss),
    fds,
    timers,
    listeners,
    event,
    delivery,
    mb(database),
    mb(wal),
  ];
  return cells.map((cell) => String(cell).padStart(10)).join(' ');
}
