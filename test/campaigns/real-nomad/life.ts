// A life of an upload: what people do by NOMAD's own routes, and what the monitor tells after each step. And what many lives have in common.
import type { Facts } from './generations.ts';
import { GOOD, type Hand } from './hand.ts';
import type { RealNomad } from './start.ts';

/** What is done, and the kinds of the events that the next poll finds. */
export type Beat = readonly [act: () => Promise<unknown>, told: readonly string[]];

export interface Life {
  readonly name: string;
  readonly when?: (facts: Facts) => boolean;
  /** STUCK_AFTER, ms. */
  readonly stuckAfter?: number;
  beats(hand: Hand, id: string, real: RealNomad): readonly Beat[];
}

export const FAILS = { wrong: 'Matching', error: 'OSError: No space left on device' } as const;

/** A first good run that nobody has to look at. */
export async function fill(hand: Hand, id: string): Promise<void> {
  await hand.put(id, 'a.archive.yaml', GOOD);
  await hand.work(id);
}

export async function fail(hand: Hand, id: string): Promise<void> {
  await hand.process(id);
  await hand.work(id, FAILS);
}

/** A failure of an hour ago: one that is two seconds old could be the same failure, written twice. */
export async function longAgo(hand: Hand, real: RealNomad, id: string): Promise<void> {
  await fail(hand, id);
  const complete_time = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '');
  await real.control(`uploads/${id}`, { complete_time }, 'PATCH');
}

export async function again(hand: Hand, id: string): Promise<void> {
  await hand.process(id);
  await hand.work(id);
}
