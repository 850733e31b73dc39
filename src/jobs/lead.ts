// Leading: which of several instances does the work. What only a leader does is left out while another one leads. A leader that cannot
// reach NOMAD hands over to an instance that can.
import type { Log } from '../log.ts';
import { type Leadership, NotLeading } from '../store/leadership.ts';

type Run = (now: number, signal: AbortSignal) => Promise<void>;

export interface LeadOptions {
  readonly leadership: Leadership;
  readonly log: Log;
  /** Time that no one sets: ms since whenever. */
  readonly elapsed: () => number;
  /** Whether the leader of this login gets no complete listing, as far as the state tells. */
  readonly isFailing: () => Promise<boolean>;
  /** Whether NOMAD answers this instance. */
  readonly canReach: (signal: AbortSignal) => Promise<boolean>;
  /** Whether a poll of this instance was good since it leads. */
  readonly wasGood: () => boolean;
}

export interface Lead {
  /** Keeps the lead, takes it, or hands it over. */
  runOnce(now: number, signal: AbortSignal): Promise<void>;
  /** Only while this instance leads. */
  whenLeading(run: Run): Run;
}

/** One that has had no good poll itself keeps the lead this long, so that two that both cannot do not hand it to and fro, ms. */
const TRIAL = 10 * 60_000;
/** Who handed over leaves the lead to others for this long, ms. */
const REST = 30_000;

export function createLead({ leadership, log, elapsed, ...options }: LeadOptions): Lead {
  /** By the time that passes. */
  let leadingSince: number | null = null;

  async function considerHandingOver(since: number): Promise<void> {
    if (!options.wasGood() && elapsed() - since < TRIAL) return;
    if (!(await options.isFailing()) || !(await leadership.isOffered())) return;
    leadership.resign('NOMAD does not answer here, and it does answer another instance', REST);
  }

  return {
    async runOnce(_now, signal) {
      await leadership.tick();
      if (!leadership.isLeading()) {
        leadingSince = null;
        if ((await options.isFailing()) && (await options.canReach(signal))) await leadership.offer();
        return;
      }
      leadingSince ??= elapsed();
      await considerHandingOver(leadingSince);
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
  };
}
