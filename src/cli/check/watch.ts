// `check --watch`: looks again and again until it is told to end.
import type { CheckResult } from './report.ts';
import { EXIT } from '../exit-status.ts';

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
