// The one place that notices that our clock was set, or that the machine slept; and what has to move along with it.
import { type ClockReading, jumpBetween } from '../domain/nomad/clock-jump.ts';
import { DAY, HOUR } from '../domain/text/durations.ts';
import type { Log } from '../log.ts';
import type { TokenSource } from '../nomad/token-source.ts';
import type { Store } from '../store/store.ts';

export interface ClockWatch {
  /** Compares the clock with the time that passed since the last look. */
  look(now: number): void;
  /** `jump`: by how much the clock was set, ms. */
  onJump(listener: (jump: number) => void): void;
}

/** `monotonic`: ms with fractions. */
export function createClockWatch(clock: () => number, monotonic: () => number): ClockWatch {
  const listeners: ((jump: number) => void)[] = [];
  let last: ClockReading = { now: clock(), monotonic: monotonic() };
  return {
    look(now) {
      const reading = { now, monotonic: monotonic() };
      const jump = jumpBetween(last, reading);
      last = reading;
      if (jump !== 0) for (const listener of listeners) listener(jump);
    },
    onJump: (listener) => void listeners.push(listener),
  };
}

export interface TimeShiftOptions {
  readonly watch: ClockWatch;
  readonly store: Pick<Store, 'shiftTimes'>;
  readonly tokens: Pick<TokenSource, 'clockSet'>;
  readonly log: Log;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
}

export interface TimeShift {
  /** Before each run: whatever was timed by a clock that was set is moved along. */
  notice(now: number): Promise<void>;
  /** Not after the clock was set far ahead: that may be a mistake, and what was removed because of it would not come back. */
  mayPrune(): boolean;
}

export function createTimeShift({ watch, store, tokens, log, monotonic }: TimeShiftOptions): TimeShift {
  let prunableFrom = monotonic();
  /** By how much what is stored has still to be moved, ms: the state could not be written when the clock was set. */
  let owed = 0;
  watch.onJump((jump) => {
    log.warn({ by_s: Math.round(jump / 1000) }, 'the clock was set, or the machine was asleep');
    tokens.clockSet(jump);
    owed += jump;
    // A daily run that comes at the wrong time is left out; the next one is not.
    if (jump > DAY) prunableFrom = monotonic() + DAY - HOUR;
  });
  return {
    async notice(now) {
      watch.look(now);
      if (owed === 0) return;
      const by = owed;
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
