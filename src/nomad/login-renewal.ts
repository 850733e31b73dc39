// A token by a login: an app token where NOMAD gives one, else the login's own. Remembers for a while that NOMAD gives none, and logins that
// were in vain because NOMAD refused the token that it had just given.
import { type Token, WITHOUT_APP_TOKENS, loginAfterVainAt, wasInVain } from '../domain/nomad/token-policy.ts';
import type { AppTokens } from './app-token.ts';
import { type Failure, type Result, failure } from './failure.ts';
import type { Login } from './login.ts';
import { accessTokenOf } from './token-life.ts';

export interface LoginRenewal {
  /** Why no login may be tried now; null: one may. */
  blocked(): Promise<Failure | null>;
  /** Asks for nothing while it is blocked. */
  renew(signal?: AbortSignal): Promise<Result<Token>>;
  /** NOMAD refuses this token. Each counts once. */
  refused(token: Token): void;
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
  /** When a token was refused that had just been given, ms, ascending. */
  let vain: readonly number[] = [];
  let lastRefused: Token | null = null;

  function blockedByVain(): Failure | null {
    const allowedAt = loginAfterVainAt(vain, clock());
    if (allowedAt <= clock()) return null;
    return failure(
      'unauthorized',
      `NOMAD refuses each token right after it created it; are the clocks of its servers right? The next login is at ${new Date(allowedAt).toISOString()}`,
    );
  }

  function addVain(): void {
    vain = [...vain.slice(-9), clock()];
  }

  async function blocked(): Promise<Failure | null> {
    return (await login.blocked()) ?? blockedByVain();
  }

  return {
    blocked,
    refused(token) {
      if (token !== lastRefused && wasInVain(token, clock())) addVain();
      lastRefused = token;
    },
    async renew(signal) {
      const problem = await blocked();
      if (problem !== null) return problem;
      onAsk();
      const access = await login.run(signal);
      if (!access.ok) return access;
      if (clock() < withoutAppTokensUntil) return { ok: true, value: accessTokenOf(access.value) };
      const { result, lack } = await appTokens.ask(access.value.token, signal);
      if (lack === 'gone' || lack === 'scope') withoutAppTokensUntil = clock() + WITHOUT_APP_TOKENS;
      if (result.ok) return result;
      // Where only the app token is missing, one that lives shorter does as well, and no login is made in vain.
      if (lack !== null || result.reason === 'unreachable') return { ok: true, value: accessTokenOf(access.value) };
      addVain();
      // A token that a login gave just now and that is refused is the server's fault, not the password's.
      return { ...result, refused: null };
    },
    clockSet(by) {
      login.clockSet(by);
      withoutAppTokensUntil += by;
      vain = vain.map((time) => time + by);
    },
  };
}
