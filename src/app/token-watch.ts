// Logs new tokens, and remembers when the one in use expires.
import type { Token } from '../domain/nomad/token-policy.ts';
import type { Log } from '../log.ts';

export interface TokenWatch {
  readonly onToken: (token: Token) => void;
  /** When the token in use expires, ms since the epoch; null: unknown, or there is none yet. */
  readonly expiresAt: () => number | null;
}

export function createTokenWatch(log: Log): TokenWatch {
  let last: Token | null = null;
  let saidOfClocks = false;
  return {
    onToken(token) {
      if (token.clocksDiffer === true && !saidOfClocks) {
        saidOfClocks = true;
        log.warn(
          {},
          "a token that NOMAD has just created looks as if it were over or nearly so: the clock that creates tokens, the one in NOMAD's answers and the one here do not agree. It is used until its lifetime is over or NOMAD refuses it; check these clocks (doctor compares two of them)",
        );
      }
      // A login's own token is renewed every few minutes: only the first is of interest.
      const isNews = token.kind !== 'access' || last?.kind !== 'access';
      if (token.kind === 'access' && isNews)
        log.info({}, 'NOMAD issues no app tokens: the token of each login is used');
      if (last !== null) log[isNews ? 'info' : 'debug']({}, 'token renewed');
      last = token;
    },
    expiresAt: () => last?.expiresAt ?? null,
  };
}
