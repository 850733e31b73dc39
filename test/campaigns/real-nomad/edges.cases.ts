// The edges of the real NOMAD's paging and sharing: a set that moves while it is listed, ties, groups, texts that are odd or huge.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import { type Ask, listUploads } from '../../../src/nomad/listing.ts';
import { type Case, wireTo } from './cases.ts';
import type { RealNomad } from './start.ts';

const CREATED = '2026-11-20T10:00:00';

async function create(real: RealNomad, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await real.control('uploads', { upload_id: idOf(index), upload_create_time: CREATED });
}

function idOf(index: number): string {
  return `many-${String(index).padStart(3, '0')}`;
}

/** Lists, and does something after the first page. */
async function listAround(real: RealNomad, context: TestContext, between: () => Promise<void>) {
  const { client, tokens } = wireTo(real, context);
  const codes: number[] = [];
  const ask: Ask = async (request) => {
    const token = await tokens.token();
    if (!token.ok) return token;
    const answer = await client.request({ ...request, token: token.value.value });
    if (codes.length === 0) await between();
    codes.push(answer.kind === 'answer' ? answer.status : 0);
    return { ok: true, value: answer };
  };
  const result = await listUploads(ask, [], Date.now());
  assert.ok(result.ok, result.ok ? '' : result.problem);
  return { ids: result.value.uploads.map(({ id }) => id), codes };
}

async function asked(real: RealNomad, context: TestContext, query: readonly (readonly [string, string | number])[]) {
  const { client, tokens } = wireTo(real, context);
  const token = await tokens.token();
  assert.ok(token.ok);
  const answer = await client.request({ endpoint: 'uploads', query, token: token.value.value });
  assert.equal(answer.kind, 'answer');
  const body = answer.body as {
    data?: { upload_id: string }[];
    detail?: string | { type: string; loc: string[] }[] | { exception: string };
  };
  return { status: answer.status, ids: body.data?.map((each) => each.upload_id), detail: body.detail };
}

