// The complete listing of uploads, or why there is none. Offset paging knows no snapshot: pages overlap by one upload, and when that one
// is not where it was, or `total` has changed, the set moved and the listing begins again. `next_page_url` is never followed.
import type { Listing, Malformed, Upload } from '../domain/upload.ts';
import type { Answer, NomadRequest } from './client.ts';
import { type Result, failure, failureOf } from './failure.ts';
import type { Pages } from './page-cache.ts';
import { type Page, readPage } from './wire.ts';

const PAGE_SIZE = 200;
const MAX_RESTARTS = 3;

/** How many uploads are listed so far, and of how many. */
export type OnPage = (fetched: number, total: number) => void;
type Filter = readonly (readonly [string, string])[];

export interface ListingOptions {
  /** Narrows the set that is listed, completely. */
  readonly filter?: Filter;
  readonly onPage?: OnPage | undefined;
  /** Those of the listings before, of the same set. */
  readonly pages?: Pages;
}

export type Ask = (request: NomadRequest) => Promise<Result<Answer>>;

/** `now`: our clock, ms, for servers that send no `Date`. */
export async function listUploads(
  ask: Ask,
  roles: readonly string[],
  now: number,
  more: ListingOptions = {},
): Promise<Result<Listing>> {
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
    const listing = await listOnce(ask, roles, now, more);
    if (listing !== 'moved') return listing;
  }
  return failure(
    'incomplete',
    `the list changed while it was being read, ${MAX_RESTARTS + 1} times; nothing was compared`,
  );
}

async function listOnce(
  ask: Ask,
  roles: readonly string[],
  now: number,
  { filter = [], onPage, pages }: ListingOptions,
): Promise<Result<Listing> | 'moved'> {
  const read = pages?.begin() ?? (({ body }) => readPage(body));
  const items = new Map<string, Upload | Malformed>();
  let total: number | null = null;
  let takenAt = now;
  let fetched = 0;
  let last: string | null = null;

  for (;;) {
    const offset = Math.max(0, fetched - 1);
    const result = await ask(pageRequest(offset, roles, filter));
    if (!result.ok) return result;
    const answer = result.value;
    if (offset > 0 && isPastEnd(answer)) return 'moved';
    const page = answer.kind === 'answer' && answer.status === 200 ? read(answer, offset) : null;
    if (page === null || answer.kind !== 'answer') return failureOf(answer, 'list of uploads');

    if (total === null) takenAt = answer.date ?? now;
    if (total !== null && page.total !== total) return 'moved';
    total = page.total;
    if (page.items.length !== Math.min(PAGE_SIZE, total - offset)) return 'moved';

    const fresh = offset === 0 && fetched === 0 ? page.items : continuation(page, last, offset);
    if (fresh === 'moved') return 'moved';
    for (const [index, item] of fresh.entries()) {
      const key = keyOf(item, fetched + index);
      if (items.has(key)) return 'moved';
      items.set(key, item);
      last = key;
    }
    fetched += fresh.length;
    onPage?.(fetched, total);
    if (fetched >= total) return { ok: true, value: toListing([...items.values()], takenAt) };
    if (fresh.length === 0) return 'moved';
  }
}

function pageRequest(offset: number, roles: readonly string[], filter: Filter): NomadRequest {
  return {
    endpoint: 'uploads',
    query: [
      ['page_size', PAGE_SIZE],
      offset === 0 ? ['page', 1] : ['page_offset', offset],
      ['order_by', 'upload_create_time'],
      ['order', 'asc'],
      ...roles.map((role) => ['roles', role] as const),
      ...filter,
    ],
  };
}

/** The page without its first item, which must be the last of the page before. */
function continuation(page: Page, last: string | null, offset: number): Page['items'] | 'moved' {
  const [first, ...rest] = page.items;
  return first !== undefined && keyOf(first, offset) === last ? rest : 'moved';
}

/** An item without a readable id is known by its place alone. */
function keyOf(item: Upload | Malformed, place: number): string {
  return 'id' in item ? item.id : (item.uploadId ?? `unreadable ${place}`);
}

function isPastEnd(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status === 400;
}

function toListing(items: readonly (Upload | Malformed)[], takenAt: number): Listing {
  const uploads: Upload[] = [];
  const malformed: Malformed[] = [];
  for (const item of items) {
    if ('id' in item) uploads.push(item);
    else malformed.push(item);
  }
  return { takenAt, uploads, malformed };
}
