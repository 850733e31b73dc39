// Of several instances on one state only the leader polls, reminds and prunes: the others leave those runs out.
import type { Log } from '../log.ts';
import { type Leadership, NotLeading } from '../store/leadership.ts';

type Run = (now: number, signal: AbortSignal) => Promise<void>;

/** Runs only while this instance leads. That it lost the lead in the middle of a run is a line in the log. */
export function whenLeading(leadership: Pick<Leadership, 'isLeading'>, log: Log): (run: Run) => Run {
  return (run) => async (now, signal) => {
    if (!leadership.isLeading()) return;
    try {
      await run(now, signal);
    } catch (error) {
      if (!(error instanceof NotLeading)) throw error;
      log.warn({}, error.message);
    }
  };
}
