// Where a usable token comes from. One renewal at a time, whoever asks; it never tries a refused password often.
//
// With a password:  no token ──login──▶ access token ──app_token──▶ app token ──(80 % of its life)──▶ renewed
//   Renewal asks with the app token itself (1.x). Where the answer is 403 "Missing scopes" (2.x) it logs in again, and does so from then on.
//   A renewal that fails while the token still lives changes nothing: the token goes on being used and renewal is tried again.
// With NOMAD_TOKEN: an app token renews itself where the server lets it; a personal access token is used as it is.
import type { TokenLife } from '../domain/health.ts';
import {
  type Token,
  firstRenewalTime,
  isExpired,
  loginAllowedAt,
  nextRenewalTime,
  refusalOf,
  renewalTime,
} from '../domain/session.ts';
import type { Answer, Client } from './client.ts';
import { type Result, failureOf, refusal } from './failure.ts';
import { readAccessToken, readAppToken, readDetail, readJwt, readLifetimeLimit } from './wire.ts';

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** Remembers refused logins beyond the process, so that restarts do not add up to a locked account. Times in ms. */
export interface RefusalLog {
  recent(): Promise<readonly number[]>;
  add(time: number): Promise<void>;
}

export interface TokenSourceOptions {
  readonly client: Client;
  readonly credentials: Credentials;
  /** Seconds. */
  readonly lifetime: number;
  readonly refusals: RefusalLog;
  readonly clock: () => number;
  readonly random: () => number;
  readonly onToken?: (token: Token) => void;
  readonly onRenewal?: (result: 'ok' | 'refused' | 'error') => void;
}

export interface TokenSource {
  /** A token to use now; renews it when it is due. */
  token(signal?: AbortSignal): Promise<Result<Token>>;
  /** After a 401 for `refused`: a token that is not that one. */
  replace(refused: Token, signal?: AbortSignal): Promise<Result<Token>>;
  /** Our clock was set by that much, ms: the token goes on for as long as before, and is renewed at the next chance, for the machine may have slept. */
  clockSet(by: number): void;
  /** How long it goes on: whether the token in use can be had anew, as far as NOMAD has shown. */
  life(): TokenLife;
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { client, credentials, clock } = options;
  const startedAt = clock();
  let lifetime = options.lifetime;
  let current: Token | null = credentials.kind === 'token' ? toToken(credentials.token, null) : null;
  let renewAt = current === null ? null : firstRenewalTime(current, options.random());
  let renewsItself = true;
  let running: Promise<Result<Token>> | null = null;
  if (current !== null) options.onToken?.(current);

  function toToken(value: string, date: number | null): Token {
    const now = clock();
    const exp = readJwt(value)?.exp ?? null;
    // exp is by the server's clock: our clock may be off, the time left is not.
    return { value, obtainedAt: now, expiresAt: exp === null ? null : now + (exp * 1000 - (date ?? now)) };
  }

  function renewed(signal?: AbortSignal): Promise<Result<Token>> {
    running ??= renew(signal).finally(() => (running = null));
    return running;
  }

  async function renew(signal?: AbortSignal): Promise<Result<Token>> {
    const result = await obtain(signal);
    if (result.ok) {
      current = result.value;
      renewAt = renewalTime(current, options.random());
      options.onToken?.(current);
    }
    if (!result.ok && current !== null) renewAt = nextRenewalTime(current, result.retryAfter, clock());
    options.onRenewal?.(result.ok ? 'ok' : result.reason === 'unauthorized' ? 'refused' : 'error');
    return result;
  }

