// When the polls of many accounts come that have one schedule: each at a moment of its own in the time between two, and always at the same one,
// whoever else is watched.

/** How long after its time a poll begins, ms. `interval`: until the next one, ms; infinity where there is none. `max`: never longer. */
export function spreadOf(name: string, interval: number, max: number): number {
  // Names that differ in one letter come far apart: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), mixed once more.
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const share = ((hash ^ (hash >>> 12)) >>> 0) / 2 ** 32;
  return Math.floor(share * Math.min(Number.isFinite(interval) ? interval : max, max));
}
