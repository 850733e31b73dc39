// Questions that only `doctor` asks: whether NOMAD is there at all, without any login, whether a token can be renewed, and whether it is an
// administrator's.
import type { Reachability } from '../domain/doctor/nomad-checks.ts';
import { lackOf } from '../domain/nomad/token-policy.ts';
import type { Client } from './client.ts';
import { readDetail, readIsAdmin } from './wire.ts';
import { readException } from './wire-problem.ts';

/** A person waits for this. */
const TIMEOUT_MS = 20_000;

/** Asks who we are without saying it: NOMAD refuses that, and nothing else refuses it in the same way. */
export async function reach(client: Client, clock: () => number, signal?: AbortSignal): Promise<Reachability> {
  const before = clock();
  const answer = await client.request({ endpoint: 'users/me', timeout: TIMEOUT_MS }, signal);
  if (answer.kind === 'silence') return answer;
  const milliseconds = clock() - before;
  const { status, body, contentType, location, date } = answer;
  const content = body !== undefined ? 'json' : /\bx?html\b/i.test(contentType ?? '') ? 'html' : 'other';
  const ahead = date === null ? null : before + milliseconds / 2 - date;
  return { kind: 'answer', status, content, location, milliseconds, ahead };
}

/**
 * Asks for a token with this one, as a renewal does, but for one that ends in a minute. A 422 is about the lifetime: the token itself was
 * let pass. null: NOMAD did not say.
 */
export async function canRenew(client: Client, token: string, signal?: AbortSignal): Promise<boolean | null> {
  const answer = await client.request(
    { endpoint: 'auth/app_token', query: [['expires_in', 60]], token, timeout: TIMEOUT_MS },
    signal,
  );
  if (answer.kind === 'silence') return null;
  if (answer.status === 200 || answer.status === 422) return true;
  if (answer.status === 401 || answer.status === 403) return false;
  return lackOf(answer.status, readDetail(answer.body), readException(answer.body)) === null ? null : false;
}

/** False where NOMAD does not say so. */
export async function isAdmin(client: Client, token: string, signal?: AbortSignal): Promise<boolean> {
  const answer = await client.request({ endpoint: 'users/me', token, timeout: TIMEOUT_MS }, signal);
  return answer.kind === 'answer' && answer.status === 200 && readIsAdmin(answer.body);
}
