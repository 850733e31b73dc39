// Slows down who guesses: counts wrong secrets by where they come from, for a minute. It keeps no more than a fixed number of places.
import { isIPv6 } from 'node:net';
import { MINUTE } from '../domain/text/durations.ts';

const WINDOW = MINUTE;
const MAX_GUESSES = 10;
/** Whoever has so many networks is not slowed down by this, and must not fill the memory. */
const MAX_NETWORKS = 10_000;

export interface Guesses {
  add(address: string, now: number): void;
  /** How long nothing is taken from there, ms; 0: it is. */
  wait(address: string, now: number): number;
}

/** Ten wrong ones from a network within a minute; then nothing for the rest of that minute. */
export function createGuesses(): Guesses {
  const windows = new Map<string, { readonly from: number; count: number }>();
  const windowOf = (network: string, now: number) => {
    const found = windows.get(network);
    return found === undefined || now < found.from || now >= found.from + WINDOW ? null : found;
  };
  return {
    add(address, now) {
      const network = networkOf(address);
      const window = windowOf(network, now);
      if (window !== null) {
        window.count += 1;
        return;
      }
      windows.delete(network);
      windows.set(network, { from: now, count: 1 });
      const [oldest] = windows.keys();
      if (oldest !== undefined && windows.size > MAX_NETWORKS) windows.delete(oldest);
    },
    wait(address, now) {
      const window = windowOf(networkOf(address), now);
      return window === null || window.count < MAX_GUESSES ? 0 : window.from + WINDOW - now;
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
