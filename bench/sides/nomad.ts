// The simulated NOMAD as a process of its own. The whole listing is written out once and then repeated, so that its own work does not
// stand in the way of what is measured. Argument: the wishes, as JSON. Orders come as messages.
import type { FaultRule } from '../../src/demo/nomad-faults.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { pagination } from '../../src/demo/nomad-paging.ts';
import { toWire } from '../../src/demo/nomad-wire.ts';
import { ADA, type World, addUpload, createWorld, fail, start, succeed } from '../../src/demo/nomad-state.ts';
import type { NomadOrder, NomadPlace, NomadWishes } from '../nomad.ts';
import { startGateway } from './gateway.ts';

const MINUTE = 60_000;
const wishes = JSON.parse(process.argv[2] ?? '{}') as NomadWishes;
const { uploads, failedEach, processing, isStill } = wishes;
const world = createWorld();
const began = Date.now() - uploads * MINUTE;
for (let index = 0; index < uploads; index += 1) {
  const createTime = began + index * MINUTE;
  const upload = addUpload(world, `upload-${String(index).padStart(15, '0')}`, createTime, {
    name: `sample ${index}`,
    process: 'process_upload',
  });
  if (index >= uploads - processing) start(upload);
  else if (index % failedEach === 0)
    fail(upload, createTime + 30_000, ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()']);
  else succeed(upload, createTime + 30_000, 12);
}
const nomad = await startSimulatedNomad({ world });
if (isStill) nomad.setFault(writtenPages(world));
const gateway = await startGateway(nomad.url);

process.on('message', (order: NomadOrder) => {
  if (order.kind === 'bytes') {
    process.send?.(gateway.bytesSent());
    return;
  }
  for (const index of order.uploads) {
    const upload = world.uploads.get(`upload-${String(index).padStart(15, '0')}`);
    if (upload !== undefined) fail(upload, Date.now(), ['SoftTimeLimitExceeded: SoftTimeLimitExceeded()']);
  }
  process.send?.(null);
});
process.send?.({
  url: nomad.url,
  gatewayUrl: gateway.url,
  token: nomad.tokens.mint('app', ADA, 86_400),
} satisfies NomadPlace);

/** For a world in which nothing moves: the uploads in their order are written page by page, as asked for, and kept. */
function writtenPages({ uploads: listed }: World): FaultRule {
  const inOrder = [...listed.values()];
  const pages = new Map<string, string>();
  return ({ path, query }) => {
    const isWhole = !query.has('is_processing') && !query.has('upload_id') && query.get('order') !== 'desc';
    if (path !== '/uploads' || !isWhole) return undefined;
    const key = query.toString();
    const body = pages.get(key) ?? pageOf(query);
    pages.set(key, body);
    return { status: 200, body };
  };

  function pageOf(query: URLSearchParams): string {
    const size = Number(query.get('page_size'));
    const offset = query.has('page_offset') ? Number(query.get('page_offset')) : null;
    const first = offset ?? (Number(query.get('page') ?? 1) - 1) * size;
    const paging = { size, start: first, orderBy: 'upload_create_time', order: 'asc', offset } as const;
    const data = inOrder.slice(first, first + size).map((upload) => toWire(upload, world));
    return JSON.stringify({ query: {}, pagination: pagination(paging, inOrder.length, '/uploads'), data });
  }
}
