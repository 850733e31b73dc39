// The login by password. It never tries a refused one often, for that can lock the account, nor one that hung soon again, for that can hold
// up a small NOMAD for everybody.
import { HUNG_LOGIN_PAUSE, loginAllowedAt, loginHung } from '../domain/nomad/token-policy.ts';
import type { Client } from './client.ts';
import { edgeHint } from '../domain/nomad/login-hint.ts';
import { type Failure, type Result, failure, failureOf, refusedFailure } from './failure.ts';
import { readDetail, readLogin } from './wire.ts';

export type LoginCredentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** Remembers refused logins beyond the process, so that restarts do not add up to a locked account. Times in ms. */
export interface RefusalLog {
  recent(): Promise<readonly number[]>;
  add(time: number): Promise<void>;
}

export interface LoginOptions {
  readonly client: Client;
  readonly username: string;
  readonly password: string;
  readonly refusals: RefusalLog;
  readonly clock: () => number;
}

export interface AccessToken {
  readonly token: string;
  /** Seconds; null: NOMAD does not say. */
  readonly lifetime: number | null;
  /** When it was asked for: its life began no earlier. */
  readonly askedAt: number;
  /** The server's clock, ms; null: not known. */
  readonly date: number | null;
}

export interface Login {
  /** Why none may be tried now; null: one may. */
  blocked(): Promise<Failure | null>;
  /** Not to be called while it is blocked. */
  run(signal?: AbortSignal): Promise<Result<AccessToken>>;
  clockSet(by: number): void;
}

export function createLogin({ client, username, password, refusals, clock }: LoginOptions): Login {
  const startedAt = clock();
  /** The last one hung. */
  let hung: { readonly problem: string; readonly until: number } | null = null;

  function paused({ problem, until }: { readonly problem: string; readonly until: number }): Failure {
    const why = 'a login that hangs can block NOMAD for everyone';
    return failure(
      'unreachable',
      `${problem}; ${why}, so the next attempt is at ${new Date(until).toISOString()}`,
      until - clock(),
    );
  }

  return {
    async blocked() {
      const now = clock();
      if (hung !== null && now < hung.until) return paused(hung);
      const allowedAt = loginAllowedAt(await refusals.recent(), startedAt, now);
      if (allowedAt <= now) return null;
      return refusedFailure(
        'password',
        `NOMAD refused NOMAD_USERNAME and NOMAD_PASSWORD; the next attempt is at ${new Date(allowedAt).toISOString()}`,
      );
    },
    async run(signal) {
      const askedAt = clock();
      hung = null;
      const form = { grant_type: 'password', username, password };
      const answer = await client.request({ endpoint: 'auth/token', form }, signal);
      const access = answer.kind === 'answer' && answer.status === 200 ? readLogin(answer.body) : null;
      const date = answer.kind === 'answer' ? answer.date : null;
      if (access !== null) return { ok: true, value: { ...access, askedAt, date } };
      if (answer.kind === 'answer' && answer.status === 401) {
        await refusals.add(askedAt);
        const hint = edgeHint({ NOMAD_USERNAME: username, NOMAD_PASSWORD: password });
        return refusedFailure(
          'password',
          `login: NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD ("${readDetail(answer.body)}", which it also says when the account is locked); fix them and restart${hint === null ? '' : `; ${hint}`}`,
        );
      }
      const failed = failureOf(answer, 'login');
      const isCut = signal?.aborted === true;
      const [problem, status] = answer.kind === 'silence' ? [answer.problem, null] : [null, answer.status];
      if (isCut || !loginHung(problem, status, clock() - askedAt)) return failed;
      hung = { problem: failed.problem, until: clock() + Math.max(HUNG_LOGIN_PAUSE, failed.retryAfter ?? 0) };
      return paused(hung);
    },
    clockSet(by) {
      if (hung !== null) hung = { ...hung, until: hung.until + by };
    },
  };
}
