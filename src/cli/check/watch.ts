// `check --watch`: repeats the check until it is stopped, and prints each result.
import { EXIT } from '../exit-status.ts';
import { type Io, complain, print } from '../output.ts';
import type { CheckReport, CheckResult } from './report.ts';

export interface WatchOptions {
  readonly check: () => Promise<CheckResult>;
  /** Prints the result and returns its exit code. */
  readonly show: (result: CheckResult) => number;
  /** Waits until the next check; false: it was stopped. */
  readonly pause: () => Promise<boolean>;
  readonly stopping: AbortSignal;
}

/** Resolves to the exit code of the last complete check. */
export async function watch({ check, show, pause, stopping }: WatchOptions): Promise<number> {
  let code: number = EXIT.interrupted;
  for (;;) {
    const result = await check();
    if (stopping.aborted) return code;
    code = show(result);
    if (!(await pause())) return code;
  }
}

/** Moves the cursor to the top left and clears the screen. */
const CLEAR = '\u001b[H\u001b[J';

export interface PrintOptions {
  readonly clear: boolean;
  /** The time of the check, ms; null: it is not printed. */
  readonly at: number | null;
}

/** One of several reports. Returns its exit code. */
export function printAgain(io: Io, report: CheckReport, { clear, at }: PrintOptions): number {
  if (clear) io.stdout.write(CLEAR);
  if (at !== null) print(io, new Date(at).toISOString());
  return printReport(io, report);
}

/** Returns the report's exit code. */
export function printReport(io: Io, { out, complaints, code }: CheckReport): number {
  if (out !== null) print(io, out);
  for (const complaint of complaints) complain(io, complaint);
  return code;
}
