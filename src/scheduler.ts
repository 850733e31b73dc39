// croner around jobs: each runs alone (a run that comes due meanwhile is skipped and counted), a failed run never ends the schedule,
// and one can see whether the loops move.
import { Cron } from 'croner';
import { MINUTE } from './domain/text/durations.ts';
import { oneLine } from './domain/text/one-line.ts';
import type { ClockWatch } from './jobs/clock-watch.ts';
import type { Loop } from './jobs/schedule.ts';

export interface Scheduler {
  /** Runs it now, unless it is running. */
  trigger(name: string): Promise<void>;
  /** One more. */
  add(loop: Loop): void;
  /** Nothing new of it starts, and what runs is aborted; resolves when it has ended. */
  remove(name: string): Promise<void>;
  /** Names of the loops that do not move. */
  stuck(now: number): readonly string[];
  /** Nothing new starts; what runs is finished, or cut after `grace` ms. */
  stop(grace: number): Promise<void>;
}

export interface SchedulerOptions {
  readonly loops: readonly Loop[];
  readonly timeZone: string;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  readonly clockWatch: ClockWatch;
  readonly onError: (loop: string, error: unknown) => void;
}

/** What was cut gets this long to note that it was, ms. */
const AFTER_CUT = 500;
/** How late a timer may fire before it counts as not moving, ms. */
const LATE = MINUTE;

export function startScheduler(options: SchedulerOptions): Scheduler {
  const { clockWatch } = options;
  const cut = new AbortController();
  const timetable = createTimetable(options);
  let running = options.loops.map((loop) => startLoop(loop, options, timetable, cut.signal));
  // What is due next is another time by a clock that was set; croner sees it within half a minute.
  clockWatch.onJump(() => {
    for (const { lookAhead } of running) lookAhead();
  });

  return {
    async trigger(name) {
      await running.find((loop) => loop.name === name)?.tick();
    },
    add(loop) {
      running = [...running, startLoop(loop, options, timetable, cut.signal)];
    },
    async remove(name) {
      const removed = running.filter((loop) => loop.name === name);
      running = running.filter((loop) => loop.name !== name);
      for (const loop of removed) loop.abort();
      await Promise.all(removed.map((loop) => loop.settled()));
    },
    stuck(now) {
      clockWatch.look(now);
      return running.filter((loop) => loop.isStuck(now)).map((loop) => loop.name);
    },
    async stop(grace) {
      for (const loop of running) loop.stop();
      const settled = Promise.all(running.map((loop) => loop.settled()));
      await Promise.race([settled, sleep(grace)]);
      cut.abort();
      // What cannot be cut (a server that is taking a mail) is left to end with the process; the outbox knows of it.
      await Promise.race([settled, sleep(AFTER_CUT)]);
    },
  };
}

interface RunningLoop {
  readonly name: string;
  /** Runs it, unless it is running or stopped. */
  tick(): Promise<void>;
  /** Sees when it is due next. */
  lookAhead(): void;
  isStuck(now: number): boolean;
  /** Nothing new starts. */
  stop(): void;
  /** Nor goes on what runs. */
  abort(): void;
  /** When what runs has ended. */
  settled(): Promise<void>;
}

function startLoop(
  loop: Loop,
  options: Omit<SchedulerOptions, 'loops'>,
  timetable: Timetable,
  cut: AbortSignal,
): RunningLoop {
  const own = new AbortController();
  const signal = AbortSignal.any([cut, own.signal]);
  const { clock, monotonic } = options;
  const { delay = 0 } = loop;
  const delayed = new Set<NodeJS.Timeout>();
  /** Of the run underway, by the time that passes. */
  let since: number | null = null;
  let current: Promise<void> = Promise.resolve();
  let nextAt: number | null = null;
  let stopped = false;
  const onError = (error: unknown) => {
    options.onError(loop.name, error);
  };
  const times = timetable.follow(loop, delay === 0 ? () => void tick() : later);
  lookAhead();

  function lookAhead(): void {
    const next = times.next();
    nextAt = next === null ? null : next + delay;
  }

  function later(): void {
    const timer = setTimeout(() => {
      delayed.delete(timer);
      void tick();
    }, delay);
    delayed.add(timer);
  }

  async function tick(): Promise<void> {
    lookAhead();
    if (stopped) return;
    if (since !== null) {
      loop.onSkip?.();
      return;
    }
    since = monotonic();
    current = loop
      .run(clock(), signal)
      .catch(onError)
      .finally(() => (since = null));
    await current;
  }

  function stop(): void {
    stopped = true;
    times.leave();
    for (const timer of delayed) clearTimeout(timer);
  }

  return {
    name: loop.name,
    tick,
    lookAhead,
    isStuck: (now) =>
      (since !== null && monotonic() - since > loop.longest) || (nextAt !== null && now - nextAt > LATE),
    stop,
    abort() {
      stop();
      own.abort();
    },
    settled: () => current,
  };
}

interface Timetable {
  /** Calls back at each time of the loop's pattern. */
  follow(loop: Loop, listener: () => void): Times;
}

interface Times {
  /** ms since the epoch; null: never again. */
  next(): number | null;
  leave(): void;
}

/** One croner job for all loops of a pattern: each holds 80 kB, and hundreds of accounts have the same pattern. */
function createTimetable(options: Pick<SchedulerOptions, 'timeZone' | 'onError'>): Timetable {
  const jobs = new Map<string, { readonly cron: Cron; readonly listeners: Set<() => void> }>();

  function start(pattern: string, timezone: string, name: string) {
    const listeners = new Set<() => void>();
    const onError = (error: unknown) => {
      options.onError(name, error);
    };
    const cron = new Cron(pattern, { timezone, catch: onError }, () => {
      for (const listener of [...listeners]) listener();
    });
    return { cron, listeners };
  }

  return {
    follow({ name, pattern, timeZone = options.timeZone }, listener) {
      const key = `${timeZone} ${pattern}`;
      const job = jobs.get(key) ?? start(pattern, timeZone, name);
      jobs.set(key, job);
      job.listeners.add(listener);
      return {
        next: () => job.cron.nextRun()?.getTime() ?? null,
        leave() {
          job.listeners.delete(listener);
          if (job.listeners.size > 0) return;
          job.cron.stop();
          if (jobs.get(key) === job) jobs.delete(key);
        },
      };
    },
  };
}

/** Those asked for before, by zone and pattern. Few in any configuration; a bound all the same. */
const asked = new Map<string, Cron>();
const MAX_ASKED = 100;

/** When a pattern comes next after a time, both ms; never: infinity. */
export function nextTime(pattern: string, timeZone: string, after: number): number {
  const key = `${timeZone} ${pattern}`;
  const cron = asked.get(key) ?? new Cron(pattern, { paused: true, timezone: timeZone });
  if (asked.size >= MAX_ASKED) asked.clear();
  asked.set(key, cron);
  return cron.nextRun(new Date(after))?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** What is wrong with a cron pattern, in a sentence; null: nothing. */
export function scheduleProblem(pattern: string): string | null {
  try {
    const cron = new Cron(pattern, { paused: true });
    return cron.nextRun() === null ? `"${oneLine(pattern, 60)}" never occurs` : null;
  } catch {
    return `"${oneLine(pattern, 60)}" is not a valid cron pattern`;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
