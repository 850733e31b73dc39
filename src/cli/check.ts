// `check`: one look at the uploads, as a table, as JSON, or as one line for a monitoring system. Decides nothing, writes no state.
import { styleText } from 'node:util';
import { parseConfig, secrets } from '../config/parse.ts';
import { readEnv } from '../config/read.ts';
import { commaSeparated } from '../config/values.ts';
import { closest } from '../config/variables.ts';
import { type CheckRow, checkRows, checkTable, isBad, nagiosOf } from '../domain/check.ts';
import { guiOf, uploadLink } from '../domain/links.ts';
import { type Condition, CONDITIONS } from '../domain/overview.ts';
import { counted, oneLine } from '../domain/text.ts';
import { createLook } from '../examination.ts';
import type { Checked } from '../jobs/check.ts';
import { createScrubber } from '../log.ts';
import type { Failure } from '../nomad/failure.ts';
import { scheduleProblem } from '../scheduler.ts';
import { EXIT, complain, print, version, jsonText } from './shared.ts';

export interface CheckOptions {
  readonly envFile: string | null;
  /** Conditions, comma separated; null: all uploads. */
  readonly filter: string | null;
  readonly as: 'table' | 'json' | 'nagios';
  readonly watch: boolean;
  readonly stopping: AbortSignal;
}

/** Monitoring Plugins: the check itself could not be made. */
const UNKNOWN = 3;
const AGAIN = 30_000;

export async function check({ envFile, filter, as, watch, stopping }: CheckOptions): Promise<number> {
  const env = readEnv(envFile);
  const parsed = parseConfig(env.values, { scheduleProblem });
  const conditions = conditionsFrom(filter);
  const problems = [...conditions.problems, ...env.problems, ...('problems' in parsed ? parsed.problems : [])];
  const { scrub, ...scrubber } = createScrubber(secrets(env.values));
  if ('problems' in parsed || problems.length > 0) {
    for (const problem of problems) complain(problem);
    return as === 'nagios' ? unknown(`the configuration is wrong: ${problems[0] ?? ''}`, scrub) : EXIT.usage;
  }
  const { config } = parsed;
  const progress = createProgress(as !== 'nagios');
  const look = createLook({ config, version: version(), scrubber: { scrub, ...scrubber }, onPage: progress.show });
  const rowsOf = ({ snapshot, names }: Checked) => {
    const gui = guiOf(config.nomad.url);
    return checkRows({ snapshot, names, filter: conditions.chosen, linkOf: (id) => uploadLink(gui, id) });
  };
  const colour = process.stdout.isTTY && env.values['NO_COLOR'] === undefined;
  try {
    for (;;) {
      const checked = await look.run(Date.now(), stopping);
      progress.clear();
      if (watch && process.stdout.isTTY) process.stdout.write('\u001b[2J\u001b[H');
      const code = checked.ok ? tell(checked, rowsOf(checked), as, colour, scrub) : tellFailure(checked, as, scrub);
      const goesOn = watch && (await untilNext(stopping));
      if (!goesOn) return code;
    }
  } finally {
    look.close();
  }
}

function conditionsFrom(filter: string | null): {
  readonly chosen: readonly Condition[];
  readonly problems: readonly string[];
} {
  const given = filter === null ? [] : commaSeparated(filter);
  const chosen = CONDITIONS.filter((condition) => given.includes(condition));
  const unknownOnes = given.filter((name) => CONDITIONS.every((condition) => condition !== name));
  const problems = unknownOnes.map((name) => {
    const near = closest(name, CONDITIONS);
    return `--filter: "${name}" is no condition; ${near === null ? `they are ${CONDITIONS.join(', ')}` : `did you mean ${near}?`}`;
  });
  if (filter !== null && given.length === 0)
    problems.push('--filter: it names no condition; write for example failed,stuck');
  return { chosen, problems };
}

function tell(
  checked: Checked,
  rows: readonly CheckRow[],
  as: CheckOptions['as'],
  colour: boolean,
  scrub: (text: string) => string,
): number {
  if (as === 'nagios') {
    const { code, line } = nagiosOf(rows);
    print(scrub(line));
    return code;
  }
  if (as === 'json') {
    const uploads = rows.map((row) => ({ ...row, since: new Date(row.since).toISOString() }));
    const { takenAt } = checked.snapshot;
    const document = {
      ok: !isBad(rows),
      taken_at: new Date(takenAt).toISOString(),
      remembers: checked.remembers,
      uploads,
    };
    print(scrub(jsonText(document)));
    return isBad(rows) ? EXIT.bad : EXIT.good;
  }
  const [head = '', ...lines] = checkTable(rows, checked.snapshot.takenAt);
  print([head, ...lines.map((line, index) => tinted(scrub(line), rows[index], colour))].join('\n'));
  if (checked.malformed > 0) complain(`${counted(checked.malformed, 'upload')} could not be read and is not shown`);
  if (!checked.remembers)
    complain(
      'no monitor has watched this account here: what is stuck is not known, and failed entries only of the newest 20',
    );
  return isBad(rows) ? EXIT.bad : EXIT.good;
}

function tellFailure(failure: Failure, as: CheckOptions['as'], scrub: (text: string) => string): number {
  if (as === 'nagios') return unknown(failure.problem, scrub);
  const { reason, problem } = failure;
  if (as === 'json') print(scrub(jsonText({ ok: false, reason, problem })));
  else complain(scrub(oneLine(problem, 400)));
  return reason === 'unauthorized' ? EXIT.refused : EXIT.unreachable;
}

function unknown(problem: string, scrub: (text: string) => string): number {
  print(`NOMAD UNKNOWN - ${scrub(oneLine(problem, 300)).replaceAll('|', '/')}`);
  return UNKNOWN;
}

function tinted(line: string, row: CheckRow | undefined, colour: boolean): string {
  const worst = row?.conditions[0];
  if (!colour || worst === undefined) return line;
  if (worst === 'failed' || worst === 'stuck') return styleText('red', line);
  if (worst === 'entries_failed' || worst === 'empty') return styleText('yellow', line);
  return worst === 'processing' ? styleText('cyan', line) : line;
}

/** How far a long listing has come, on a terminal. */
function createProgress(wanted: boolean) {
  const isShown = wanted && process.stderr.isTTY;
  return {
    show: (seen: number, total: number) => {
      if (!isShown) return;
      const width = 30;
      const full = total === 0 ? width : Math.round((seen / total) * width);
      process.stderr.write(`\r[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${seen} of ${counted(total, 'upload')}`);
    },
    clear: () => {
      if (isShown) process.stderr.write('\r\u001b[K');
    },
  };
}

/** false: it was aborted first. */
function untilNext(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    const timer = setTimeout(resolve, AGAIN, true);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
