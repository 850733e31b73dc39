// Lines of the log that would come again at each poll: written the first time, then as a count, and once more when it is over.
import { type Repeat, repeated, sameness } from '../domain/log-repeats.ts';
import { MINUTE } from '../domain/text/durations.ts';
import type { Fields, Log } from '../log.ts';

export interface Repeats {
  say(level: 'warn' | 'error', fields: Fields, message: string, now: number): void;
  /** It is over: with what it was and for how long, if there was anything. */
  end(fields: Fields, message: string, now: number): void;
}

/** How many different problems of one outage are counted separately. */
const MAX_PROBLEMS = 20;

/** For one matter: what is said of it is forgotten when it is over. */
export function createRepeats(log: Log): Repeats {
  const known = new Map<string, Repeat>();
  return {
    say(level, fields, message, now) {
      const key = sameness(message);
      const { repeat, isSaid } = repeated(known.get(key) ?? null, now);
      known.delete(key);
      known.set(key, repeat);
      const [oldest] = known.keys();
      if (known.size > MAX_PROBLEMS && oldest !== undefined) known.delete(oldest);
      if (!isSaid) return;
      if (repeat.count === 1) {
        log[level](fields, message);
        return;
      }
      const since = new Date(repeat.since).toISOString();
      log[level](
        { ...fields, times: repeat.count, since },
        `repeated ${repeat.count} times since ${since}: ${message}`,
      );
    },
    end(fields, message, now) {
      if (known.size === 0) return;
      const since = Math.min(...[...known.values()].map((each) => each.since));
      known.clear();
      log.info({ ...fields, minutes: Math.round((now - since) / MINUTE) }, message);
    },
  };
}
