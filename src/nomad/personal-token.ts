// Personal access tokens (NOMAD 1.4.2 and later): makes one with the token of a login, and revokes it.
import type { Answer, Client } from './client.ts';
import { type Result, failureOf } from './failure.ts';
import { type PersonalToken, readDetail, readPersonalToken } from './wire.ts';

export interface Wanted {
  /** What it is called in NOMAD's list of tokens. */
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
}

/** What NOMAD allows unless its operators have set another limit. */
const LONGEST_DAYS = 365;

/** `value` null: this NOMAD makes none, or not for this account. `bearer`: the token of a login; no other may. */
export async function makePersonalToken(
  client: Client,
  bearer: string,
  { scopes, ...about }: Wanted,
  signal?: AbortSignal,
): Promise<Result<PersonalToken | null>> {
  const ask = (expires_in_days: number) =>
    client.request(
      { endpoint: 'auth/pats', json: { metadata: { ...about, scopes }, expires_in_days }, token: bearer, isOnce: true },
      signal,
    );
  const first = await ask(LONGEST_DAYS);
  const limit = limitIn(first);
  const answer = limit === null ? first : await ask(limit);
  const made = answer.kind === 'answer' && answer.status === 201 ? readPersonalToken(answer.body) : null;
  if (made !== null) return { ok: true, value: made };
  if (answer.kind === 'answer' && MAKES_NONE.has(answer.status)) return { ok: true, value: null };
  return failureOf(answer, 'personal access token');
}

/** Before 1.4.2 there is no such route; outside `auth.authorized_users` the scope is missing. */
const MAKES_NONE = new Set([403, 404, 405, 410]);

/** Days; null: the lifetime is not what NOMAD refuses. */
function limitIn(answer: Answer): number | null {
  if (answer.kind === 'silence' || answer.status !== 400) return null;
  const days = Number(/maximum allowed \((\d{1,4}) days\)/.exec(readDetail(answer.body))?.[1]);
  return days > 0 && days < LONGEST_DAYS ? days : null;
}

/** Whether it is gone. */
export async function revokePersonalToken(client: Client, bearer: string, id: string): Promise<boolean> {
  const path = `auth/pats/${encodeURIComponent(id)}`;
  const answer = await client.request({ endpoint: 'auth/pats', path, isDeletion: true, token: bearer });
  return answer.kind === 'answer' && (answer.status === 204 || answer.status === 404);
}
