// Asks NOMAD for app tokens, and says what an answer means that is none: for this time, or for good.
import { type Lack, type Token, isKeyFault, lackOf, refusalOf } from '../domain/nomad/token-policy.ts';
import type { Answer, Client } from './client.ts';
import { type Result, failureOf, refusedFailure } from './failure.ts';
import { newToken } from './token-life.ts';
import { readAppToken, readDetail } from './wire.ts';
import { readException, readLifetimeLimit } from './wire-problem.ts';

export interface AppTokensOptions {
  readonly client: Client;
  /** Seconds. */
  readonly lifetime: number;
  readonly clock: () => number;
}

export interface AppTokens {
  /** Asks with this token. */
  ask(bearer: string, signal?: AbortSignal): Promise<{ readonly result: Result<Token>; readonly lack: Lack }>;
}

export function createAppTokens({ client, clock, ...options }: AppTokensOptions): AppTokens {
  let lifetime = options.lifetime;

  function once(bearer: string, signal?: AbortSignal): Promise<Answer> {
    return client.request({ endpoint: 'auth/app_token', query: [['expires_in', lifetime]], token: bearer }, signal);
  }

  return {
    async ask(bearer, signal) {
      let answer = await once(bearer, signal);
      const limit = answer.kind === 'answer' && answer.status === 422 ? readLifetimeLimit(answer.body) : null;
      if (limit !== null && limit < lifetime) {
        lifetime = Math.max(1, Math.floor(limit));
        answer = await once(bearer, signal);
      }
      const failed = failureOf(answer, 'app token');
      if (answer.kind === 'silence') return { result: failed, lack: null };
      const lack =
        answer.status === 200 ? null : lackOf(answer.status, readDetail(answer.body), readException(answer.body));
      if (lack === null && isTokenRefused(answer)) return { result: refusedFailure('token', failed.problem), lack };
      const value = answer.status === 200 ? readAppToken(answer.body) : null;
      if (value === null) return { result: failed, lack };
      return { result: { ok: true, value: newToken('app', { value, lifetime, date: answer.date }, clock()) }, lack };
    },
  };
}

/** Whether the answer means that the token is not good (any more): only then does another one help. */
export function isTokenRefused(answer: Answer): boolean {
  // Reading the body parses it: not of a good answer, of which a page that is known is never parsed.
  if (answer.kind === 'silence' || answer.status === 200) return false;
  if (isKeyFault(answer.status, readException(answer.body))) return true;
  return answer.status === 401 && refusalOf(401, readDetail(answer.body)) === 'token';
}
