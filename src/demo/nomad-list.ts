// How the simulated NOMAD lists uploads: filters, orders and pages as the two generations really treat them (docs/nomad.md), their
// quirks included. Pure: query in, status and body out.
import { toWire } from './nomad-wire.ts';
import { type SimulatedUpload, type World, isListedFor } from './nomad-world.ts';

export interface ListAnswer {
  readonly status: 200 | 400 | 422;
  readonly body: object;
}

const PER_PAGE = 10;
const PLACES = ['page', 'page_offset', 'page_after_value'];
const IS_PROCESSING = ['PENDING', 'RUNNING', 'WAITING_FOR_RESULT'];
type Key = (upload: SimulatedUpload) => string | number;
const ORDERS: Readonly<Record<string, Key>> = {
  upload_create_time: (upload) => upload.createTime,
  publish_time: (upload) => upload.publishTime ?? 0,
  upload_name: (upload) => upload.name ?? '',
  last_status_message: (upload) => upload.message ?? '',
};

export function listAnswer(world: World, userId: string, query: URLSearchParams): ListAnswer {
  const orderBy = query.get('order_by') ?? 'upload_create_time';
  const orders = world.generation === 2 ? { ...ORDERS, process_status: byStatus } : ORDERS;
  const key = orders[orderBy];
  if (key === undefined) return invalid('invalid_order_by', 'order_by must be a valid attribute');
  if (PLACES.filter((place) => query.has(place)).length > 1) {
    return invalid('multiple_pagination_criteria', 'Can only specify one of: page_offset, page, or page_after_value');
  }

  const chosen = [...world.uploads.values()].filter(
    (upload) => isListedFor(world, upload, userId, query.getAll('roles')) && isChosen(upload, userId, query, world),
  );
  const order = query.get('order') === 'desc' ? 'desc' : 'asc';
  const sorted = chosen.sort((a, b) => compare(key(a), key(b)) || a.createTime - b.createTime || compare(a.id, b.id));
  if (order === 'desc') sorted.reverse();

  const size = Number(query.get('page_size') ?? PER_PAGE);
  const offset = offsetOf(query, size);
  if (size > 0 && offset > 0 && offset >= sorted.length)
    return { status: 400, body: { detail: 'Page out of range requested.' } };
  const data = sorted.slice(offset, offset + size).map((upload) => toWire(upload, world));
  const pagination = {
    page_size: size,
    order_by: orderBy,
    order,
    ...(size > 0 && { page: Math.floor(offset / size) + 1 }),
    ...(size === 0 && { page: 1 }),
    ...(query.has('page_offset') && { page_offset: offset }),
    ...(offset > 0 && { page_after_value: String(offset - 1) }),
    total: sorted.length,
    ...links(query, offset + size, sorted.length, size),
  };
  return { status: 200, body: { query: echoed(query), pagination, data } };
}

function byStatus(upload: SimulatedUpload): string {
  return upload.status;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `page_after_value` is only a position: the one before the page begins. */
function offsetOf(query: URLSearchParams, size: number): number {
  if (query.has('page_offset')) return Number(query.get('page_offset'));
  if (query.has('page_after_value')) return Number(query.get('page_after_value')) + 1;
  return (Number(query.get('page') ?? 1) - 1) * size;
}

function isChosen(upload: SimulatedUpload, userId: string, query: URLSearchParams, world: World): boolean {
  const [ids, names] = [query.getAll('upload_id'), query.getAll('upload_name')];
  if (ids.length > 0 && !ids.includes(upload.id)) return false;
  if (names.length > 0 && !names.includes(upload.name ?? '')) return false;
  if (query.has('is_processing') && IS_PROCESSING.includes(upload.status) !== isTrue(query, 'is_processing'))
    return false;
  if (query.has('is_published') && upload.published !== isTrue(query, 'is_published')) return false;
  // 1.x takes these two, echoes them, and lists everything all the same.
  if (world.generation === 1) return true;
  if (query.has('process_status') && upload.status !== query.get('process_status')) return false;
  return !query.has('is_owned') || (upload.mainAuthor === userId) === isTrue(query, 'is_owned');
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true';
}

/** What NOMAD understood of the filters. */
function echoed(query: URLSearchParams): object {
  const flags = ['is_processing', 'is_published', 'is_owned'].filter((name) => query.has(name));
  return {
    ...Object.fromEntries(flags.map((name) => [name, isTrue(query, name)])),
    ...Object.fromEntries(
      ['upload_id', 'upload_name'].filter((name) => query.has(name)).map((name) => [name, query.getAll(name)]),
    ),
    ...(query.has('process_status') && { process_status: query.get('process_status') }),
  };
}

/** As behind a proxy: the address that the app believes to have is not one that can be followed. */
function links(query: URLSearchParams, end: number, total: number, size: number): object {
  const base = `http://internal-app:8000/prod/v1/api/v1/uploads?${query.toString()}`;
  if (size === 0) return { page_url: base };
  const next = `${base}&page_after_value=${end - 1}`;
  return {
    ...(end < total && { next_page_after_value: String(end - 1), next_page_url: next }),
    page_url: base,
    first_page_url: base,
  };
}

function invalid(type: string, msg: string): ListAnswer {
  return { status: 422, body: { detail: [{ type, loc: ['query'], msg, input: {} }] } };
}
