// When to renew a token, when a login may be tried, and what a refusal means. Pure: times are arguments, ms since the epoch.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A token with its life by our own clock. */
export interface Token {
  readonly value: string;
  readonly obtainedAt: number;
  /** null: opaque (a personal access token), its end is not to be seen. */
  readonly expiresAt: number | null;
}

/** Renew after this share of its life, spread so that many monitors do not come at once. `random` in [0, 1). */
export function renewalTime(token: Token, random: number): number | null {
  if (token.expiresAt === null) return null;
  return token.obtainedAt + (token.expiresAt - token.obtainedAt) * (0.77 + 0.06 * random);
}

/** Of a token that somebody gave us: early enough to warn in time when it turns out that it cannot be renewed. */
export function firstRenewalTime(token: Token, random: number): number | null {
  const usual = renewalTime(token, random);
  return usual === null || token.expiresAt === null ? null : Math.min(usual, token.expiresAt - 8 * 24 * HOUR);
}

const RENEWAL_PAUSE = 5 * MINUTE;

/** When a renewal that failed is tried again, while the token still lives: not with each request, nor before the server wants it (`retryAfter`, ms). */
export function nextRenewalTime({ expiresAt }: Token, retryAfter: number | null, now: number): number | null {
  if (expiresAt === null) return null;
  return now + Math.max(Math.min(RENEWAL_PAUSE, (expiresAt - now) / 4), retryAfter ?? 0);
}

/** Too close to its end to begin a request with. */
export function isExpired(token: Token, now: number): boolean {
  return token.expiresAt !== null && token.expiresAt - now < 5_000;
}

/** Repeated wrong passwords can lock the account: few tries, then a long wait. */
const MOST_REFUSALS_AN_HOUR = 5;
/** Wait after the first, second, … refusal within the hour. */
const WAITS = [1, 5, 10, 20].map((minutes) => minutes * MINUTE);

/**
 * The moment from which a login may be tried. `refusals`: times of refused logins, ascending, any age.
 * `startedAt`: a newly started process may try at once (the password may have been mended) while the hour's five are not used up.
 */
export function loginAllowedAt(refusals: readonly number[], startedAt: number, now: number): number {
  const recent = refusals.filter((time) => time > now - HOUR && time <= now);
  const oldest = recent.at(-MOST_REFUSALS_AN_HOUR);
  if (oldest !== undefined) return oldest + HOUR;
  const mine = recent.filter((time) => time >= startedAt);
  const newest = mine.at(-1);
  if (newest === undefined) return now;
  return newest + (WAITS[Math.min(mine.length, WAITS.length) - 1] ?? HOUR);
}

/**
 * What a 401 or 403 is about, by the texts that NOMAD 1.3 and 2.0 really answer (docs/nomad.md).
 * token: it is not (or no longer) good. account: no login will change it. upload: that one upload is not shared with us.
 * scope: the token is good but not for this. login: wrong name or password.
 */
export type Refusal = 'token' | 'account' | 'upload' | 'scope' | 'login';

export function refusalOf(status: 401 | 403, detail: string): Refusal {
  if (/^you do not have access to the specified upload/i.test(detail)) return 'upload';
  if (/^incorrect username or password/i.test(detail)) return 'login';
  if (/^you are not authorized to access this oasis/i.test(detail)) return 'account';
  if (/unknown user/i.test(detail)) return 'account';
  if (/^missing scopes/i.test(detail)) return 'scope';
  return status === 401 ? 'token' : 'account';
}