  async function obtain(signal?: AbortSignal): Promise<Result<Token>> {
    if (renewsItself && current !== null && !isExpired(current, clock()) && current.expiresAt !== null) {
      const own = await appToken(current.value, signal);
      if (own.ok || own.reason !== 'unauthorized') return own;
      renewsItself = false;
      // Not allowed to renew is not dead: it goes on being used.
      if (credentials.kind === 'token' && own.refused === null) return own;
    }
    if (credentials.kind === 'token') {
      return refusal(
        'token',
        'NOMAD_TOKEN is expired, revoked or mistyped and cannot be renewed; make a new one in NOMAD',
      );
    }
    const access = await login(credentials.username, credentials.password, signal);
    if (!access.ok) return access;
    const token = await appToken(access.value, signal);
    // A token that a login gave just now and that is refused is the server's fault, not the password's.
    return token.ok ? token : { ...token, refused: null };
  }

  async function login(username: string, password: string, signal?: AbortSignal): Promise<Result<string>> {
    const now = clock();
    const allowedAt = loginAllowedAt(await options.refusals.recent(), startedAt, now);
    if (allowedAt > now) {
      return refusal(
        'password',
        `NOMAD refused NOMAD_USERNAME and NOMAD_PASSWORD; the next try is at ${new Date(allowedAt).toISOString()}`,
      );
    }
    const form = { grant_type: 'password', username, password };
    const answer = await client.request({ endpoint: 'auth/token', form }, signal);
    const token = answer.kind === 'answer' && answer.status === 200 ? readAccessToken(answer.body) : null;
    if (token !== null) return { ok: true, value: token };
    if (answer.kind === 'answer' && answer.status === 401) {
      await options.refusals.add(now);
      return refusal(
        'password',
        `login: NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD ("${readDetail(answer.body)}"); mend them and restart`,
      );
    }
    return failureOf(answer, 'login');
  }

  async function appToken(bearer: string, signal?: AbortSignal): Promise<Result<Token>> {
    let answer = await askAppToken(bearer, signal);
    const limit = answer.kind === 'answer' && answer.status === 422 ? readLifetimeLimit(answer.body) : null;
    if (limit !== null && limit < lifetime) {
      lifetime = Math.max(1, Math.floor(limit));
      answer = await askAppToken(bearer, signal);
    }
    if (isTokenRefused(answer)) return refusal('token', failureOf(answer, 'app token').problem);
    const value = answer.kind === 'answer' && answer.status === 200 ? readAppToken(answer.body) : null;
    if (value === null) return failureOf(answer, 'app token');
    return { ok: true, value: toToken(value, answer.kind === 'answer' ? answer.date : null) };
  }

  function askAppToken(bearer: string, signal?: AbortSignal): Promise<Answer> {
    return client.request({ endpoint: 'auth/app_token', query: [['expires_in', lifetime]], token: bearer }, signal);
  }

  return {
    async token(signal) {
      const now = clock();
      const usable = current !== null && !isExpired(current, now) ? current : null;
      if (usable === null) return renewed(signal);
      const isDue = renewAt !== null && now >= renewAt && (renewsItself || credentials.kind === 'password');
      if (!isDue) return { ok: true, value: usable };
      const result = await renewed(signal);
      return result.ok ? result : { ok: true, value: usable };
    },
    replace(refused, signal) {
      if (current !== null && current.value !== refused.value) return Promise.resolve({ ok: true, value: current });
      if (credentials.kind === 'token') return renewed(signal);
      current = null;
      return renewed(signal);
    },
    clockSet(by) {
      const end = current?.expiresAt ?? null;
      if (current === null || end === null) return;
      current = { ...current, obtainedAt: current.obtainedAt + by, expiresAt: end + by };
      renewAt = clock();
    },
    life: () => ({
      expiresAt: current?.expiresAt ?? null,
      renewable: credentials.kind === 'password' || renewsItself,
    }),
  };
}

/** Under which refused logins are counted: whoever logs in as the same user of the same deployment counts together. */
export function refusalKey(url: string, credentials: Credentials): string {
  return credentials.kind === 'password' ? `${url} ${credentials.username}` : url;
}

/** Whether a 401 means that the token is not good (any more): only then does another one help. */
export function isTokenRefused(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 401 && refusalOf(401, readDetail(answer.body)) === 'token';
}
