import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type Generation, GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { ADA, addUpload, fail, remove, unshare } from '../../src/demo/nomad-state.ts';
import { T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

async function withUploads(context: TestContext, count: number, generation?: Generation) {
  const wiring = await wire(generation === undefined ? {} : { generation });
  context.after(wiring.close);
  for (let index = 0; index < count; index += 1)
    addUpload(wiring.server.world, `u${String(index).padStart(5, '0')}`, T0 - 10_000_000 + index);
  await wiring.tokens.token();
  const pages = () => wiring.lines().filter((line) => line.startsWith('GET /uploads?'));
  return { ...wiring, pages };
}

for (const [count, requests] of [
  [0, 1],
  [1, 1],
  [199, 1],
  [200, 1],
  [201, 2],
  [237, 2],
  [399, 2],
  [400, 3],
  [1000, 6],
] as const) {
  test(`${count} uploads are listed, each once, in ${requests} requests`, async (context) => {
    const { nomad, pages } = await withUploads(context, count);
    const result = await nomad.list(T0);
    assert.ok(result.ok);
    assert.equal(new Set(result.value.uploads.map(({ id }) => id)).size, count);
    assert.equal(result.value.uploads.length, count);
    assert.equal(pages().length, requests);
  });
}

test('a deletion between two pages: the listing begins again and skips nobody', async (context) => {
  const { nomad, server, pages } = await withUploads(context, 450);
  let once = true;
  server.setFault(({ query }) => {
    if (query.get('page_offset') === '199' && once) {
      once = false;
      server.world.uploads.delete('u00003');
      addUpload(server.world, 'another', T0); // total stays as it was: only the ids tell
    }
    return undefined;
  });
  const result = await nomad.list(T0);
  assert.ok(result.ok);
  assert.equal(result.value.uploads.length, 450);
  assert.ok(result.value.uploads.some(({ id }) => id === 'u00200'));
  assert.equal(pages().length, 2 + 3);
});

test('a set that never stands still is incomplete after three new beginnings', async (context) => {
  const { nomad, server, pages } = await withUploads(context, 250);
  let extra = 0;
  server.setFault(({ path }) => {
    if (path === '/uploads') addUpload(server.world, `extra${(extra += 1)}`, T0 + extra);
    return undefined;
  });
  const result = await nomad.list(T0);
  assert.equal(result.ok ? '' : result.reason, 'incomplete');
  assert.equal(pages().length, 8);
});

const bodies: readonly [string, Parameters<typeof answer>, string][] = [
  ['HTML with 200', [200, '<html>maintenance</html>', 'text/html'], 'invalid'],
  ['JSON that is no listing', [200, '{"hello":"world"}'], 'invalid'],
  ['broken JSON', [200, '{"pagination":'], 'invalid'],
  ['a redirect to a login page', [302, '', 'text/html'], 'invalid'],
  ['503 in HTML', [503, '<html>', 'text/html'], 'unreachable'],
  ['500 with a traceback', [500, '{"detail":{"exception_traceback":"/app/secret.py"}}'], 'unreachable'],
  ['404', [404, '{"detail":"Not Found"}'], 'invalid'],
  ['403 for this Oasis', [403, '{"detail":"You are not authorized to access this Oasis"}'], 'unauthorized'],
];
function answer(status: number, body: string, type = 'application/json') {
  return { status, body, headers: { 'content-type': type, location: 'https://login.example/' } };
}
for (const [what, given, reason] of bodies) {
  test(`${what} is ${reason}`, async (context) => {
    const { nomad, server } = await withUploads(context, 3);
    server.setFault(({ path }) => (path === '/uploads' ? answer(...given) : undefined));
    const result = await nomad.list(T0);
    assert.equal(result.ok ? '' : result.reason, reason);
    assert.ok(!JSON.stringify(result).includes('secret.py'));
  });
}

test('one malformed upload is named and the rest goes on', async (context) => {
  const { nomad, server } = await withUploads(context, 0);
  const good = {
    upload_id: 'good',
    process_status: 'SUCCESS',
    upload_create_time: '2026-11-20T10:01:00',
    main_author: 'x',
    coauthors: null,
    surprise: 1,
  };
  const data = [good, { ...good, upload_id: 'bad', upload_create_time: 'yesterday' }, { ...good, upload_id: '../x' }];
  server.setFault(({ path }) =>
    path === '/uploads' ? { status: 200, body: JSON.stringify({ pagination: { total: 3 }, data }) } : undefined,
  );
  const result = await nomad.list(T0);
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.uploads.map(({ id }) => id),
    ['good'],
  );
  assert.deepEqual(
    result.value.malformed.map(({ uploadId }) => uploadId),
    ['bad', null],
  );
});

for (const generation of GENERATIONS) {
  test(`${generation}: times are UTC, process names have no underscore`, async (context) => {
    const { nomad, server } = await withUploads(context, 0, generation);
    const upload = addUpload(server.world, 'u', T0 + 123, { process: 'process_upload' });
    fail(upload, T0 + 1000, ['E']);
    const result = await nomad.list(T0);
    assert.ok(result.ok);
    const [read] = result.value.uploads;
    assert.deepEqual(
      [read?.createTime, read?.completeTime, read?.process, read?.errors],
      [T0 + 123, T0 + 1000, 'process_upload', ['E']],
    );
  });

  test(`${generation}: what NOMAD says of an upload that is not listed`, async (context) => {
    const { nomad, server } = await withUploads(context, 4, generation);
    const [first, second, third] = [...server.world.uploads.values()];
    assert.ok(first && second && third);
    remove(server.world, first);
    unshare(second);
    unshare(third);
    third.published = true;
    const verdicts = await Promise.all(['u00000', 'u00001', 'u00002', 'u00003'].map((id) => nomad.verdict(id, ADA.id)));
    assert.deepEqual(verdicts, ['deleted', 'unshared', 'unshared', 'present']);
    assert.equal(await nomad.verdict('u00002', null), 'present');
    server.setFault(() => ({ status: 404, body: '{"detail":"Not Found"}' }));
    assert.equal(await nomad.verdict('u00003', ADA.id), 'unknown');
    server.setFault(() => ({ reset: true }));
    assert.equal(await nomad.verdict('u00003', ADA.id), 'unknown');
  });
}

test('only the roles that are asked for', async (context) => {
  const wiring = await wire({ roles: ['coauthor', 'reviewer'] });
  context.after(wiring.close);
  addUpload(wiring.server.world, 'own', T0);
  addUpload(wiring.server.world, 'theirs', T0, { mainAuthor: 'grace', coauthors: [ADA.id] });
  addUpload(wiring.server.world, 'review', T0, { mainAuthor: 'grace', reviewers: [ADA.id] });
  const result = await wiring.nomad.list(T0);
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.uploads.map(({ id }) => id),
    ['review', 'theirs'],
  );
});

test('a page that comes again byte by byte brings the same values, one that changed is read anew', async (context) => {
  const { nomad, server } = await withUploads(context, 450);
  const list = async () => {
    const result = await nomad.list(T0);
    assert.ok(result.ok);
    return result.value.uploads;
  };
  const first = await list();
  const changed = server.world.uploads.get('u00300');
  assert.ok(changed);
  fail(changed, T0 + 1000, ['E']);
  const second = await list();
  assert.deepEqual(
    second.map((upload, index) => upload === first[index]),
    second.map((_, index) => index < 200 || index > 398),
  );
  assert.equal(second[300]?.status, 'FAILURE');
  assert.deepEqual(second, await list());
});
