// What is logged and remembered of the tokens in use.
import type { Token } from '../domain/nomad/token-policy.ts';
import type { Log } from '../log.ts';

export interface TokenLog {
  readonly onToken: (token: Token) => void;
  /** When the token in use ends, ms since the epoch; null: it does not tell, or there is none yet. */
  readonly expiresAt: () => number | null;
}

export function createTokenLog(log: Log): TokenLog {
  let last: Token | null = null;
  return {
    onToken(token) {
      // A login's own token is renewed every few minutes: that is logged once.
      const isNews = token.kind !== 'access' || last?.kind !== 'access';
      if (token.kind === 'access' && isNews)
        log.info({}, 'NOMAD issues no app tokens: the token of each login is used');
      if (last !== null) log[isNews ? 'info' : 'debug']({}, 'token renewed');
      last = token;
    },
    expiresAt: () => last?.expiresAt ?? null,
  };
}
