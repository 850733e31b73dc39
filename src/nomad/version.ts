// NOMAD's version, for people who report a problem to its administrators.
import type { Answer, Client, NomadRequest } from './client.ts';
import type { Ask } from './listing.ts';
import { readVersion } from './wire.ts';

/** The answer is large, and nothing waits for it that is needed. */
const REQUEST: NomadRequest = { endpoint: 'info', timeout: 10_000 };

/**
 * Asked without a token first: a personal access token needs a scope of its own for it (`info:read`), nobody needs none. An Oasis that
 * answers only those who are logged in is asked with it. null: it does not say.
 */
export async function requestVersion(
  client: Pick<Client, 'request'>,
  ask: Ask,
  signal?: AbortSignal,
): Promise<string | null> {
  const open = versionIn(await client.request(REQUEST, signal));
  if (open !== null) return open;
  const known = await ask(REQUEST);
  return known.ok ? versionIn(known.value) : null;
}

function versionIn(answer: Answer): string | null {
  return answer.kind === 'answer' && answer.status === 200 ? readVersion(answer.body) : null;
}
