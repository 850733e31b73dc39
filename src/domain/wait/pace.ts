// How often NOMAD itself is asked about the uploads that somebody waits for. Pure.
import { SECOND } from '../text/durations.ts';

const SHORTEST = 2 * SECOND;
const LONGEST = 30 * SECOND;
/** At most about one request a second, however many uploads are waited for. */
const EACH = SECOND;

/**
 * Until the next look, ms: short at first, and longer the longer it takes already, so that an end is seen late by a tenth of the time at
 * most. `waited`: how long so far, ms. `uploads`: of how many it is.
 */
export function lookPause(waited: number, uploads: number): number {
  return Math.max(Math.min(Math.max(waited / 10, SHORTEST), LONGEST), uploads * EACH);
}
