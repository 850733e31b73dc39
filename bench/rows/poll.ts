// What a poll of 10,000 uploads costs beside the bare requests, and beside a script; what ten times as many cost, and what memory both take.
import { START } from '../monitor.ts';
import { type Nomad, startNomad } from '../nomad.ts';
import { python } from '../peers.ts';
import { run, runSide } from '../processes.ts';
import { type Finding, type Measurement, TURNS, inTurns, median, ratios } from '../row.ts';
import type { RoundsReport } from '../sides/rounds.ts';

const UPLOADS = 10_000;
const MANY = 100_000;

export const poll: Measurement = {
  rows: [
    {
      name: 'poll',
      what: `poll of ${UPLOADS} uploads, CPU: ours / bare \`got\` + \`JSON.parse\` of the same pages`,
      goal: { is: 'at most', value: 1.5, unit: '×' },
    },
    {
      name: 'script',
      what: 'the same / a full listing by the Python script',
      goal: { is: 'less than', value: 1, unit: '×' },
    },
  ],
  async measure() {
    const nomad = await startNomad({ uploads: UPLOADS });
    const args = [nomad.url, nomad.token, String(UPLOADS)];
    const found = python();
    const script = `${import.meta.dirname}/../sides/list_uploads.py`;
    const [bare = [], ours = [], scripted = []] = await inTurns<RoundsReport>(
      TURNS,
      () => runSide('bare', args),
      () => runSide('poll', args, START),
      ...('path' in found ? [() => run<RoundsReport>(found.path, [script, ...args])] : []),
    );
    await nomad.stop();
    const note = `ours ${ms(ours)}, bare ${ms(bare)}`;
    const besideScript: Finding =
      'path' in found
        ? {
            kind: 'measured',
            values: ratios(cpu(ours), cpu(scripted)),
            note: `ours ${ms(ours)}, script ${ms(scripted)}`,
          }
        : { kind: 'missing', why: found.why };
    return [{ kind: 'measured', values: ratios(cpu(ours), cpu(bare)), note }, besideScript];
  },
};

export const scale: Measurement = {
  rows: [
    {
      name: 'linear',
      what: `CPU of a poll: ${MANY} uploads / ten times ${UPLOADS}`,
      goal: { is: 'at most', value: 1.1, unit: '×' },
    },
    { name: 'memory', what: `peak memory at ${UPLOADS} uploads`, goal: { is: 'at most', value: 150, unit: ' MB' } },
    { name: 'memory-100k', what: `peak memory at ${MANY} uploads`, goal: { is: 'at most', value: 400, unit: ' MB' } },
  ],
  async measure() {
    const [few, many] = [await startNomad({ uploads: UPLOADS }), await startNomad({ uploads: MANY })];
    const polls = (nomad: Nomad, uploads: number) => () =>
      runSide<RoundsReport>('poll', [nomad.url, nomad.token, String(uploads)], START);
    const [small = [], large = []] = await inTurns<RoundsReport>(TURNS, polls(few, UPLOADS), polls(many, MANY));
    await Promise.all([few.stop(), many.stop()]);
    const peaks = (reports: readonly RoundsReport[]) => reports.map(({ peak }) => peak);
    const values = ratios(cpu(large), cpu(small)).map((ratio) => ratio / (MANY / UPLOADS));
    return [
      { kind: 'measured', values, note: `${ms(large)} / ${ms(small)}` },
      { kind: 'measured', values: peaks(small), note: 'most that the process held, over six polls' },
      { kind: 'measured', values: peaks(large), note: 'most that the process held, over six polls' },
    ];
  },
};

function cpu(reports: readonly RoundsReport[]): readonly number[] {
  return reports.map((report) => median(report.cpu));
}

function ms(reports: readonly RoundsReport[]): string {
  return `${(median(cpu(reports)) * 1000).toFixed(0)} ms`;
}
