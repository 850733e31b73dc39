// The simulated NOMAD as a process of its own. The whole listing is written out once and then repeated, so that its own work does not
// stand in the way of what is measured. Argument: the wishes, as JSON. Orders come as messages.
import type { FaultRule } from '../../src/demo/nomad-faults.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { pagination } from '../../src/demo/nomad-paging.ts';
import { toWire } from '../../src/demo/nomad-wire.ts';
import {
  ADA,
  type SimulatedUpload,
  type User,
  addUpload,
  createWorld,
  fail,
  start,
  succeed,
} from '../../src/demo/nomad-state.ts';
import type { NomadOrder, NomadPlace, NomadWishes } from '../nomad.ts';
import { startGateway } from './gateway.ts';

const MINUTE = 60_000;
const wishes = JSON.parse(process.argv[2] ?? '{}') as NomadWishes;
const { isStill } = wishes;
const world = createWorld();
const users = [ADA, ...Array.from({ length: wishes.users - 1 }, (_, index) => userOf(index + 1))];
const listed = users.map((user, index) => addUploadsOf(user, index));
const nomad = await startSimulatedNomad({ world });
const tokens = users.map((user, index) =>
  index === 0
    ? nomad.tokens.mint('app', user, 86_400)
    : nomad.tokens.mintPat(user, ['uploads:read', 'entries:read', 'users:read']),
);
if (isStill) nomad.setFault(writtenPages(new Map(tokens.map((token, index) => [token, listed[index] ?? []]))));
const gateway = await startGateway(nomad.url);

process.on('message', (order: NomadOrder) => {
  if (order.kind === 'bytes') {
    process.send?.(gateway.bytesSent());
    return;
  }
  for (const index of order.uploads) {
    const upload = listed[0]?.[index];
    if (upload !== undefined) fail(upload, Date.now(), ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()']);
  }
  process.send?.(null);
});
process.send?.({
  url: nomad.url,
  gatewayUrl: gateway.url,
  token: tokens[0] ?? '',
  tokens,
} satisfies NomadPlace);

function userOf(index: number): User {
  const username = `user-${index}`;
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return { id, username, password: username, email: `${username}@lab.example`, name: `User ${index}` };
}

function addUploadsOf({ id }: User, user: number): readonly SimulatedUpload[] {
  const { uploads, failedEach, processing } = wishes;
  const began = Date.now() - uploads * MINUTE;
  return Array.from({ length: uploads }, (_, index) => {
    const createTime = began + index * MINUTE;
    const prefix = user === 0 ? 'upload' : `upload${user}`;
    const upload = addUpload(world, `${prefix}-${String(index).padStart(15, '0')}`, createTime, {
      name: `sample ${index}`,
      process: 'process_upload',
      mainAuthor: id,
    });
    if (index >= uploads - processing) start(upload);
    else if (index % failedEach === 0)
      fail(upload, createTime + 30_000, ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()']);
    else succeed(upload, createTime + 30_000, 12);
    return upload;
  });
}

/** For a world in which nothing moves: the uploads of each token in their order are written page by page, as asked for, and kept. */
function writtenPages(byToken: ReadonlyMap<string, readonly SimulatedUpload[]>): FaultRule {
  const pages = new Map<string, string>();
  return ({ path, query, token }) => {
    const isWhole = !query.has('is_processing') && !query.has('upload_id') && query.get('order') !== 'desc';
    const inOrder = byToken.get(token ?? '');
    if (path !== '/uploads' || !isWhole || inOrder === undefined) return undefined;
    const key = `${token} ${query.toString()}`;
    const body = pages.get(key) ?? pageOf(inOrder, query);
    pages.set(key, body);
    return { status: 200, body };
  };

  function pageOf(inOrder: readonly SimulatedUpload[], query: URLSearchParams): string {
    const size = Number(query.get('page_size'));
    const offset = query.has('page_offset') ? Number(query.get('page_offset')) : null;
    const first = offset ?? (Number(query.get('page') ?? 1) - 1) * size;
    const paging = { size, start: first, orderBy: 'upload_create_time', order: 'asc', offset } as const;
    const data = inOrder.slice(first, first + size).map((upload) => toWire(upload, world));
    return JSON.stringify({ query: {}, pagination: pagination(paging, inOrder.length, '/uploads'), data });
  }
}
