// Who may look: with a token or with a name and password, compared in constant time; guessing is slowed down.
import { createHash, timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';

/** Neither: whoever reaches the port may look. */
export interface Access {
  readonly token: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
}

export function accessCheck({ token, basic }: Access, clock: () => number) {
  const accepted = [
    ...(token === null ? [] : [`Bearer ${token}`]),
    ...(basic === null ? [] : [`Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`]),
  ].map(digest);
  const guesses = createGuesses();
  return createMiddleware(async (context: Context, next) => {
    if (accepted.length === 0) return next();
    const address = getConnInfo(context).remote.address ?? '';
    const wait = guesses.wait(address, clock());
    if (wait > 0) {
      context.header('retry-after', String(Math.ceil(wait / 1000)));
      return context.text('too many wrong tokens or passwords from this address; wait a minute\n', 429);
    }
    const authorization = context.req.header('authorization') ?? '';
    const given = digest(authorization);
    if (accepted.map((each) => timingSafeEqual(each, given)).includes(true)) return next();
    // A browser first asks without: that is no guess.
    if (authorization !== '') guesses.add(address, clock());
    if (basic !== null) context.header('www-authenticate', 'Basic realm="nomad-upload-monitor", charset="UTF-8"');
    else context.header('www-authenticate', 'Bearer');
    return context.text('access needs HTTP_TOKEN or HTTP_USERNAME and HTTP_PASSWORD\n', 401);
  });
}

/** Equal length for a comparison in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const WINDOW = 60_000;
const MOST_GUESSES = 10;
/** Whoever has so many addresses is not slowed down by this, and must not fill the memory. */
const MOST_ADDRESSES = 10_000;

export interface Guesses {
  add(address: string, now: number): void;
  /** How long nothing is taken from there, ms; 0: it is. */
  wait(address: string, now: number): number;
}

/** Ten wrong ones from an address within a minute; then nothing for the rest of that minute. */
export function createGuesses(): Guesses {
  const windows = new Map<string, { readonly from: number; count: number }>();
  const windowOf = (address: string, now: number) => {
    const found = windows.get(address);
    return found === undefined || now < found.from || now >= found.from + WINDOW ? null : found;
  };
  return {
    add(address, now) {
      const window = windowOf(address, now);
      if (window !== null) {
        window.count += 1;
        return;
      }
      windows.delete(address);
      windows.set(address, { from: now, count: 1 });
      const [oldest] = windows.keys();
      if (oldest !== undefined && windows.size > MOST_ADDRESSES) windows.delete(oldest);
    },
    wait(address, now) {
      const window = windowOf(address, now);
      return window === null || window.count < MOST_GUESSES ? 0 : window.from + WINDOW - now;
    },
  };
}
