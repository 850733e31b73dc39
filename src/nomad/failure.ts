// Why NOMAD could not be asked, as one value: the closed set of reasons is also the set of metric labels.
import { oneLine } from '../domain/text/one-line.ts';
import { readDetail } from './wire.ts';
import type { Answer } from './client.ts';

export type Reason = 'unreachable' | 'unauthorized' | 'invalid' | 'incomplete';

export interface Failure {
  readonly ok: false;
  readonly reason: Reason;
  /** One sentence for the operator, without secrets. */
  readonly problem: string;
  /** ms that the server asks us to wait; null: it does not say. */
  readonly retryAfter: number | null;
  /** What NOMAD refused, when that is for good: another try with the same does not help. */
  readonly refused: 'password' | 'token' | null;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function failure(reason: Reason, problem: string, retryAfter: number | null = null): Failure {
  return { ok: false, reason, problem, retryAfter, refused: null };
}

export function refusedFailure(refused: 'password' | 'token', problem: string): Failure {
  return { ...failure('unauthorized', problem), refused };
}

/** An answer that is not the one hoped for. 4xx but 408 and 429: the request or the address is wrong; else the server is not well. */
export function failureOf(answer: Answer, what: string): Failure {
  if (answer.kind === 'silence') return failure('unreachable', `${what}: ${answer.problem}`);
  const { status, retryAfter, location, proxy } = answer;
  const detail = readDetail(answer.body);
  const isUnclear = proxy !== undefined && status >= 500 && detail === '';
  const who = isUnclear ? `NOMAD, or the proxy of ${proxy} on the way to it,` : 'NOMAD';
  const said = `${what}: ${who} answered ${status}${detail === '' ? '' : ` "${detail}"`}`;
  if (status >= 300 && status < 400)
    return failure(
      'invalid',
      `${said} and redirects to ${location === null ? 'nowhere' : oneLine(location, 200)}; NOMAD_URL should be the address of the API itself`,
    );
  if (status === 401 || status === 403) return failure('unauthorized', said, retryAfter);
  if (status >= 500 || status === 408 || status === 429) return failure('unreachable', said, retryAfter);
  if (status === 200)
    return failure('invalid', `${what}: this is not an answer of NOMAD's API; is NOMAD_URL the address of the API?`);
  return failure('invalid', `${said}; is NOMAD_URL right?`, retryAfter);
}
