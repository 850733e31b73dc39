// The commit of a poll, and the sending of what it found, each beside the bare library.
import { runSide, startSide } from '../processes.ts';
import { type Finding, type Measurement, median, ratios } from '../row.ts';

interface Pair {
  readonly ours: number;
  readonly bare: number;
}

export const commit: Measurement = {
  rows: [
    {
      name: 'commit',
      what: 'commit of a poll with 1,000 events: ours / bare `node:sqlite` inserts of the same rows',
      goal: { is: 'at most', value: 2, unit: '×' },
    },
  ],
  async measure() {
    return [beside(await runSide<readonly Pair[]>('commit'))];
  },
};

export const mails: Measurement = {
  rows: [
    { name: 'mails', what: '1,000 mails: ours / bare nodemailer pool', goal: { is: 'at most', value: 2, unit: '×' } },
  ],
  async measure() {
    const smtp = await startSide<{ readonly port: number }>('smtp');
    const pairs = await runSide<readonly Pair[]>('mails', [String(smtp.at.port)]);
    await smtp.stop();
    return [beside(pairs)];
  },
};

function beside(pairs: readonly Pair[]): Finding {
  const [ours, bare] = [pairs.map((pair) => pair.ours), pairs.map((pair) => pair.bare)];
  const note = `ours ${median(ours).toFixed(0)} ms, bare ${median(bare).toFixed(0)} ms`;
  return { kind: 'measured', values: ratios(ours, bare), note };
}
