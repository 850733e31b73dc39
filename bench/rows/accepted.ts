// How long it takes from the commit of an event to the mail server's "accepted", through the whole program.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMonitor, until } from '../monitor.ts';
import { startNomad } from '../nomad.ts';
import { startSide } from '../processes.ts';
import { type Measurement, TURNS, quantile } from '../row.ts';

const BATCHES = 8;
/** Uploads that fail at once, each told to somebody else. */
const CONCURRENCY = 5;

interface Accepted {
  readonly subject: string;
  readonly at: number;
}

export const accepted: Measurement = {
  rows: [
    {
      name: 'accepted',
      what: 'found → accepted by the mail server, p99 (no other to compare with)',
      goal: { is: 'at most', value: 1, unit: ' s' },
    },
  ],
  async measure() {
    const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
    const rules = join(dir, 'rules.yaml');
    const routes = Array.from(
      { length: CONCURRENCY },
      (_, index) => `  - match: { upload_name: 'sample *${index}' }\n    mail: [user${index}@lab.example]\n`,
    );
    writeFileSync(rules, `routes:\n${routes.join('')}`);
    const nomad = await startNomad({ uploads: 1000, failedEach: 100_000, isStill: false });
    const smtp = await startSide<{ readonly port: number }>('smtp');
    const mails = new Map<string, number>();
    smtp.child.on('message', ({ subject, at }: Accepted) => {
      const [name] = /sample \d+/.exec(subject) ?? [];
      if (name !== undefined) mails.set(name, at);
    });
    const monitor = await startMonitor({
      NOMAD_URL: nomad.url,
      NOMAD_TOKEN: nomad.token,
      POLL_SCHEDULE: '* * * * * *',
      SMTP_URL: `smtp://127.0.0.1:${smtp.at.port}`,
      MAIL_FROM: 'm@lab.example',
      MAIL_MAX_PER_HOUR: '100000',
      RULES_FILE: rules,
    });
    await until(async () => (await fetch(`${monitor.url}/readyz`)).ok);
    const values: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const uploads: number[] = [];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const failing = Array.from({ length: CONCURRENCY }, (_, index) => (turn * BATCHES + batch) * 10 + 10 + index);
        await nomad.order({ kind: 'fail', uploads: failing });
        await until(() => failing.every((index) => mails.has(`sample ${index}`)));
        uploads.push(...failing);
      }
      const found = new Map(monitor.lines('upload.failed').map((line) => [line['upload_name'], line['time']]));
      const seconds = uploads.map((index) => {
        const name = `sample ${index}`;
        return ((mails.get(name) ?? Number.NaN) - new Date(String(found.get(name))).getTime()) / 1000;
      });
      values.push(quantile(seconds, 0.99));
    }
    await monitor.stop();
    await Promise.all([nomad.stop(), smtp.stop()]);
    rmSync(dir, { recursive: true });
    const note = `${BATCHES * CONCURRENCY} events in each turn, ${CONCURRENCY} of a poll at once`;
    return [{ kind: 'measured', values, note }];
  },
};
