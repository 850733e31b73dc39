// Where a usable token comes from. One renewal at a time, whoever asks; it never tries a refused password often.
//
// With a password:  no token ──login──▶ access token ──app_token──▶ app token ──(80 % of its life)──▶ renewed
//   Renewal asks with the app token itself (to 1.4.0). Where it cannot (403 "Missing scopes", 1.4.1's mistake) it logs in again, from then on at once.
//   Where NOMAD gives no app token, the access token itself is used, and a login is made when that is needed.
//   A renewal that fails while the token still lives changes nothing: the token goes on being used and renewal is tried again.
// With NOMAD_TOKEN: an app token renews itself where the server lets it; a personal access token is used as it is.
import type { TokenLife } from '../domain/nomad/health.ts';
import {
  type Token,
  WITHOUT_APP_TOKENS,
  firstRenewalTime,
  isExpired,
  nextRenewalTime,
  renewalTime,
} from '../domain/nomad/token-policy.ts';
import { createAppTokens } from './app-token.ts';
import type { Client } from './client.ts';
import { type Result, failure, refusedFailure } from './failure.ts';
import { type AccessToken, type Login, type RefusalLog, createLogin } from './login.ts';
import { readJwt } from './wire.ts';

export type LoginCredentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface TokenSourceOptions {
  readonly client: Client;
  readonly credentials: LoginCredentials;
  /** Seconds. */
  readonly lifetime: number;
  readonly refusals: RefusalLog;
  readonly clock: () => number;
  readonly random: () => number;
  readonly onToken?: (token: Token) => void;
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
  /** Our clock was set by that much, ms: the token goes on for as long as before, and is renewed at the next chance, for the machine may have slept. */
  clockSet(by: number): void;
  /** How long it goes on: whether the token in use can be had anew, as far as NOMAD has shown. */
  life(): TokenLife;
}

