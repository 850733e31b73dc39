// `wait`: ends when the processing of uploads has ended, and says how. Decides nothing, writes no state.
import { load } from '../../config/load.ts';
import { guiOf } from '../../domain/text/links.ts';
import { oneLine, spanText } from '../../domain/text/one-line.ts';
import { type Waiter, createWaiter } from '../../app/wait.ts';
import type { WaitEnd, WaitStep, Waited } from '../../jobs/wait.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { type ProgressBar, createProgress } from '../terminal/progress-bar.ts';
import { widthOf } from '../terminal/terminal.ts';
import { EXIT } from '../exit-status.ts';
import { seeDoctor, typed, version } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { type Given, type Wanted, wantedOf } from './options.ts';
import { endLine, isFine, leftLine, progressOf, waitJson } from './text.ts';

export interface WaitCommandOptions {
  readonly envFile: string | null;
  /** Of ACCOUNTS_FILE; null: not named. */
  readonly account: string | null;
  readonly io: Io;
  readonly given: Given;
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

/** What all of it needs. */
interface Run {
  readonly io: Io;
  readonly json: boolean;
  readonly wanted: Wanted;
  readonly gui: string;
  readonly waiter: Waiter;
  readonly progress: ProgressBar;
  readonly scrub: (text: string) => string;
  readonly stopping: AbortSignal;
  /** Aborted when the time is up, or by a signal. */
  readonly signal: AbortSignal;
}

export async function waitCommand(options: WaitCommandOptions): Promise<number> {
  const { envFile, account, io, given, json, stopping } = options;
  const read = load(envFile, { scheduleProblem }, io.env, { account, ofOne: true, ignoresRules: true });
  const wanted = wantedOf(given);
  if (read.loaded === null || 'problems' in wanted) {
    for (const problem of [...('problems' in wanted ? wanted.problems : []), ...read.problems]) complain(io, problem);
    return EXIT.usage;
  }
  const { config } = read.loaded;
  const scrubber = createScrubber(read.secrets);
  const counts = widthOf(io.stderr) !== null || json;
  const waiter = createWaiter({ config, version: version(), scrubber, counts });
  const progress = createProgress(io.stderr);
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(wanted.span)]);
  const { scrub } = scrubber;
  const run = { io, json, wanted, gui: guiOf(config.nomad.url), waiter, progress, scrub, stopping, signal };
  try {
    return await waitOn(run);
  } finally {
    progress.end();
    waiter.close();
  }
}

async function waitOn(run: Run): Promise<number> {
  const { io, wanted, waiter, scrub, signal } = run;
  const tellProblem = problemTeller(run);
  const ids = await idsOf(run, tellProblem);
  if (typeof ids === 'number') return ids;
  const told = new Set<string>();
  const tellEnded = ({ uploads }: WaitStep) => {
    if (run.json) return;
    for (const waited of uploads) {
      if (!waited.outcome.ended || told.has(waited.id)) continue;
      told.add(waited.id);
      run.progress.clear();
      print(io, scrub(endLine(waited, wanted.allowed)));
    }
  };
  const end = await waiter.run({
    ids,
    signal,
    onStep(step) {
      tellProblem(step.problem);
      tellEnded(step);
      const { text, ...rest } = progressOf(step);
      run.progress.show({ ...rest, text: scrub(text) });
    },
  });
  run.progress.end();
  return concluded(run, end);
}

type Tell = (problem: string | null) => void;

/** The exit code instead: there is nothing to wait for. */
async function idsOf(run: Run, tellProblem: Tell): Promise<readonly string[] | number> {
  const { io, wanted, waiter, scrub, progress, signal } = run;
  const { name } = wanted;
  if (name === null) return namedIds(run, tellProblem);
  const shown = oneLine(name, 80);
  const found = await waiter.find({
    name,
    signal,
    onStep(problem) {
      tellProblem(problem);
      progress.show({ done: 0, total: 1, text: scrub(`no upload named ${shown} was made just now; waiting for one`) });
    },
  });
  if (found.why === 'refused') return refused(run, [], found.problem);
  if (found.why === 'aborted') {
    progress.end();
    return timeUp(run, [], found.problem, [`no upload named ${shown} appeared`]);
  }
  const [only, ...more] = found.ids;
  if (only !== undefined && more.length === 0) return [only];
  progress.end();
  const named = `${found.ids.length} uploads named ${shown} were made just now; wait for one by its id`;
  complain(io, scrub(`--new: ${named}: ${found.ids.join(', ')}`));
  return EXIT.usage;
}

