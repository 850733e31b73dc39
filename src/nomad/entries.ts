// The entries of one upload: their counts over all, and what some of them say. They carry tens of kB of metadata each, so few are fetched.
import type { EntriesAnswer, EntriesDetail } from '../domain/diff/entry-check.ts';
import type { FailingEntry } from '../domain/failure-reasons.ts';
import type { Entries, UnfinishedEntry } from '../domain/upload.ts';
import type { Answer, NomadRequest } from './client.ts';
import type { Ask } from './listing.ts';
import { verdictOf } from './verdict.ts';
import { readEntries, readUnfinished } from './wire.ts';

/** A few are enough to say what is wrong. */
const FEW = 5;
/** Enough for somebody who looks for what hangs. */
const UNFINISHED = 10;
/** Of a large upload as many as say whether it moves, from all over the list: NOMAD works through it in some order. */
const ON_A_PAGE = 20;
const MAX_PAGES = 10;
/** What other events wait for must not take long: a question without an answer is asked again in a later poll. */
const SIDE_QUESTION = 10_000;

/** FAILURE is the first status by the alphabet, in all generations: the failed ones head the page. */
export async function requestEntries(ask: Ask, uploadId: string, look: EntriesDetail): Promise<EntriesAnswer> {
  if (look !== 'many') return askPage(ask, uploadId, look === 'counts' ? 0 : FEW, 0);
  const first = await askPage(ask, uploadId, ON_A_PAGE, 0);
  if (typeof first === 'string') return first;
  let all = first;
  for (const offset of offsets(first.total)) {
    const more = await askPage(ask, uploadId, ON_A_PAGE, offset);
    if (typeof more === 'string') return more;
    all = joined(all, more);
  }
  return all;
}

/** So many say which parsers failed, and with which messages. About 4 kB each before compression (1.3.17, 2.0.0). */
const FAILED_ON_A_PAGE = 20;

/** Of an upload with so many `failed` entries; null: no usable answer. */
export async function requestFailing(
  ask: Ask,
  uploadId: string,
  failed: number,
): Promise<readonly FailingEntry[] | null> {
  const answer = await askPage(ask, uploadId, Math.min(failed, FAILED_ON_A_PAGE), 0);
  return typeof answer === 'string' ? null : answer.failing;
}

/** Where the further pages begin: all of them, or as many spread over the list. */
export function offsets(total: number): readonly number[] {
  const pages = Math.min(MAX_PAGES, Math.ceil(total / ON_A_PAGE));
  const last = Math.max(0, total - ON_A_PAGE);
  return Array.from({ length: Math.max(0, pages - 1) }, (_, index) => Math.round(((index + 1) * last) / (pages - 1)));
}

function joined(a: Entries, b: Entries): Entries {
  const ends = [a.oldestEnd, b.oldestEnd, a.newestEnd, b.newestEnd].filter((end) => end !== null);
  return {
    ...b,
    failing: a.failing,
    messages: [...a.messages, ...b.messages],
    oldestEnd: ends.length === 0 ? null : Math.min(...ends),
    newestEnd: ends.length === 0 ? null : Math.max(...ends),
  };
}

/** Those behind the failed ones, which head the list, and before the successful ones: what is not done. null: no usable answer. */
export async function requestUnfinished(
  ask: Ask,
  uploadId: string,
  failed: number,
): Promise<readonly UnfinishedEntry[] | null> {
  const result = await ask(pageOf(uploadId, UNFINISHED, failed));
  if (!result.ok || result.value.kind === 'silence' || result.value.status !== 200) return null;
  return readUnfinished(result.value.body);
}

async function askPage(ask: Ask, uploadId: string, size: number, offset: number): Promise<EntriesAnswer> {
  const result = await ask(pageOf(uploadId, size, offset));
  return result.ok ? answerOf(result.value) : 'unknown';
}

function pageOf(uploadId: string, size: number, offset: number): NomadRequest {
  return {
    endpoint: 'uploads/ID/entries',
    path: `uploads/${encodeURIComponent(uploadId)}/entries`,
    query: [
      ['order_by', 'process_status'],
      ['order', 'asc'],
      ['page_size', size],
      ...(offset === 0 ? [] : [['page_offset', offset] as const]),
    ],
    timeout: SIDE_QUESTION,
  };
}

function answerOf(answer: Answer): EntriesAnswer {
  if (answer.kind === 'silence') return 'unknown';
  if (answer.status === 200) return readEntries(answer.body) ?? 'unknown';
  const verdict = verdictOf(answer, null);
  return verdict === 'deleted' || verdict === 'unshared' ? 'gone' : 'unknown';
}
