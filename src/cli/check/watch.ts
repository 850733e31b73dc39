// `check --watch`: looks again and again until it is told to end, and prints each look.
import { EXIT } from '../exit-status.ts';
import { type Io, complain, print } from '../output.ts';
import type { CheckReport, CheckResult } from './report.ts';

export interface WatchOptions {
  readonly look: () => Promise<CheckResult>;
  /** Answers with the code that the look stands for. */
  readonly show: (seen: CheckResult) => number;
  /** Until the next look; false: it is over. */
  readonly pause: () => Promise<boolean>;
  readonly stopping: AbortSignal;
}

/** Resolves to the code of the last look. One that was cut short tells nothing. */
export async function watch({ look, show, pause, stopping }: WatchOptions): Promise<number> {
  let code: number = EXIT.interrupted;
  for (;;) {
    const seen = await look();
    if (stopping.aborted) return code;
    code = show(seen);
    if (!(await pause())) return code;
  }
}

/** To the first place of a terminal, and everything from there is emptied. */
const CLEAR = '\u001b[H\u001b[J';

export interface PrintOptions {
  /** The screen is cleared first. */
  readonly isCleared: boolean;
  /** When it was looked, ms; null: not told. */
  readonly at: number | null;
}

/** One of several reports. Answers with its code. */
export function printAgain(io: Io, report: CheckReport, { isCleared, at }: PrintOptions): number {
  if (isCleared) io.stdout.write(CLEAR);
  if (at !== null) print(io, new Date(at).toISOString());
  return printReport(io, report);
}

/** Answers with its code. */
export function printReport(io: Io, { out, complaints, code }: CheckReport): number {
  if (out !== null) print(io, out);
  for (const complaint of complaints) complain(io, complaint);
  return code;
}
