// Leading: which of several instances does the work. What only a leader does is left out while another one leads. A leader that NOMAD does
// not answer asks the others whether it answers them, and hands over to one that says so.
import type { Log } from '../log.ts';
import { type Leadership, NotLeading } from '../store/leadership.ts';

type Run = (now: number, signal: AbortSignal) => Promise<void>;

export interface HandoverOptions {
  readonly leadership: Leadership;
  readonly log: Log;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** Whether the last poll got no complete listing. */
  readonly isFailing: () => boolean;
  /** Whether NOMAD answers this instance, asked now. */
  readonly canReach: (signal: AbortSignal) => Promise<boolean>;
  /** Whether a poll of this instance was good since it leads. */
  readonly wasGood: () => boolean;
}

export interface Handover {
  /** Hands the lead over, or offers to take it, where NOMAD does not answer the one that has it. To be called every two seconds. */
  runOnce(now: number, signal: AbortSignal): Promise<void>;
  /** Only while this instance leads. */
  whenLeading(run: Run): Run;
  /** Around what asks NOMAD for something and waits for answers. */
  asking<T>(work: () => Promise<T>): Promise<T>;
  /** NOMAD answered something. */
  answered(): void;
}

/** One that has had no good poll itself keeps the lead this long, so that two that both cannot do not hand it to and fro, ms. */
const TRIAL_PERIOD = 10 * 60_000;
/** Who handed over leaves the lead to others for this long, ms. */
const RESIGN_PAUSE = 30_000;
/** NOMAD is asked whether it is there when a poll has waited this long for an answer, and for how long that may take, ms. */
const SILENT = 3000;
const TIMEOUT_MS = 2000;

export function createHandover({ leadership, log, monotonic, ...options }: HandoverOptions): Handover {
  /** All by the time that passes. */
  let leadingSince: number | null = null;
  let askingSince: number | null = null;
  let answeredAt = 0;

  function isSilent(): boolean {
    return askingSince !== null && monotonic() - Math.max(askingSince, answeredAt) > SILENT;
  }

  function canReach(signal: AbortSignal): Promise<boolean> {
    return options.canReach(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  }

  async function considerHandingOver(since: number, signal: AbortSignal): Promise<void> {
    if (!options.wasGood() && monotonic() - since < TRIAL_PERIOD) return;
    if (!options.isFailing() && !(isSilent() && !(await canReach(signal)))) return;
    await leadership.ask();
    if (await leadership.isOffered()) {
      leadership.resign('NOMAD does not answer this instance, and it does answer another one', RESIGN_PAUSE);
    }
  }

  return {
    async runOnce(_now, signal) {
      if (leadership.isLeading()) {
        leadingSince ??= monotonic();
        await considerHandingOver(leadingSince, signal);
        return;
      }
      leadingSince = null;
      if ((await leadership.isAsked()) && (await canReach(signal))) await leadership.offer();
    },
    whenLeading: (run) => async (now, signal) => {
      if (!leadership.isLeading()) return;
      try {
        await run(now, signal);
      } catch (error) {
        if (!(error instanceof NotLeading)) throw error;
        log.warn({}, error.message);
      }
    },
    async asking(work) {
      askingSince = monotonic();
      try {
        return await work();
      } finally {
        askingSince = null;
      }
    },
    answered() {
      answeredAt = monotonic();
    },
  };
}
