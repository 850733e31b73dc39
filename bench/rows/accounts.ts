// What it costs to watch many accounts: one process for all of them, beside a process for each. BENCH_BEFORE names the clone of another build
// that is started for each; without it that is this one.
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS, FACTOR, PROCESSES, UPLOADS, megabytes, startApart, startTogether } from '../group.ts';
import { type Monitor, until } from '../monitor.ts';
import { startNomad } from '../nomad.ts';
import { cpuSeconds } from '../processes.ts';
import { type Measurement, median } from '../row.ts';

/** First polls are spread by the rate that NOMAD is asked at, and no part of it. */
const BEFORE_WINDOWS = 120_000;
const WINDOWS = 3;
const MINUTE = 60_000;

export const accounts: Measurement = {
  rows: [
    {
      name: 'accounts-memory',
      what: `memory of one process with ${ACCOUNTS} accounts of ${UPLOADS} uploads`,
      goal: { is: 'at most', value: 260, unit: ' MB' },
    },
    {
      name: 'accounts-processes',
      what: 'memory: a process for each / one for all',
      goal: { is: 'at least', value: 75, unit: '×' },
    },
    {
      name: 'accounts-cpu',
      what: 'CPU in a minute with a poll of each: one process for all / a process for each',
      goal: { is: 'at most', value: 1, unit: '×' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: UPLOADS, users: ACCOUNTS });
    const sides = [[await startTogether(nomad)], await startApart(nomad)];
    for (const { url } of sides.flat()) await until(async () => (await fetch(`${url}/readyz`)).ok, 300);
    await sleep(BEFORE_WINDOWS);
    const windows: (readonly Use[])[] = [];
    for (let index = 0; index < WINDOWS; index += 1) {
      const before = sides.map((monitors) => sumOf(monitors, cpuSeconds));
      await sleep(MINUTE);
      windows.push(sides.map((monitors, side) => useOf(monitors, before[side] ?? 0)));
    }
    await Promise.all(sides.flat().map((monitor) => monitor.stop()));
    await nomad.stop();
    const [one = [], each = []] = [0, 1].map((side) => windows.map((uses) => uses[side] ?? NONE));
    const ratios = (of: (use: Use) => number) => one.map((use, index) => (of(each[index] ?? NONE) * FACTOR) / of(use));
    const middle = (uses: readonly Use[], of: (use: Use) => number) => median(uses.map(of)).toFixed(1);
    return [
      {
        kind: 'measured',
        values: one.map(({ resident }) => resident),
        note: `at the end of each minute; the most it ever held ${middle(one, ({ peak }) => peak)} MB; what it shares with others counted once ${middle(one, ({ proportional }) => proportional)} MB`,
      },
      {
        kind: 'measured',
        values: ratios(({ resident }) => resident),
        note: `${PROCESSES} processes hold ${middle(each, ({ resident }) => resident)} MB, times ${FACTOR}; with what they share counted once they hold ${middle(each, ({ proportional }) => proportional)} MB, and the ratio is ${median(ratios(({ proportional }) => proportional)).toFixed(0)}`,
      },
      {
        kind: 'measured',
        values: ratios(({ cpu }) => cpu).map((ratio) => 1 / ratio),
        note: `one process ${middle(one, ({ cpu }) => cpu * 1000)} ms a minute, ${PROCESSES} processes ${middle(each, ({ cpu }) => cpu * 1000)} ms, times ${FACTOR}`,
      },
    ];
  },
};

/** Of all processes of a side. */
interface Use {
  /** MB. */
  readonly resident: number;
  readonly proportional: number;
  readonly peak: number;
  /** In the minute, s. */
  readonly cpu: number;
}

const NONE: Use = { resident: 0, proportional: 0, peak: 0, cpu: 0 };

function useOf(monitors: readonly Monitor[], cpuBefore: number): Use {
  return {
    resident: sumOf(monitors, (pid) => megabytes(pid, 'status', 'VmRSS')),
    proportional: sumOf(monitors, (pid) => megabytes(pid, 'smaps_rollup', 'Pss')),
    peak: sumOf(monitors, (pid) => megabytes(pid, 'status', 'VmHWM')),
    cpu: sumOf(monitors, cpuSeconds) - cpuBefore,
  };
}

function sumOf(monitors: readonly Monitor[], of: (pid: number) => number): number {
  return monitors.reduce((total, { pid }) => total + of(pid), 0);
}
