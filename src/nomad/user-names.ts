// Names of users by their ids, remembered for a day. Where NOMAD's directory does not know one id, it answers 500 for the whole batch
// (1.3.17 and 2.0.0): the batch is then halved. Never a reason for anything to fail: an id without a name is shown as the id.
import { DAY, MINUTE } from '../domain/text/durations.ts';
import type { Ask } from './listing.ts';
import { readNames } from './wire.ts';

const BATCH = 10;
/** Gentle: the rest is asked for in the next poll. */
const MAX_REQUESTS = 8;
const TIMEOUT = 10_000;
/** After a question without an answer: polls must not wait for names each time. */
const PAUSE = 10 * MINUTE;

export type Names = (ask: Ask, userIds: readonly string[], now: number) => Promise<ReadonlyMap<string, string>>;

export function createNames(): Names {
  const known = new Map<string, { readonly name: string | null; readonly askedAt: number }>();
  let pausedUntil = 0;
  const isFresh = (id: string, now: number) => Math.abs(now - (known.get(id)?.askedAt ?? 0)) < DAY;

  return async (ask, userIds, now) => {
    const isPaused = now < pausedUntil && now >= pausedUntil - PAUSE;
    const wanted = isPaused ? [] : [...new Set(userIds)].filter((id) => !isFresh(id, now));
    const batches = Array.from({ length: Math.ceil(wanted.length / BATCH) }, (_, index) =>
      wanted.slice(index * BATCH, (index + 1) * BATCH),
    );
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      const batch = batches.shift();
      if (batch === undefined) break;
      const query = batch.map((id) => ['user_id', id] as const);
      const result = await ask({ endpoint: 'users', query, timeout: TIMEOUT });
      const answer = result.ok && result.value.kind === 'answer' ? result.value : null;
      if (answer === null || answer.status > 500 || answer.status === 408 || answer.status === 429) {
        pausedUntil = now + PAUSE;
        break;
      }
      const { status, body } = answer;
      const found = status === 200 ? readNames(body) : null;
      if (found === null && status === 500 && batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        batches.unshift(batch.slice(0, half), batch.slice(half));
        continue;
      }
      for (const id of batch) known.set(id, { name: found?.get(id) ?? known.get(id)?.name ?? null, askedAt: now });
    }
    const found = [...new Set(userIds)].map((id) => [id, known.get(id)?.name ?? null] as const);
    return new Map(found.filter((each): each is readonly [string, string] => each[1] !== null));
  };
}
