// Tokens as NOMAD gives them, with their life by our own clock.
import type { Token } from '../domain/nomad/token-policy.ts';
import { END_OF_TIME, newTokenLife } from '../domain/nomad/token-life.ts';
import type { AccessToken } from './login.ts';
import { readJwt } from './wire.ts';

export interface Given {
  readonly value: string;
  /** Seconds, as asked for or as the answer says; null: neither. */
  readonly lifetime: number | null;
  /** The server's clock when it gave it, ms; null: not known. */
  readonly date: number | null;
}

/** A token that NOMAD made just now. */
export function newToken(kind: 'app' | 'access', { value, lifetime, date }: Given, now: number): Token {
  const jwt = readJwt(value);
  const { lasts, clocksDiffer } = newTokenLife({
    promised: inMs(lifetime),
    expiresAt: inMs(jwt?.exp),
    issuedAt: inMs(jwt?.iat),
    date,
    now,
  });
  return { value, kind, obtainedAt: now, expiresAt: lasts === null ? null : now + lasts, clocksDiffer };
}

/** A login's own token, used itself where NOMAD gives no app token. */
export function accessTokenOf({ token: value, lifetime, askedAt, date }: AccessToken): Token {
  return newToken('access', { value, lifetime, date }, askedAt);
}

/** NOMAD_TOKEN: nobody knows how long it has lived already. */
export function givenToken(value: string, now: number): Token {
  const end = inMs(readJwt(value)?.exp);
  return { value, kind: 'given', obtainedAt: now, expiresAt: end === null || end > END_OF_TIME ? null : end };
}

function inMs(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : seconds * 1000;
}
