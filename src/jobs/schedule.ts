// What runs when: the loops of the schedule but for the polls, and what stands before and around each run.
import type { ChannelName } from '../domain/notify/hold.ts';
import { MINUTE } from '../domain/text/durations.ts';
import { RELAY_CHANNELS } from './relay.ts';

export interface Loop {
  readonly name: string;
  /** Cron pattern, seconds allowed. */
  readonly pattern: string;
  /** IANA name, of the pattern; absent: that of the schedule. */
  readonly timeZone?: string;
  /** So long after each time of the pattern it runs, ms: those of many accounts do not all come at once. Absent: at that time. */
  readonly delay?: number;
  /** A run longer than this counts as stuck, ms. */
  readonly longest: number;
  run(now: number, signal: AbortSignal): Promise<void>;
  onSkip?(): void;
}

type Run = Loop['run'];

export interface LoopsOptions {
  readonly maker: LoopMaker;
  /** Reports an outage while a poll still waits for NOMAD. */
  readonly silence: Run;
  /** Those that are configured. */
  readonly channels: readonly ChannelName[];
  readonly relay: (channel: ChannelName, now: number, signal: AbortSignal) => Promise<void>;
  /** null: there is no Alertmanager. */
  readonly alerts: Run | null;
  readonly renew: Run;
  readonly prune: Run;
  /** null: this instance is alone. `tick` never rejects. */
  readonly lead: {
    readonly tick: () => Promise<void>;
    readonly renew: () => Promise<void>;
  } | null;
}

/** Puts around a loop what stands around each. */
export type LoopMaker = (loop: Loop) => Loop;

export interface LoopMakerOptions {
  /** Comes before each run. */
  readonly before: (now: number) => Promise<void>;
  /** Notices what a disk refuses. */
  readonly watched: (name: string, run: Run) => Run;
}

export function createLoopMaker({ before, watched }: LoopMakerOptions): LoopMaker {
  return (loop) => {
    const run: Run = async (now, signal) => {
      await before(now);
      await loop.run(now, signal);
    };
    // Pruning comes once a day: it cannot say when a disk takes again what it did not.
    return { ...loop, run: loop.name === 'prune' ? run : watched(loop.name, run) };
  };
}

const HOURLY = '40 7 * * * *';
const TWO_SECONDS = '*/2 * * * * *';

/** Those that do the work of all accounts. */
export function loopsOf({ maker, alerts, lead, ...options }: LoopsOptions): readonly Loop[] {
  const loops: readonly Loop[] = [
    { name: 'silence', pattern: '*/5 * * * * *', longest: 5 * MINUTE, run: options.silence },
    // A loop each: one whose server is silent is no reason for the others to wait. What was stored for a channel that is not configured
    // any more is looked at once an hour: after 3 days it is given up.
    ...RELAY_CHANNELS.map((channel): Loop => ({
      name: `relay ${channel}`,
      pattern: options.channels.includes(channel) ? '*/5 * * * * *' : HOURLY,
      longest: 30 * MINUTE,
      run: (now, signal) => options.relay(channel, now, signal),
    })),
    ...(alerts === null ? [] : [{ name: 'alerts', pattern: '15 * * * * *', longest: 5 * MINUTE, run: alerts }]),
    { name: 'renew', pattern: '30 * * * * *', longest: 5 * MINUTE, run: options.renew },
    { name: 'prune', pattern: '17 3 * * *', longest: 30 * MINUTE, run: options.prune },
  ];
  const watchedLoops = loops.map(maker);
  if (lead === null) return watchedLoops;
  // These ask the database whatever it said before, and wait for nothing else: the lead and what is being sent hang on them.
  return [
    ...watchedLoops,
    { name: 'lead', pattern: TWO_SECONDS, longest: 5 * MINUTE, run: lead.tick },
    { name: 'leases', pattern: TWO_SECONDS, longest: 5 * MINUTE, run: () => lead.renew().catch(() => undefined) },
  ];
}
