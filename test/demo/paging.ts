// Requests at the edges of paging, orders and filters, and what of their answers is kept: status, words, numbers, the order of what is listed.
// The same for the real NOMAD (which records them) and for the simulated one (which is held to them).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADA } from '../../src/demo/nomad-state.ts';
import { FIXTURES, ONE_REQUEST } from '../support/answers.ts';

const UPLOADS = [
  'page_size=3&page_offset=7',
  'page_size=10&page_offset=8',
  'page_size=10&page_offset=10',
  'page_size=3&page_offset=9',
  'page_size=8&page=1',
  'page_size=8&page=2',
  'page_size=3&page=3',
  'page_size=3&page_after_value=2',
  'page_size=3&page_after_value=7',
  'page_size=3&page_after_value=8',
  'page_after_value=x',
  'page=1&page_after_value=3',
  'page_size=0&page=2',
  'page_size=0&page_offset=1',
  'page_size=-1',
  'page_size=x',
  'page=0',
  'page=x',
  'page_offset=-1',
  'order=sideways',
  'order=desc',
  'order_by=upload_name&order=desc',
  'order_by=publish_time',
  'order_by=publish_time&order=desc',
  'order_by=last_status_message',
  'order_by=process_status&order=desc',
  'order_by=nonsense',
  'is_processing=maybe',
  'is_published=false',
  'is_owned=true',
  'process_status=NONSENSE',
  'upload_name=is%20FAILURE',
  'upload_name=is%20FAILURE&upload_name=is%20PENDING&is_processing=true',
  'roles=king',
  'roles=main_author&roles=reviewer',
  'roles=reviewer',
].map((query) => `/uploads?${query}`);
const ENTRIES = [
  '',
  'order_by=process_status&order=desc',
  'order_by=parser_name',
  'order_by=errors',
  'page_size=1&page=2',
  'page_size=3&page_offset=3',
  'page_size=0',
  'page_size=2&page=9',
].map((query) => `/uploads/u-success/entries?${query}`);

export const PATHS: readonly string[] = [
  ...UPLOADS,
  ...ENTRIES,
  '/users',
  `/users?user_id=${ADA.id}&user_id=${ADA.id}`,
];

export type Kept = Readonly<Record<string, unknown>>;

/** Asks a NOMAD, real or simulated, all of the above. */
export async function askPaging(url: string): Promise<ReadonlyMap<string, Kept>> {
  const form = new URLSearchParams({ grant_type: 'password', username: ADA.username, password: ADA.password });
  const login = (await (
    await fetch(`${url}/auth/token`, { method: 'POST', body: form, headers: ONE_REQUEST })
  ).json()) as {
    access_token: string;
  };
  const kept = new Map<string, Kept>();
  for (const path of PATHS) {
    const response = await fetch(`${url}${path}`, {
      headers: { ...ONE_REQUEST, authorization: `Bearer ${login.access_token}` },
    });
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    kept.set(path, { status: response.status, ...keptOf(body) });
  }
  return kept;
}

export function readKept(generation: 1 | 2): Readonly<Record<string, Kept>> {
  return JSON.parse(readFileSync(fileOf(generation), 'utf8')) as Readonly<Record<string, Kept>>;
}

export function writeKept(generation: 1 | 2, kept: ReadonlyMap<string, Kept>): void {
  writeFileSync(fileOf(generation), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

function fileOf(generation: 1 | 2): string {
  return join(FIXTURES, `paging-${generation}.json`);
}

function keptOf({ detail, query, pagination, data, ...rest }: Readonly<Record<string, unknown>>): Kept {
  if (detail !== undefined) return { detail: detailOf(detail) };
  const counts = Object.entries(rest).filter(([name]) => name !== 'upload');
  const items = data as readonly {
    readonly upload_id: string;
    readonly entry_id?: string;
    readonly user_id?: string;
  }[];
  return {
    ...(query !== undefined && { query }),
    ...(pagination !== undefined && { pagination: paginationOf(pagination as Readonly<Record<string, unknown>>) }),
    ...Object.fromEntries(counts),
    ids: items.map((item) => item.user_id ?? item.entry_id ?? item.upload_id),
  };
}

/** Without the input that it repeats, and the traceback. */
function detailOf(detail: unknown): unknown {
  if (Array.isArray(detail)) return detail.map((each: object) => ({ ...each, input: '…' }));
  return typeof detail === 'string' ? detail : { ...(detail as object), exception_traceback: '…' };
}

/** Of addresses, that they are there. */
function paginationOf(pagination: Readonly<Record<string, unknown>>): Kept {
  const entries = Object.entries(pagination).map(
    ([name, value]) => [name, name.endsWith('_url') ? '…' : value] as const,
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
