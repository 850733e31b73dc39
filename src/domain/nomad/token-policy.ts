// When to renew a token, when a login may be tried, and what a refusal means. Pure: times are arguments, ms since the epoch.
import { DAY, HOUR, MINUTE } from '../text/durations.ts';

/** A token with its life by our own clock. */
export interface Token extends Life {
  readonly value: string;
  /** app: NOMAD made it for us. access: a login's own, where NOMAD makes none. given: NOMAD_TOKEN. */
  readonly kind: 'app' | 'access' | 'given';
  /** Its own end cannot be right by the clock that we have (`newTokenLife`). */
  readonly clocksDiffer?: boolean;
}

interface Life {
  readonly obtainedAt: number;
  /** null: opaque (a personal access token), its end is not to be seen. */
  readonly expiresAt: number | null;
}

/** Renew after this share of its life, spread so that many monitors do not come at once. `random` in [0, 1). */
export function renewalTime(token: Life, random: number): number | null {
  if (token.expiresAt === null) return null;
  return token.obtainedAt + (token.expiresAt - token.obtainedAt) * (0.77 + 0.06 * random);
}

/** Of a token that somebody gave us: early enough to warn in time when it turns out that it cannot be renewed. */
export function firstRenewalTime(token: Life, random: number): number | null {
  const usual = renewalTime(token, random);
  return usual === null || token.expiresAt === null ? null : Math.min(usual, token.expiresAt - 8 * DAY);
}

const RENEWAL_PAUSE = 5 * MINUTE;

/** When a renewal that failed is tried again, while the token still lives: not with each request, nor before the server wants it (`retryAfter`, ms). */
export function nextRenewalTime({ expiresAt }: Life, retryAfter: number | null, now: number): number | null {
  if (expiresAt === null) return null;
  const pause = expiresAt > now ? Math.min(RENEWAL_PAUSE, (expiresAt - now) / 4) : RENEWAL_PAUSE;
  return now + Math.max(pause, retryAfter ?? 0);
}

/** Too close to its end to begin a request with. */
export function isExpired(token: Life, now: number): boolean {
  return token.expiresAt !== null && token.expiresAt - now < 5_000;
}

/** Repeated wrong passwords can lock the account: few tries, then a long wait. */
const MAX_REFUSALS_AN_HOUR = 5;
/** Wait after the first, second, … refusal within the hour. */
const WAITS = [1, 5, 10, 20].map((minutes) => minutes * MINUTE);

/**
 * The moment from which a login may be tried. `refusals`: times of refused logins, ascending, any age.
 * `startedAt`: a newly started process may try at once (the password may have been mended) while the hour's five are not used up.
 */
export function loginAllowedAt(refusals: readonly number[], startedAt: number, now: number): number {
  const recent = refusals.filter((time) => time > now - HOUR && time <= now);
  const oldest = recent.at(-MAX_REFUSALS_AN_HOUR);
  if (oldest !== undefined) return oldest + HOUR;
  const mine = recent.filter((time) => time >= startedAt);
  const newest = mine.at(-1);
  if (newest === undefined) return now;
  return newest + (WAITS[Math.min(mine.length, WAITS.length) - 1] ?? HOUR);
}

/** A token that is refused while it is younger was obtained in vain: sooner than any that NOMAD makes would end. */
const YOUNG = 4 * MINUTE;

export function wasInVain(refused: Life, now: number): boolean {
  return now - refused.obtainedAt < YOUNG;
}

/**
 * The moment from which a login may be made although NOMAD refused the tokens of those before. `vain`: when it did, ascending. One more is
 * made at once, for the token may have been revoked; then it is as for refused logins.
 */
export function loginAfterVainAt(vain: readonly number[], now: number): number {
  const recent = vain.filter((time) => time > now - HOUR);
  return recent.length < 2 ? now : loginAllowedAt(recent, -Infinity, now);
}

/** A login that hangs can hold up a small NOMAD's only process for everybody, so it is not made again for so long. */
export const HUNG_LOGIN_PAUSE = 5 * MINUTE;
/** What takes longer and is no answer either hung, whatever ended it: a gateway, NOMAD's own limits (500 after 30 s), a cut. */
const HANGING = 20_000;

/** Whether a login without a verdict hung. `problem` null: it was answered, with `status`. It must have got through: who is not there is not held up. */
export function loginHung(problem: string | null, status: number | null, took: number): boolean {
  if (problem === null) return status === 504 || took >= HANGING;
  const wasSent = !/awaiting '(lookup|connect|secureConnect)'|: connect E|ENOTFOUND|EAI_AGAIN/.test(problem);
  return wasSent && (problem.startsWith('ETIMEDOUT') || took >= HANGING);
}

/** Where there are no app tokens, they are asked for again after so long. */
export const WITHOUT_APP_TOKENS = HOUR;

/**
 * What an answer that is no app token says of app tokens. scope: not with this token (from 1.4.2 on none by an app token, and none for an
 * account outside `auth.authorized_users`). gone: NOMAD has none any more, as its documentation announces. fault: 1.4.1 fails over an app token
 * (`KeyError: 'kid'`) where it should refuse it. null: nothing for good.
 */
export type Lack = 'scope' | 'gone' | 'fault' | null;

export function lackOf(status: number, detail: string, exception: string | null): Lack {
  if (status === 404 || status === 405 || status === 410) return 'gone';
  if (status === 403 && refusalOf(403, detail) === 'scope') return 'scope';
  return isKeyFault(status, exception) ? 'fault' : null;
}

/** How 1.4.1 answers a token whose kind it does not know: for all but app tokens, the token is invalid. */
export function isKeyFault(status: number, exception: string | null): boolean {
  return status === 500 && exception === "KeyError: 'kid'";
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
