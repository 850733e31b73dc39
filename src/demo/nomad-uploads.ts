// The simulated NOMAD's answers about uploads: the listing with its filters, one upload, its entries. No HTTP: a query goes in, an answer
// or a refusal comes out, as 1.3.17, 1.4.3 and 2.0.0 gave it.
import {
  type SimulatedAnswer,
  type Orders,
  type SimulatedProblem,
  orderedBy,
  invalid,
  invalidChoice,
  isProblem,
  pagination,
  readPaging,
} from './nomad-paging.ts';
import { type WireEntry, toWireEntries } from './nomad-entries.ts';
import { isCelery } from './nomad-generations.ts';
import { isSimulatedProcessing, toWire } from './nomad-wire.ts';
import { type SimulatedUpload, type World, isListedFor } from './nomad-state.ts';

type Filters = Record<string, string | string[] | boolean | null>;

const ROLES = ['main_author', 'reviewer', 'coauthor'];
const UPLOAD_ORDERS = ['upload_create_time', 'publish_time', 'upload_name', 'last_status_message'];
const ENTRY_ORDERS = ['mainfile', 'parser_name', 'process_status', 'current_process', 'entry_create_time'] as const;
type EntryOrder = (typeof ENTRY_ORDERS)[number];

export function uploadsAnswer(world: World, userId: string, query: URLSearchParams, path: string): SimulatedAnswer {
  const roles = query.getAll('roles');
  const odd = roles.findIndex((role) => !ROLES.includes(role));
  if (odd !== -1) return invalidChoice(['roles', odd], "'main_author', 'reviewer' or 'coauthor'");
  const filters = readFilters(query);
  if ('detail' in filters) return filters;
  const names = isCelery(world.generation) ? UPLOAD_ORDERS : [...UPLOAD_ORDERS, 'process_status'];
  const paging = readPaging(query, orders(world, names, 'upload_create_time'));
  if ('detail' in paging) return paging;
  const listed = [...world.uploads.values()].filter(
    (upload) => isListedFor(world, upload, userId, roles) && isWanted(world, upload, userId, query),
  );
  const key = (upload: SimulatedUpload) => orderKey(upload, paging.orderBy);
  const sorted = orderedBy(
    listed,
    paging.order,
    key,
    ({ createTime }) => createTime,
    ({ id }) => id,
  );
  const about = pagination(paging, sorted.length, path);
  if (isProblem(about)) return about;
  const data = sorted.slice(paging.start, paging.start + paging.size).map((upload) => toWire(upload, world));
  return { query: filters, pagination: about, data };
}

/** `userId` null: nobody is logged in. */
export function uploadAnswer(world: World, userId: string | null, id: string): SimulatedAnswer {
  const upload = readable(world, userId, id);
  return 'detail' in upload ? upload : { upload_id: upload.id, data: toWire(upload, world) };
}

export function entriesAnswer(
  world: World,
  userId: string | null,
  id: string,
  query: URLSearchParams,
  path: string,
): SimulatedAnswer {
  const paging = readPaging(query, orders(world, ENTRY_ORDERS, 'mainfile'));
  if ('detail' in paging) return paging;
  const upload = readable(world, userId, id);
  if ('detail' in upload) return upload;
  const entries = toWireEntries(upload, world);
  const key = (entry: WireEntry) => entry[paging.orderBy as EntryOrder] ?? null;
  const sorted = orderedBy(entries, paging.order, key, ({ entry_id }) => entry_id);
  const about = pagination(paging, entries.length, path);
  if (isProblem(about)) return about;
  const count = (status: string) => entries.filter(({ process_status }) => process_status === status).length;
  return {
    pagination: about,
    processing_successful: count('SUCCESS'),
    processing_failed: count('FAILURE'),
    upload: toWire(upload, world),
    data: sorted.slice(paging.start, paging.start + paging.size),
  };
}

function orders({ generation }: World, names: readonly string[], usual: string): Orders {
  const list = names.map((name) => `'${name}'`).join(', ');
  return {
    names,
    usual,
    placed: names === ENTRY_ORDERS,
    refusal: (name) =>
      isCelery(generation) ? 'order_by must be a valid attribute' : `order_by is '${name}', must be one of (${list})`,
  };
}

function readable(world: World, userId: string | null, id: string): SimulatedUpload | SimulatedProblem {
  const upload = world.uploads.get(id);
  if (upload === undefined) return { status: 404, detail: 'The specified upload_id was not found.' };
  if (upload.published) return upload;
  if (userId === null) return { status: 401, detail: 'You need to log in to access the specified upload.' };
  if (isListedFor(world, upload, userId, [])) return upload;
  return { status: isCelery(world.generation) ? 401 : 403, detail: 'You do not have access to the specified upload.' };
}

/** What NOMAD took of the filters, as its answer repeats it. */
function readFilters(query: URLSearchParams): Filters | SimulatedProblem {
  const filters: Filters = {};
  for (const name of ['upload_id', 'upload_name']) if (query.has(name)) filters[name] = query.getAll(name);
  for (const name of ['is_processing', 'is_published', 'is_owned']) {
    const value = query.get(name);
    if (value === null) continue;
    if (value !== 'true' && value !== 'false')
      return invalid('bool_parsing', name, 'Input should be a valid boolean, unable to interpret input');
    filters[name] = value === 'true';
  }
  if (query.has('process_status')) filters['process_status'] = query.get('process_status');
  return filters;
}

/** `process_status` and `is_owned` are taken by 1.3 and then forgotten. */
function isWanted({ generation }: World, upload: SimulatedUpload, userId: string, query: URLSearchParams): boolean {
  const is = (name: string, value: boolean) => !query.has(name) || (query.get(name) === 'true') === value;
  const has = (name: string, value: string) => !query.has(name) || query.getAll(name).includes(value);
  return (
    has('upload_id', upload.id) &&
    has('upload_name', upload.name ?? '') &&
    is('is_processing', isSimulatedProcessing(upload)) &&
    is('is_published', upload.published) &&
    (isCelery(generation) || (has('process_status', upload.status) && is('is_owned', upload.mainAuthor === userId)))
  );
}

function orderKey(upload: SimulatedUpload, name: string): string | number | null {
  switch (name) {
    case 'publish_time':
      return upload.publishTime;
    case 'upload_name':
      return upload.name;
    case 'last_status_message':
      return upload.message;
    case 'process_status':
      return upload.status;
    default:
      return upload.createTime;
  }
}
