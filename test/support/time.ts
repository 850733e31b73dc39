// The time of this process in the hands of a test: the clock can be set, timers go by the time that passes, as they really do.
import type { TestContext } from 'node:test';

export interface Time {
  /** ms that passed; nobody sets it. */
  monotonic(): number;
  /** By the clock. */
  now(): number;
  /** Sets the clock by so much, ms; no timer notices. */
  set(by: number): void;
  /** Lets so much time pass, ms, with all the timers that end meanwhile. */
  pass(milliseconds: number): Promise<void>;
  /** No timer that is set from now on ever ends. */
  loseTimers(): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Until the test ends. */
export function takeTime(context: TestContext, begin: number): Time {
  const RealDate = Date;
  const { setImmediate: turn } = globalThis;
  const timers = new Map<number, Timer>();
  let passed = 0;
  let offset = begin;
  let made = 0;
  let isLosing = false;
  const now = () => offset + passed;

  class SetDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now = now;
  }
  // Not by the mocks of node:test: they keep a record of each access, and that was more than half of what such a test computed.
  globalThis.Date = SetDate as DateConstructor;
  context.after(() => {
    globalThis.Date = RealDate;
  });
  const setTimer = (run: () => void, delay = 0) => {
    made += 1;
    if (!isLosing) timers.set(made, { at: passed + delay, run });
    const key = made;
    return { ref: () => key, unref: () => key, [Symbol.toPrimitive]: () => key };
  };
  context.mock.method(globalThis, 'setTimeout', setTimer);
  context.mock.method(globalThis, 'clearTimeout', (timer: unknown) => void timers.delete(Number(timer)));

  return {
    loseTimers() {
      isLosing = true;
    },
    monotonic: () => passed,
    now,
    set: (by) => {
      offset += by;
    },
    async pass(milliseconds) {
      const until = passed + milliseconds;
      for (;;) {
        const [first] = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
        if (first === undefined) break;
        const [key, timer] = first;
        timers.delete(key);
        passed = Math.max(passed, timer.at);
        timer.run();
        await new Promise((resolve) => turn(resolve));
      }
      passed = until;
      await new Promise((resolve) => turn(resolve));
    },
  };
}
