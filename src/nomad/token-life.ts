// Tokens as NOMAD gives them, with their life by our own clock: that may be off, the time that is left is not.
import type { Token } from '../domain/nomad/token-policy.ts';
import type { AccessToken } from './login.ts';
import { readJwt } from './wire.ts';

/** `date`: the server's clock when it gave it, ms; null: not known. */
export function tokenOf(value: string, kind: Token['kind'], date: number | null, now: number): Token {
  const exp = readJwt(value)?.exp ?? null;
  return { value, kind, obtainedAt: now, expiresAt: exp === null ? null : now + (exp * 1000 - (date ?? now)) };
}

/** A login's own token, used itself where NOMAD gives no app token. */
export function accessTokenOf({ token, lifetime: seconds, askedAt, date }: AccessToken, now: number): Token {
  if (seconds === null) return tokenOf(token, 'access', date, now);
  return { value: token, kind: 'access', obtainedAt: askedAt, expiresAt: askedAt + seconds * 1000 };
}