async function namedIds(run: Run, tellProblem: Tell): Promise<readonly string[] | number> {
  const { io, wanted, waiter, scrub, progress, signal } = run;
  const found = await waiter.named({ words: wanted.words, list: typed('check'), signal, onStep: tellProblem });
  switch (found.why) {
    case 'found':
      return found.ids;
    case 'refused':
      return refused(run, [], found.problem);
    case 'aborted':
      progress.end();
      return timeUp(run, [], found.problem, []);
    case 'unclear':
      for (const problem of found.problems) complain(io, scrub(problem));
      return EXIT.usage;
  }
}

/** NOMAD's silence is told at its beginning: the waiting goes on. */
function problemTeller({ io, scrub, wanted, progress }: Run): Tell {
  let isAway = false;
  return (problem) => {
    if (problem !== null && !isAway) {
      progress.clear();
      const span = spanText(wanted.span);
      complain(io, scrub(`NOMAD gives no answer: ${oneLine(problem, 300)}; trying until the ${span} are over`));
    }
    isAway = problem !== null;
  };
}

function concluded(run: Run, end: WaitEnd): number {
  const { io, wanted, scrub } = run;
  const { uploads } = end;
  switch (end.why) {
    case 'unknown':
      for (const [id, gone] of end.unknown) complain(io, scrub(unknownLine(id, gone)));
      return EXIT.usage;
    case 'refused':
      return refused(run, uploads, end.problem);
    case 'ended': {
      const isGood = uploads.every((waited) => isFine(waited, wanted.allowed) === true);
      const code = isGood ? EXIT.good : EXIT.bad;
      printJson(run, uploads, null, code);
      return code;
    }
    case 'aborted': {
      const left = uploads.filter(({ outcome }) => !outcome.ended);
      return timeUp(run, uploads, end.problem, left.map(leftLine));
    }
  }
}

function unknownLine(id: string, gone: 'deleted' | 'unshared'): string {
  if (gone === 'unshared') return `${id}: this upload is not shared with you; ${typed('check')} lists yours`;
  return `${id}: NOMAD has no upload with this id (mistyped, or deleted); ${typed('check')} lists yours`;
}

function refused(run: Run, uploads: readonly Waited[], problem: string): number {
  run.progress.end();
  printJson(run, uploads, problem, EXIT.refused);
  if (!run.json) {
    complain(run.io, run.scrub(oneLine(problem, 400)));
    complain(run.io, seeDoctor());
  }
  return EXIT.refused;
}

/** `left`: what has not ended, a line each. A failure is certain, whatever else is still open. */
function timeUp(run: Run, uploads: readonly Waited[], problem: string | null, left: readonly string[]): number {
  const { io, wanted, scrub, stopping } = run;
  if (stopping.aborted) {
    complain(io, 'interrupted');
    return EXIT.interrupted;
  }
  const isBad = uploads.some((waited) => isFine(waited, wanted.allowed) === false);
  const code = isBad ? EXIT.bad : problem === null ? EXIT.timeUp : EXIT.unreachable;
  const span = spanText(wanted.span);
  const why =
    problem === null
      ? `the time is up (${span})`
      : `the time is up (${span}), and NOMAD gives no answer: ${oneLine(problem, 300)}`;
  printJson(run, uploads, why, code);
  if (run.json) return code;
  complain(io, scrub(why));
  for (const line of left) complain(io, scrub(line));
  return code;
}

function printJson(run: Run, uploads: readonly Waited[], problem: string | null, code: number): void {
  const { io, json, wanted, gui, scrub } = run;
  if (!json) return;
  print(io, scrub(jsonText(waitJson({ uploads, allowed: wanted.allowed, problem, code, gui }))));
}
