// Turns away who guesses: counts different wrong secrets by where they come from, for a minute. It keeps no more than a fixed number of places.
import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { MINUTE } from '../domain/text/durations.ts';

const WINDOW = MINUTE;
const MAX_GUESSES = 10;
/** Whoever has so many networks is not turned away by this, and must not fill the memory. */
const MAX_NETWORKS = 10_000;

export interface Guesses {
  /**
   * Counts a wrong secret, unless it came from there before: who has an old one repeats it, who guesses does not. Answers with how long
   * nothing wrong is taken from there any more, ms; 0: it still is.
   */
  add(address: string, secret: string, now: number): number;
}

interface Window {
  readonly from: number;
  readonly guesses: Set<string>;
}

/** Ten different ones from a network within a minute; then none for the rest of that minute. */
export function createGuesses(): Guesses {
  const windows = new Map<string, Window>();
  // What is wrong here may be right elsewhere: only what cannot be turned back is kept of it.
  const key = randomBytes(32);
  const sign = (secret: string) => createHmac('sha256', key).update(secret).digest('base64').slice(0, 16);

  function windowOf(network: string, now: number): Window {
    const found = windows.get(network);
    if (found !== undefined && now >= found.from && now < found.from + WINDOW) return found;
    windows.delete(network);
    const window = { from: now, guesses: new Set<string>() };
    windows.set(network, window);
    const [oldest] = windows.keys();
    if (oldest !== undefined && windows.size > MAX_NETWORKS) windows.delete(oldest);
    return window;
  }
  return {
    add(address, secret, now) {
      const { from, guesses } = windowOf(networkOf(address), now);
      const guess = sign(secret);
      if (guesses.has(guess)) return 0;
      if (guesses.size >= MAX_GUESSES) return from + WINDOW - now;
      guesses.add(guess);
      return 0;
    },
  };
}

/** One machine has one IPv4 address, but a whole /64 of IPv6 (RFC 4291, 2.5.4). */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head.split(':').filter((each) => each !== '');
  const after = (tail ?? '').split(':').filter((each) => each !== '');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return `${[...before, ...Array.from({ length: gap }, () => '0'), ...after].slice(0, 4).join(':')}::/64`;
}
