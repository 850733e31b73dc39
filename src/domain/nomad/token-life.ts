// How long a token that NOMAD gave just now is used. Its own end is by the clock of whatever made it, and that clock, the one in NOMAD's
// answers and ours may each be wrong: what was promised counts, unless its own end can be believed. Pure; times are ms.
import { MINUTE } from '../text/durations.ts';

export interface NewToken {
  /** The lifetime that was asked for, or that the answer names; null: none. */
  readonly promised: number | null;
  /** `exp` and `iat` of a JWT (RFC 7519, 4.1), ms since the epoch; null: it does not show them. */
  readonly expiresAt: number | null;
  readonly issuedAt: number | null;
  /** The server's clock when it gave the token; null: it did not say. */
  readonly date: number | null;
  /** Our clock. */
  readonly now: number;
}

export interface NewTokenLife {
  /** From now on; null: not known, so it is used until NOMAD refuses it. */
  readonly lasts: number | null;
  /** Its own end cannot be right by the clock that we have: it is past, or far too soon. */
  readonly clocksDiffer: boolean;
}

/** A token that ends at once would mean a login for each request. */
const SHORTEST = MINUTE;
/** The last moment of a `Date`, ms since the epoch. */
export const END_OF_TIME = 8.64e15;

export function newTokenLife(token: NewToken): NewTokenLife {
  const { expiresAt, date, now } = token;
  const promised = token.promised ?? lengthOf(token);
  const left = expiresAt === null ? null : expiresAt - (date ?? now);
  const isTooSoon = left !== null && left < Math.max(SHORTEST, (promised ?? 0) / 2) && left < (promised ?? Infinity);
  const believed = isTooSoon ? promised : Math.min(left ?? Infinity, promised ?? Infinity);
  if (believed === null || now + believed > END_OF_TIME) return { lasts: null, clocksDiffer: isTooSoon };
  return { lasts: Math.max(SHORTEST, believed), clocksDiffer: isTooSoon };
}

/** By the clock that made it, which can be wrong without harm. */
function lengthOf({ expiresAt, issuedAt }: NewToken): number | null {
  return expiresAt !== null && issuedAt !== null && expiresAt > issuedAt ? expiresAt - issuedAt : null;
}