export const edgesCases: readonly Case[] = [
  {
    name: 'an upload deleted between two pages: listed again, nobody skipped',
    async run(real, context) {
      await create(real, 240);
      const { ids, codes } = await listAround(real, context, () => real.control('uploads/many-003', {}, 'DELETE'));
      assert.deepEqual([ids.length, ids.includes('many-200'), codes], [239, true, [200, 200, 200, 200]]);
    },
  },
  {
    name: 'one deleted and one created between two pages: the same total, and yet listed again',
    async run(real, context) {
      await create(real, 240);
      const { ids } = await listAround(real, context, async () => {
        await real.control('uploads/many-003', {}, 'DELETE');
        await real.control('uploads', { upload_id: 'one-more', upload_create_time: CREATED });
      });
      assert.deepEqual([ids.length, ids.includes('many-200'), ids.includes('one-more')], [240, true, true]);
    },
  },
  {
    name: 'most of it deleted between two pages: the second page is empty or past the end, never a reason to believe it',
    async run(real, context) {
      await create(real, 240);
      const { ids, codes } = await listAround(real, context, async () => {
        for (let index = 20; index < 240; index += 1) await real.control(`uploads/${idOf(index)}`, {}, 'DELETE');
      });
      // page_offset 199 lies on what NOMAD counts as the first page of 200: no 400, but nothing.
      assert.deepEqual([ids.length, codes], [20, [200, 200, 200]]);
    },
  },
  {
    name: 'uploads made in the same instant come in the order of their ids, both ways round',
    async run(real, context) {
      await create(real, 12);
      const all = Array.from({ length: 12 }, (_, index) => idOf(index));
      const ids = async (...query: readonly (readonly [string, string | number])[]) =>
        (await asked(real, context, [['order_by', 'upload_create_time'], ...query])).ids;
      const pages = [await ids(['page_size', 7]), await ids(['page_size', 7], ['page_offset', 7])].flat();
      assert.deepEqual(pages, all);
      assert.deepEqual(await ids(['order', 'desc'], ['page_size', 12]), all);
    },
  },
  {
    name: 'the orders that each version knows; what is absent comes first',
    async run(real, context) {
      for (const [index, name] of ['b', 'c', 'a', null].entries()) {
        await real.control('uploads', {
          upload_id: name ?? 'none',
          upload_create_time: `2026-11-20T10:0${index}:00`,
          ...(name !== null && {
            upload_name: name,
            last_status_message: name,
            publish_time: `2026-11-2${'abc'.indexOf(name)}`,
          }),
        });
      }
      for (const order of ['upload_name', 'last_status_message', 'publish_time'])
        assert.deepEqual((await asked(real, context, [['order_by', order]])).ids, ['none', 'a', 'b', 'c'], order);
    },
  },
  {
    name: 'queries that make no sense are 422 with the place of what is wrong, or 500; then all is well',
    async run(real, context) {
      const wrong = async (name: string, value: string | number) => {
        const { status, detail } = await asked(real, context, [[name, value]]);
        return [status, Array.isArray(detail) ? detail.map(({ type, loc }) => [type, loc.join('.')]) : null];
      };
      assert.deepEqual(await wrong('page_size', -1), [422, [['invalid_page_size', 'query.page_size']]]);
      assert.deepEqual(await wrong('page', 0), [422, [['invalid_page', 'query.page']]]);
      assert.deepEqual(await wrong('page', 'x'), [422, [['int_parsing', 'query.page']]]);
      assert.deepEqual(await wrong('order', 'sideways'), [422, [['enum', 'query.order']]]);
      assert.deepEqual(await wrong('is_processing', 'maybe'), [422, [['bool_parsing', 'query.is_processing']]]);
      assert.deepEqual(await wrong('page_after_value', 'x'), [500, null]);
      assert.equal((await asked(real, context, [['unheard_of', 1]])).status, 200);
    },
  },
  {
    name: 'groups: as reviewer listed, no longer a member not; shared with all is not listed, yet answers',
    async run(real, context) {
      const main_author = GRACE.id;
      await real.control('groups', { group_id: 'lab', members: [GRACE.id, ADA.id] });
      await real.control('groups', { group_id: 'other', members: [GRACE.id] });
      await real.control('uploads', { upload_id: 'lab', main_author, reviewer_groups: ['lab'] });
      await real.control('uploads', { upload_id: 'other', main_author, reviewer_groups: ['other'] });
      await real.control('uploads', { upload_id: 'all', main_author, reviewer_groups: ['all'] });
      const { nomad, client, tokens } = wireTo(real, context);
      const listing = await nomad.list(Date.now());
      assert.deepEqual(listing.ok && listing.value.uploads.map(({ id }) => id), ['lab']);
      assert.deepEqual(
        [await nomad.verdict('lab', ADA.id), await nomad.verdict('other', ADA.id)],
        ['present', 'unshared'],
      );
      const token = await tokens.token();
      assert.ok(token.ok);
      const all = await client.request({ endpoint: 'uploads/ID', path: 'uploads/all', token: token.value.value });
      assert.equal(all.kind === 'answer' && all.status, 200);
      assert.equal(await nomad.verdict('all', ADA.id), 'unshared', 'that everybody may read it is no share with us');
    },
  },
  {
    name: 'odd and huge texts arrive whole or cut, and hurt nobody',
    async run(real, context) {
      const upload_name = 'Müller <b>"x"</b>\n\u{1F9EA} \u202E';
      const errors = ['e'.repeat(3_000_000), 'OSError: /app/.volumes/<b>\n\u0000'];
      await real.control('uploads', { upload_id: 'odd', upload_name, process_status: 'FAILURE', errors });
      const listing = await wireTo(real, context).nomad.list(Date.now());
      assert.ok(listing.ok);
      const [upload] = listing.value.uploads;
      assert.equal(upload?.name, upload_name);
      assert.deepEqual([upload.errors[0]?.length, upload.errors[1]], [2000, 'OSError: …/<b>\n\u0000']);
    },
  },
  {
    name: 'a slow NOMAD is waited for',
    async run(real, context) {
      await create(real, 3);
      await real.control('faults', { delay: 0.4 });
      const listing = await wireTo(real, context).nomad.list(Date.now());
      assert.deepEqual(listing.ok && listing.value.uploads.length, 3);
    },
  },
];
