// The part of a large account in which something can be going on: what is being processed, what is new, and what the caller wants to
// know of. A few small requests instead of all pages; docs/polling.md says what it can and cannot see.
import type { PartQuestion } from '../domain/diff/partial.ts';
import type { Listing, Malformed, Upload } from '../domain/upload.ts';
import { type Result, failureOf } from './failure.ts';
import { type Ask, listUploads } from './listing.ts';
import { type Page, readPage } from './wire.ts';

/** Addresses longer than some 8,000 characters are refused by proxies: an id takes 34. */
const IDS_AT_ONCE = 100;
const NEWEST = 50;
/** More new uploads than this at once are left to the sweep. */
const MAX_NEWEST_PAGES = 20;

type Query = readonly (readonly [string, string | number])[];

export async function listPart(
  ask: Ask,
  roles: readonly string[],
  question: PartQuestion,
  now: number,
): Promise<Result<Listing>> {
  const processing = await listUploads(ask, roles, now, { filter: [['is_processing', 'true']] });
  if (!processing.ok) return processing;
  const found = new Map(processing.value.uploads.map((upload) => [upload.id, upload]));
  const malformed = [...processing.value.malformed];
  const take = (items: Page['items']) => {
    for (const item of items) {
      if ('id' in item) found.set(item.id, item);
      else malformed.push(item);
    }
  };

  const rolesQuery: Query = roles.map((role) => ['roles', role] as const);
  const fresh = await newest(ask, rolesQuery, question.known);
  if (!fresh.ok) return fresh;
  take(fresh.value);

  const ids = question.wanted.filter((id) => !found.has(id));
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const batch = ids.slice(from, from + IDS_AT_ONCE);
    const query = [
      ...batch.map((id) => ['upload_id', id] as const),
      ['page_size', IDS_AT_ONCE] as const,
      ...rolesQuery,
    ];
    const page = await pageOf(ask, query);
    if (!page.ok) return page;
    take(page.value.items);
  }
  const { takenAt } = processing.value;
  return { ok: true, value: { takenAt, uploads: [...found.values()], malformed: distinct(malformed), isPart: true } };
}

/** Newest first, until a page brings nothing new. A first page of none but known ones is the usual answer. */
async function newest(
  ask: Ask,
  roles: Query,
  known: ReadonlySet<string>,
): Promise<Result<readonly (Upload | Malformed)[]>> {
  const fresh: (Upload | Malformed)[] = [];
  for (let number = 0; number < MAX_NEWEST_PAGES; number += 1) {
    // The count alone is some 400 bytes, so that a page of 50 is fetched only where it can bring something.
    if (number === 0) {
      const count = await pageOf(ask, [['page_size', 0], ...roles]);
      if (!count.ok) return count;
      if (count.value.total === known.size) return { ok: true, value: [] };
    }
    const query: Query = [
      ['page_size', NEWEST],
      ['page_offset', number * NEWEST],
      ['order_by', 'upload_create_time'],
      ['order', 'desc'],
      ...roles,
    ];
    const page = await pageOf(ask, query);
    if (!page.ok) return page;
    const unknown = page.value.items.filter((item) => 'id' in item && !known.has(item.id));
    fresh.push(...unknown);
    if (unknown.length === 0 || page.value.items.length < NEWEST) break;
  }
  return { ok: true, value: fresh };
}

async function pageOf(ask: Ask, query: Query): Promise<Result<Page>> {
  const result = await ask({ endpoint: 'uploads', query });
  if (!result.ok) return result;
  const answer = result.value;
  const page = answer.kind === 'answer' && answer.status === 200 ? readPage(answer.body) : null;
  return page === null ? failureOf(answer, 'list of uploads') : { ok: true, value: page };
}

function distinct(malformed: readonly Malformed[]): readonly Malformed[] {
  return [...new Map(malformed.map((each) => [`${each.uploadId ?? ''} ${each.problem}`, each])).values()];
}