/** A renewal by itself that fails over NOMAD's own mistake, or finds nothing to ask, may be chance once. */
const MAX_FAULTS = 2;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { credentials, clock } = options;
  const login = credentials.kind === 'password' ? createLogin({ ...options, ...credentials }) : null;
  const appTokens = createAppTokens({ ...options, made: (value, date) => made(value, 'app', date) });
  let current: Token | null = credentials.kind === 'token' ? made(credentials.token, 'given', null) : null;
  let renewAt = current === null ? null : firstRenewalTime(current, options.random());
  let renewsItself = true;
  let faults = 0;
  let withoutAppTokensUntil = 0;
  /** How often NOMAD was asked for one: a login that may not be made yet asks for nothing. */
  let asked = 0;
  let running: Promise<Result<Token>> | null = null;
  if (current !== null) options.onToken?.(current);

  function made(value: string, kind: Token['kind'], date: number | null): Token {
    const now = clock();
    const exp = readJwt(value)?.exp ?? null;
    // exp is by the server's clock: our clock may be off, the time left is not.
    return { value, kind, obtainedAt: now, expiresAt: exp === null ? null : now + (exp * 1000 - (date ?? now)) };
  }

  function accessToken({ token, lifetime: seconds, askedAt, date }: AccessToken): Token {
    if (seconds === null) return made(token, 'access', date);
    return { value: token, kind: 'access', obtainedAt: askedAt, expiresAt: askedAt + seconds * 1000 };
  }

  function renewed(signal?: AbortSignal): Promise<Result<Token>> {
    running ??= renew(signal).finally(() => (running = null));
    return running;
  }

  async function renew(signal?: AbortSignal): Promise<Result<Token>> {
    const before = asked;
    const result = await obtain(signal);
    if (result.ok) {
      current = result.value;
      renewAt = renewalTime(current, options.random());
      options.onToken?.(current);
    }
    if (!result.ok && current !== null) renewAt = nextRenewalTime(current, result.retryAfter, clock());
    if (asked > before) options.onRenewal?.(result.ok ? 'ok' : result.reason === 'unauthorized' ? 'refused' : 'error');
    return result;
  }

  async function obtain(signal?: AbortSignal): Promise<Result<Token>> {
    const own = await byItself(signal);
    if (own !== null) return own;
    if (login !== null) return byLogin(login, signal);
    return refusedFailure(
      'token',
      `NOMAD_TOKEN is ${faultOf(credentials)} and cannot be renewed; make a new one in NOMAD`,
    );
  }

  /** null: this token does not renew itself, now or ever. */
  async function byItself(signal?: AbortSignal): Promise<Result<Token> | null> {
    const isOwn = current !== null && current.kind !== 'access' && current.expiresAt !== null;
    if (!renewsItself || !isOwn || current === null || isExpired(current, clock())) return null;
    asked += 1;
    const { result, lack } = await appTokens.ask(current.value, signal);
    if (result.ok) {
      faults = 0;
      return result;
    }
    if (lack === 'gone' || lack === 'fault') {
      faults += 1;
      if (login === null && faults < MAX_FAULTS) return result;
      renewsItself = false;
      return login === null ? failure('unauthorized', `NOMAD_TOKEN cannot be renewed: ${result.problem}`) : null;
    }
    if (result.reason !== 'unauthorized') return result;
    renewsItself = false;
    // Not allowed to renew is not dead: it goes on being used.
    return login === null && result.refused === null ? result : null;
  }

  async function byLogin(way: Login, signal?: AbortSignal): Promise<Result<Token>> {
    const blocked = await way.blocked();
    if (blocked !== null) return blocked;
    asked += 1;
    const access = await way.run(signal);
    if (!access.ok) return access;
    if (clock() < withoutAppTokensUntil) return { ok: true, value: accessToken(access.value) };
    const { result, lack } = await appTokens.ask(access.value.token, signal);
    if (lack === 'gone' || lack === 'scope') withoutAppTokensUntil = clock() + WITHOUT_APP_TOKENS;
    if (result.ok) return result;
    // Where only the app token is missing, one that lives shorter does as well, and no login is made in vain.
    if (lack !== null || result.reason === 'unreachable') return { ok: true, value: accessToken(access.value) };
    // A token that a login gave just now and that is refused is the server's fault, not the password's.
    return { ...result, refused: null };
  }

  async function token(signal?: AbortSignal): Promise<Result<Token>> {
    const now = clock();
    const usable = current !== null && !isExpired(current, now) ? current : null;
    if (usable === null) return renewed(signal);
    const isDue = renewAt !== null && now >= renewAt && (renewsItself || login !== null);
    if (!isDue) return { ok: true, value: usable };
    const result = await renewed(signal);
    return result.ok ? result : { ok: true, value: usable };
  }

  return {
    token,
    async renewAhead(signal) {
      if (current?.kind !== 'access') await token(signal);
    },
    async replace(refused, signal) {
      if (current !== null && current.value !== refused.value) return { ok: true, value: current };
      if (login === null) return renewed(signal);
      const blocked = await login.blocked();
      if (blocked !== null) return blocked;
      current = null;
      const other = await renewed(signal);
      // One of several workers may be wrong: while there can be no other token, this one is tried on.
      if (!other.ok && other.reason === 'unreachable') current ??= refused;
      return other;
    },
    clockSet(by) {
      login?.clockSet(by);
      withoutAppTokensUntil += by;
      const end = current?.expiresAt ?? null;
      if (current === null || end === null) return;
      current = { ...current, obtainedAt: current.obtainedAt + by, expiresAt: end + by };
      renewAt = clock();
    },
    life: () => ({ expiresAt: current?.expiresAt ?? null, renewable: login !== null || renewsItself }),
  };
}

/** What is neither of the two may be another kind some day: it is sent to NOMAD all the same, and said only when that refuses it. */
function faultOf(credentials: LoginCredentials): string {
  const isKnown =
    credentials.kind === 'token' && (credentials.token.startsWith('nomad_pat') || readJwt(credentials.token) !== null);
  return isKnown
    ? 'expired, revoked or mistyped'
    : 'neither a personal access token (nomad_pat_…) nor an app token (eyJ…)';
}

/** Under which refused logins are counted: whoever logs in as the same user of the same deployment counts together. */
export function refusalKey(url: string, credentials: LoginCredentials): string {
  return credentials.kind === 'password' ? `${url} ${credentials.username}` : url;
}
