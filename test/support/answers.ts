// The requests whose answers are kept as fixtures, the world that they are asked in, and the shape by which answers are compared.
// The same for the real NOMAD (which records them) and for the simulated one (which is held to them).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Generation, isCelery } from '../../src/demo/nomad-generations.ts';
import { ADA, GRACE, type SimulatedUpload, type WireStatus } from '../../src/demo/nomad-state.ts';

/** Whose token goes along. */
type Bearer = 'access' | 'app' | 'none' | 'rubbish';

export interface Recorded {
  readonly name: string;
  readonly bearer?: Bearer;
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const login = { username: ADA.username, password: ADA.password };

export const REQUESTS: readonly Recorded[] = [
  { name: 'login', bearer: 'none', path: '/auth/token', form: { grant_type: 'password', ...login } },
  { name: 'login-no-grant', bearer: 'none', path: '/auth/token', form: login },
  {
    name: 'login-wrong',
    bearer: 'none',
    path: '/auth/token',
    form: { grant_type: 'password', ...login, password: 'no' },
  },
  { name: 'app-token', bearer: 'access', path: '/auth/app_token?expires_in=3600' },
  { name: 'app-token-zero', bearer: 'access', path: '/auth/app_token?expires_in=0' },
  { name: 'app-token-too-long', bearer: 'access', path: '/auth/app_token?expires_in=100000000' },
  { name: 'app-token-by-app-token', path: '/auth/app_token?expires_in=60' },
  { name: 'app-token-no-token', bearer: 'none', path: '/auth/app_token?expires_in=60' },
  { name: 'no-token', bearer: 'none', path: '/uploads' },
  { name: 'rubbish-token', bearer: 'rubbish', path: '/uploads' },
  { name: 'me', path: '/users/me' },
  { name: 'users', path: `/users?user_id=${ADA.id}&user_id=${GRACE.id}` },
  { name: 'users-unknown', path: `/users?user_id=${ADA.id}&user_id=nope` },
  { name: 'list', path: '/uploads' },
  { name: 'list-page', path: '/uploads?page_size=2&page=2&order_by=upload_create_time&order=asc' },
  { name: 'list-offset', path: '/uploads?page_size=3&page_offset=4&order_by=upload_create_time&order=asc' },
  { name: 'list-after', path: '/uploads?page_size=2&page_after_value=1' },
  { name: 'list-newest', path: '/uploads?page_size=2&order_by=upload_create_time&order=desc' },
  { name: 'list-size-0', path: '/uploads?page_size=0' },
  { name: 'list-past-end', path: '/uploads?page_size=3&page_offset=9' },
  { name: 'list-two-places', path: '/uploads?page=1&page_offset=3' },
  { name: 'list-by-name', path: '/uploads?order_by=upload_name' },
  { name: 'list-by-status', path: '/uploads?order_by=process_status' },
  { name: 'list-by-complete-time', path: '/uploads?order_by=complete_time' },
  { name: 'list-processing', path: '/uploads?is_processing=true' },
  { name: 'list-idle', path: '/uploads?is_processing=false' },
  { name: 'list-published', path: '/uploads?is_published=true' },
  { name: 'list-status', path: '/uploads?process_status=FAILURE' },
  { name: 'list-owned', path: '/uploads?is_owned=false' },
  { name: 'list-coauthor', path: '/uploads?roles=coauthor' },
  { name: 'list-ids', path: '/uploads?upload_id=u-failure&upload_id=u-ready&upload_id=nope' },
  { name: 'list-unknown-parameter', path: '/uploads?foo=1&page_size=1' },
  { name: 'upload', path: '/uploads/u-failure' },
  { name: 'upload-deleted', path: '/uploads/nope' },
  { name: 'upload-of-others', path: '/uploads/u-theirs' },
  { name: 'upload-published-by-others', path: '/uploads/u-public' },
  { name: 'upload-no-token', bearer: 'none', path: '/uploads/u-failure' },
  { name: 'entries', path: '/uploads/u-success/entries?order_by=process_status&order=asc&page_size=5' },
  { name: 'entries-none', path: '/uploads/u-failure/entries?order_by=process_status&order=asc&page_size=5' },
  { name: 'entries-of-others', path: '/uploads/u-theirs/entries?order_by=process_status&order=asc&page_size=5' },
  { name: 'entries-deleted', path: '/uploads/nope/entries?order_by=process_status&order=asc&page_size=5' },
  { name: 'no-route', path: '/uplods' },
];

const at = (minute: number) => Date.UTC(2026, 10, 20, 10, minute, 0, 123);
const STATUSES: readonly WireStatus[] = ['READY', 'PENDING', 'RUNNING', 'WAITING_FOR_RESULT', 'SUCCESS', 'FAILURE'];

/** The uploads of the fixtures' world, in the order of their creation. */
export const WORLD: readonly ({ readonly id: string } & Partial<SimulatedUpload>)[] = [
  ...STATUSES.map((status, index) => ({
    id: `u-${status.toLowerCase().split('_')[0] ?? ''}`,
    status,
    createTime: at(index),
    ...(status !== 'READY' && { process: 'process_upload', name: `is ${status}`, message: `says ${status}` }),
    ...(status === 'FAILURE' && { errors: ['KeyError: x'], completeTime: at(10) }),
    ...(status === 'SUCCESS' && {
      warnings: ['w'],
      completeTime: Date.UTC(2026, 10, 20, 10, 11),
      entries: 4,
      failing: [1, 2].map((each) => ({ id: `e${each}`, mainfile: `${each}.xml`, parser: 'parsers/vasp', error: 'E' })),
    }),
  })),
  { id: 'u-published', createTime: at(20), status: 'SUCCESS', published: true, publishTime: at(21) },
  { id: 'u-shared', createTime: at(22), mainAuthor: GRACE.id, coauthors: [ADA.id] },
  { id: 'u-theirs', createTime: at(23), mainAuthor: GRACE.id },
  { id: 'u-public', createTime: at(24), mainAuthor: GRACE.id, published: true, publishTime: at(25) },
];

export const FIXTURES = join(import.meta.dirname, '../fixtures/nomad');

/** Whose recorded answers it gives: those of 1.4.3 and 2.0.0 were the same, request by request. */
export function recordedOf(generation: Generation): 1 | 2 {
  return isCelery(generation) ? 1 : 2;
}

export function fixtureOf(generation: 1 | 2, name: string): Answered {
  return JSON.parse(readFileSync(join(FIXTURES, String(generation), `${name}.json`), 'utf8')) as Answered;
}

/** A connection of its own: on a machine that is busy the server may close one that waits while the next request is on its way. */
export const ONE_REQUEST = { connection: 'close' } as const;

/** Asks a NOMAD, real or simulated, all of the above. Secrets and server paths are taken out of the answers. */
export async function askAll(url: string): Promise<ReadonlyMap<string, Answered>> {
  const tokens: Record<Bearer, string | null> = { none: null, rubbish: 'rubbish', access: null, app: null };
  const answers = new Map<string, Answered>();
  for (const { name, path, form, bearer = 'app' } of REQUESTS) {
    const token = tokens[bearer];
    const response = await fetch(`${url}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { ...ONE_REQUEST, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    if (name === 'login') tokens.access = String(body['access_token']);
    if (name === 'app-token') tokens.app = String(body['app_token']);
    answers.set(name, { status: response.status, body: scrubbed(body) });
  }
  return answers;
}

function scrubbed(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    if (name.endsWith('token')) return '<token>';
    if (name === 'exception_traceback') return '<traceback>';
    return value.replace(/^http:\/\/[^/]+/, 'http://nomad.example');
  }
  if (Array.isArray(value)) return value.map((each) => scrubbed(each, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, scrubbed(each, key)]));
}

/** What of an answer has to be alike: its status, names and types, the form of its times, and the values that decide something. */
export function shapeOf({ status, body }: Answered): unknown {
  return { status, body: shape(body, '') };
}

const DECISIVE = new Set([
  'upload_id',
  'process_status',
  'current_process',
  'total',
  'detail',
  'published',
  'upload_name',
  'type',
  'le',
  'gt',
]);
/** Where NOMAD's own address, or its environment, shows through. */
const LEFT_OUT = new Set([
  'page_url',
  'next_page_url',
  'first_page_url',
  'prev_page_url',
  'input',
  'msg',
  'entry_metadata',
]);

function shape(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return name === 'data' || name === 'detail' ? value.map((each) => shape(each, '')) : ['…'];
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key) && !key.startsWith('refresh_'));
    return Object.fromEntries(kept.map(([key, each]) => [key, shape(each, key)]).toSorted(byName));
  }
  if (DECISIVE.has(name)) return value;
  if (typeof value === 'string' && name.endsWith('_time')) return value.replace(/\d/g, '0').replace(/\.0+/, '.000000');
  return value === null ? null : typeof value;
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
