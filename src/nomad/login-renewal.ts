// A token by a login: an app token where NOMAD gives one, else the login's own. Remembers for a while that NOMAD gives none.
import { type Token, WITHOUT_APP_TOKENS } from '../domain/nomad/token-policy.ts';
import type { AppTokens } from './app-token.ts';
import type { Failure, Result } from './failure.ts';
import type { Login } from './login.ts';
import { accessTokenOf } from './token-life.ts';

export interface LoginRenewal {
  /** Why no login may be tried now; null: one may. */
  blocked(): Promise<Failure | null>;
  /** Asks for nothing while it is blocked. */
  renew(signal?: AbortSignal): Promise<Result<Token>>;
  clockSet(by: number): void;
}

export interface LoginRenewalOptions {
  readonly login: Login;
  readonly appTokens: AppTokens;
  readonly clock: () => number;
  /** Called each time that NOMAD is asked. */
  readonly onAsk: () => void;
}

export function createLoginRenewal({ login, appTokens, clock, onAsk }: LoginRenewalOptions): LoginRenewal {
  let withoutAppTokensUntil = 0;

  return {
    blocked: () => login.blocked(),
    async renew(signal) {
      const blocked = await login.blocked();
      if (blocked !== null) return blocked;
      onAsk();
      const access = await login.run(signal);
      if (!access.ok) return access;
      if (clock() < withoutAppTokensUntil) return { ok: true, value: accessTokenOf(access.value, clock()) };
      const { result, lack } = await appTokens.ask(access.value.token, signal);
      if (lack === 'gone' || lack === 'scope') withoutAppTokensUntil = clock() + WITHOUT_APP_TOKENS;
      if (result.ok) return result;
      // Where only the app token is missing, one that lives shorter does as well, and no login is made in vain.
      if (lack !== null || result.reason === 'unreachable')
        return { ok: true, value: accessTokenOf(access.value, clock()) };
      // A token that a login gave just now and that is refused is the server's fault, not the password's.
      return { ...result, refused: null };
    },
    clockSet(by) {
      login.clockSet(by);
      withoutAppTokensUntil += by;
    },
  };
}
