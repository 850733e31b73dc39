// Notices, before a run, that our clock was set or that the machine slept since the run before, and has all that was timed by it moved
// along. A poll notices by itself what concerns it alone, and says so in the log.
import { type ClockReading, jumpBetween } from '../domain/nomad/clock-jump.ts';
import type { TokenSource } from '../nomad/token-source.ts';
import type { Store } from '../store/store.ts';

export interface ClockWatchOptions {
  readonly store: Store;
  readonly tokens: TokenSource;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
}

export interface ClockWatch {
  notice(now: number): Promise<void>;
  /** Not after it was set far ahead: that may be a mistake, and what was removed because of it would not come back. */
  mayPrune(): boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function createClockWatch({ store, tokens, clock, monotonic }: ClockWatchOptions): ClockWatch {
  let last: ClockReading = { now: clock(), monotonic: monotonic() };
  /** By the time that passes. */
  let prunableFrom = last.monotonic;
  /** By how much what is stored has still to be moved, ms: the state could not be written when the clock was set. */
  let owed = 0;

  return {
    async notice(now) {
      const reading = { now, monotonic: monotonic() };
      const jump = jumpBetween(last, reading);
      last = reading;
      if (jump === 0 && owed === 0) return;
      // A daily run that comes at the wrong time is left out; the next one is not.
      if (jump > DAY) prunableFrom = reading.monotonic + DAY - HOUR;
      if (jump !== 0) tokens.clockSet(jump);
      const by = owed + jump;
      owed = 0;
      try {
        await store.shiftTimes(by, now);
      } catch (error) {
        owed += by;
        throw error;
      }
    },
    mayPrune: () => monotonic() >= prunableFrom,
  };
}
