// Whether the clock went as time did. Where it did not, it was set, or the machine slept. Pure.

/** Both at one moment, ms. `monotonic`: nobody sets it, and it stands still while the machine sleeps. */
export interface ClockReading {
  readonly now: number;
  readonly monotonic: number;
}

/** Clocks are steered a little, and two are not read in one instant: less than this is no jump. */
const CLOCK_SET = 10_000;

/** By how much the clock was set from one reading to the next, ms; 0: it was not. */
export function jumpBetween(before: ClockReading, after: ClockReading): number {
  const jump = after.now - before.now - (after.monotonic - before.monotonic);
  return Math.abs(jump) < CLOCK_SET ? 0 : jump;
}
