// When to try again: failed deliveries and a failing NOMAD. Pure; randomness comes in as a number in [0, 1).
import { DAY, HOUR, MINUTE, SECOND } from '../text/durations.ts';

/** A delivery is given up this long after its first try. */
export const DELIVERY_LIFETIME = 3 * DAY;
/** A message whose sending ended the process this often in a row is given up: it would go on ending it. */
export const MAX_UNFINISHED_TRIES = 5;

/**
 * Wait before the next try of a delivery, ms: 5 s, doubling to 1 h, each spread over ±20 %. `tries`: how many were made, from 1. `elapsed`:
 * ms since the first; tries that news brought about in between make no wait longer than the outage has been so far.
 */
export function deliveryDelay(tries: number, elapsed: number, random: number): number {
  const first = 5 * SECOND;
  return jitter(Math.min(first * 2 ** (tries - 1), first + elapsed, HOUR), random);
}

/**
 * Wait before NOMAD is asked again, ms: nothing after the first failure (the schedule is wait enough), then 30 s, doubling
 * to 5 min, each spread over ±20 %; never less than the server's own `Retry-After` (believed up to a day).
 */
export function pollDelay(failures: number, retryAfter: number | null, random: number): number {
  const own = failures < 2 ? 0 : jitter(Math.min(30 * SECOND * 2 ** (failures - 2), 5 * MINUTE), random);
  return Math.max(own, Math.min(retryAfter ?? 0, DAY));
}

function jitter(milliseconds: number, random: number): number {
  return Math.round(milliseconds * (0.8 + 0.4 * random));
}
