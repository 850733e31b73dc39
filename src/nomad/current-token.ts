// The token in use, and when it is due to be renewed. Asks nobody.
import { type Token, firstRenewalTime, isExpired, nextRenewalTime, renewalTime } from '../domain/nomad/token-policy.ts';

export interface CurrentToken {
  get(): Token | null;
  /** null: there is none, or it is too close to its end to begin a request with. */
  usable(now: number): Token | null;
  /** NOMAD refuses it. One that was given is used past its end by our clock, which may be wrong, until then. */
  refused(token: Token): void;
  /** Whether it is time to renew it. */
  isDue(now: number): boolean;
  set(token: Token): void;
  /** A renewal failed: while there is a token, the next one can wait. `retryAfter`: ms that the server asked for. */
  postpone(retryAfter: number | null, now: number): void;
  drop(): void;
  /** One that was dropped goes on being used, unless there is another. */
  restore(dropped: Token): void;
  clockSet(by: number, now: number): void;
}

export interface CurrentTokenOptions {
  readonly random: () => number;
  readonly onToken?: (token: Token) => void;
}

export function createCurrentToken({ random, onToken }: CurrentTokenOptions): CurrentToken {
  let current: Token | null = null;
  let renewAt: number | null = null;
  let refused: string | null = null;

  function isOver(token: Token, now: number): boolean {
    return isExpired(token, now) && (token.kind !== 'given' || token.value === refused);
  }

  return {
    get: () => current,
    usable: (now) => (current !== null && !isOver(current, now) ? current : null),
    refused: ({ value }) => void (refused = value),
    isDue: (now) => renewAt !== null && now >= renewAt,
    set(token) {
      current = token;
      renewAt = token.kind === 'given' ? firstRenewalTime(token, random()) : renewalTime(token, random());
      onToken?.(token);
    },
    postpone(retryAfter, now) {
      if (current !== null) renewAt = nextRenewalTime(current, retryAfter, now);
    },
    drop() {
      current = null;
    },
    restore(dropped) {
      current ??= dropped;
    },
    clockSet(by, now) {
      const end = current?.expiresAt ?? null;
      if (current === null || end === null) return;
      current = { ...current, obtainedAt: current.obtainedAt + by, expiresAt: end + by };
      renewAt = now;
    },
  };
}
