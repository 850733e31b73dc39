// Where a usable token comes from. One renewal at a time, whoever asks; it never tries a refused password often.
//
// With a password:  no token ──login──▶ access token ──app_token──▶ app token ──(80 % of its life)──▶ renewed
//   Renewal asks with the app token itself (to 1.4.0). Where it cannot (403 "Missing scopes", 1.4.1's mistake) it logs in again, from then on at once.
//   Where NOMAD gives no app token, the access token itself is used, and a login is made when that is needed.
//   A renewal that fails while the token still lives changes nothing: the token goes on being used and renewal is tried again.
// With NOMAD_TOKEN: an app token renews itself where the server lets it; a personal access token is used as it is.
import type { TokenLife } from '../domain/nomad/health.ts';
import type { Token } from '../domain/nomad/token-policy.ts';
import { type CurrentTokenOptions, createCurrentToken } from './current-token.ts';
import type { Result } from './failure.ts';
import type { LoginCredentials } from './login.ts';
import { type RenewalOptions, createRenewal } from './renewal.ts';
import { givenToken } from './token-life.ts';

export interface TokenSourceOptions extends RenewalOptions, CurrentTokenOptions {
  /** Each time that NOMAD was asked for one. */
  readonly onRenewal?: (result: 'ok' | 'refused' | 'error') => void;
}

export interface TokenSource {
  /** A token to use now; renews it when it is due. */
  token(signal?: AbortSignal): Promise<Result<Token>>;
  /** Renews an app token when it is due; a login's own token is had anew only when it is needed. */
  renewAhead(signal?: AbortSignal): Promise<void>;
  /** After a 401 for `refused`: a token that is not that one. */
  replace(refused: Token, signal?: AbortSignal): Promise<Result<Token>>;
  /** NOMAD refused also the one that `replace` gave. */
  refused(token: Token): void;
  /** Our clock was set by that much, ms: the token goes on for as long as before, and is renewed at the next chance, for the machine may have slept. */
  clockSet(by: number): void;
  /** How long it goes on: whether the token in use can be had anew, as far as NOMAD has shown. */
  life(): TokenLife;
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { credentials, clock } = options;
  const renewal = createRenewal(options);
  const { login } = renewal;
  const current = createCurrentToken(options);
  if (credentials.kind === 'token') current.set(givenToken(credentials.token, clock()));
  let running: Promise<Result<Token>> | null = null;

  function renewed(signal?: AbortSignal): Promise<Result<Token>> {
    running ??= renew(signal).finally(() => (running = null));
    return running;
  }

  async function renew(signal?: AbortSignal): Promise<Result<Token>> {
    const { result, asked } = await renewal.run(current.get(), signal);
    if (result.ok) current.set(result.value);
    else current.postpone(result.retryAfter, clock());
    if (asked) options.onRenewal?.(result.ok ? 'ok' : result.reason === 'unauthorized' ? 'refused' : 'error');
    return result;
  }

  async function token(signal?: AbortSignal): Promise<Result<Token>> {
    const now = clock();
    const usable = current.usable(now);
    if (usable === null) return renewed(signal);
    if (!current.isDue(now) || !renewal.isPossible()) return { ok: true, value: usable };
    const result = await renewed(signal);
    return result.ok ? result : { ok: true, value: usable };
  }

  function noteRefused(token: Token): void {
    current.refused(token);
    login?.refused(token);
  }

  async function replace(refused: Token, signal?: AbortSignal): Promise<Result<Token>> {
    const other = current.get();
    if (other !== null && other !== refused) return { ok: true, value: other };
    noteRefused(refused);
    if (login === null) return renewed(signal);
    const blocked = await login.blocked();
    if (blocked !== null) return blocked;
    current.drop();
    const result = await renewed(signal);
    // One of several workers may be wrong: while there can be no other token, this one is tried on.
    if (!result.ok && result.reason === 'unreachable') current.restore(refused);
    return result;
  }

  return {
    token,
    replace,
    refused: noteRefused,
    async renewAhead(signal) {
      if (current.get()?.kind !== 'access') await token(signal);
    },
    clockSet(by) {
      login?.clockSet(by);
      current.clockSet(by, clock());
    },
    life: () => ({ expiresAt: current.get()?.expiresAt ?? null, renewable: renewal.isPossible() }),
  };
}

/** Under which refused logins are counted: whoever logs in as the same user of the same deployment counts together. */
export function refusalKey(url: string, credentials: LoginCredentials): string {
  return credentials.kind === 'password' ? `${url} ${credentials.username}` : url;
}
