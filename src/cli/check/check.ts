// `check`: checks the uploads once, or again and again. Decides nothing, writes no state.
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../../config/load.ts';
import { commaSeparated } from '../../config/value-parsers.ts';
import { closest } from '../../domain/text/closest.ts';
import { checkRows } from '../../domain/report/report.ts';
import { guiOf, uploadLink } from '../../domain/text/links.ts';
import { type Condition, CONDITIONS } from '../../domain/report/conditions.ts';
import { counted } from '../../domain/text/one-line.ts';
import type { Snapshot } from '../../domain/upload.ts';
import { whichUploads } from '../../domain/which-upload.ts';
import { createCheckRunner } from '../../app/one-shot.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { type CheckFormat, type CheckResult, reportOf, unknownReport } from './report.ts';
import { createProgress } from '../terminal/progress-bar.ts';
import { EXIT } from '../exit-status.ts';
import { typed, version } from '../installation.ts';
import { type Io, complain } from '../output.ts';
import { tintOf, widthOf } from '../terminal/terminal.ts';
import { printAgain, printReport, watch } from './watch.ts';

export interface CheckCommandOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** Ids, names, or the beginning of one; none: all uploads. */
  readonly words: readonly string[];
  /** Conditions, comma separated; null: all uploads. */
  readonly filter: string | null;
  readonly as: CheckFormat;
  readonly watch: boolean;
  /** Ids, names and reasons are whole, however narrow the terminal is. */
  readonly isWide: boolean;
  readonly stopping: AbortSignal;
}

const WATCH_INTERVAL = 30_000;

export async function checkCommand({
  envFile,
  account,
  io,
  words,
  filter,
  as,
  watch: isWatching,
  isWide,
  stopping,
}: CheckCommandOptions): Promise<number> {
  const { stdout, stderr } = io;
  const read = load(envFile, { scheduleProblem }, io.env, { account, ofOne: true, ignoresRules: true });
  const conditions = conditionsFrom(filter);
  const problems = [...conditions.problems, ...read.problems];
  const scrubber = createScrubber(read.secrets);
  const { scrub } = scrubber;
  if (read.loaded === null || problems.length > 0) {
    for (const problem of problems) complain(io, problem);
    return as === 'nagios'
      ? printReport(io, unknownReport(`the configuration is wrong: ${problems[0] ?? ''}`, scrub))
      : EXIT.usage;
  }
  const { config } = read.loaded;
  const progress = createProgress(stderr);
  const onPage = (done: number, total: number) => {
    progress.show({ done, total, text: `${done} of ${counted(total, 'upload')}` });
  };
  const runner = createCheckRunner({ config, version: version(), scrubber, ...(as !== 'nagios' && { onPage }) });
  const gui = guiOf(config.nomad.url);
  const checkOnce = async (): Promise<CheckResult> => {
    const checked = await runner.run(Date.now(), stopping);
    progress.end();
    if (!checked.ok) return checked;
    const { names } = checked;
    const chosen = onlyThese(checked.snapshot, words);
    if ('problems' in chosen) return { ok: false, reason: 'unclear', problems: chosen.problems };
    const { snapshot } = chosen;
    const linkOf = (id: string) => uploadLink(gui, id);
    return { ...checked, rows: checkRows({ snapshot, names, filter: conditions.chosen, linkOf }) };
  };
  const report = (result: CheckResult) =>
    reportOf(result, as, { width: widthOf(stdout), isWide, tint: tintOf(stdout, io.env), scrub });
  try {
    if (!isWatching) {
      const result = await checkOnce();
      return stopping.aborted ? EXIT.interrupted : printReport(io, report(result));
    }
    const clear = as === 'table' && stdout.isTTY && read.values['TERM'] !== 'dumb';
    const show = (result: CheckResult) =>
      printAgain(io, report(result), { clear, at: as === 'table' ? Date.now() : null });
    return await watch({ check: checkOnce, show, pause: () => untilNext(stopping), stopping });
  } finally {
    runner.close();
  }
}

/** `words` empty: all. */
function onlyThese(
  snapshot: Snapshot,
  words: readonly string[],
): { readonly snapshot: Snapshot } | { readonly problems: readonly string[] } {
  if (words.length === 0) return { snapshot };
  const known = [...snapshot.uploads.values()].map(({ upload }) => upload);
  const { uploads, problems } = whichUploads(words, known, typed('check'));
  if (problems.length > 0) return { problems };
  const ids = new Set(uploads.map(({ id }) => id));
  return { snapshot: { ...snapshot, uploads: new Map([...snapshot.uploads].filter(([id]) => ids.has(id))) } };
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
    return `--filter: "${name}" is not a condition; ${near === null ? `the conditions are ${CONDITIONS.join(', ')}` : `did you mean ${near}?`}`;
  });
  if (filter !== null && given.length === 0)
    problems.push('--filter: it contains no condition; write for example failed,stuck');
  return { chosen, problems };
}

/** Waits; false: it was aborted first. */
function untilNext(signal: AbortSignal): Promise<boolean> {
  return sleep(WATCH_INTERVAL, true, { signal }).catch(() => false);
}
