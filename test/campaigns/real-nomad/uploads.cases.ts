// Listing the real NOMAD's uploads and asking about single ones, with the monitor's own code.
import assert from 'node:assert/strict';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import { type Case, wireTo } from './cases.ts';
import type { RealNomad } from './start.ts';

const STATUSES = ['READY', 'PENDING', 'RUNNING', 'WAITING_FOR_RESULT', 'SUCCESS', 'FAILURE'];

async function listed(real: RealNomad, context: Parameters<Case['run']>[1], roles: readonly string[] = []) {
  const result = await wireTo(real, context, { roles }).nomad.list(Date.now());
  assert.ok(result.ok, result.ok ? '' : result.problem);
  return result.value;
}

/** What NOMAD answers to a request of ours, with a good token. */
async function raw(
  real: RealNomad,
  context: Parameters<Case['run']>[1],
  query: readonly (readonly [string, string | number])[],
) {
  const { client, tokens } = wireTo(real, context);
  const token = await tokens.token();
  assert.ok(token.ok);
  const answer = await client.request({ endpoint: 'uploads', query, token: token.value.value });
  assert.equal(answer.kind, 'answer');
  const body = answer.body as { data?: { upload_id: string }[]; pagination?: { total: number }; detail?: unknown };
  return {
    status: answer.status,
    ids: body.data?.map((each) => each.upload_id),
    total: body.pagination?.total,
    detail: body.detail,
  };
}

async function seed(real: RealNomad): Promise<void> {
  for (const [index, process_status] of STATUSES.entries()) {
    await real.control('uploads', {
      upload_id: process_status.toLowerCase(),
      process_status,
      ...(process_status === 'SUCCESS' && { publish_time: '2026-11-21T00:00:00' }),
      upload_create_time: `2026-11-20T10:0${index}:00.123`,
    });
  }
}

export const uploadsCases: readonly Case[] = [
  {
    name: 'an account without uploads',
    async run(real, context) {
      assert.deepEqual((await listed(real, context)).uploads, []);
    },
  },
  {
    name: '240 uploads in two pages, each once, in the order of their creation',
    async run(real, context) {
      const ids = Array.from({ length: 240 }, (_, index) => `many-${String(index).padStart(3, '0')}`);
      for (const upload_id of ids) await real.control('uploads', { upload_id });
      const wiring = wireTo(real, context);
      const result = await wiring.nomad.list(Date.now());
      assert.deepEqual(result.ok && result.value.uploads.map(({ id }) => id), ids);
      assert.equal(wiring.asked().filter((line) => line === 'uploads 200').length, 2);
    },
  },
  {
    name: 'each status, names of processes, times and what is left out',
    async run(real, context) {
      for (const process_status of STATUSES) {
        await real.control('uploads', { upload_id: process_status.toLowerCase(), process_status });
      }
      await real.control('uploads', {
        upload_id: 'full',
        upload_name: 'batch-42',
        process_status: 'FAILURE',
        current_process: '_process_upload',
        last_status_message: 'Process process_upload failed: KeyError: x',
        errors: ['ValueError: <b>y</b>', 'KeyError: x'],
        warnings: ['w'],
        upload_create_time: '2026-11-20T10:01:00.123',
        complete_time: '2026-11-20T10:10:00',
        publish_time: '2026-11-21T00:00:00.5',
        coauthors: [GRACE.id],
      });
      const { uploads, malformed } = await listed(real, context);
      assert.deepEqual(malformed, []);
      assert.deepEqual(
        uploads.filter(({ id }) => id !== 'full').map(({ status }) => status),
        STATUSES,
      );
      assert.deepEqual(
        uploads.find(({ id }) => id === 'full'),
        {
          id: 'full',
          name: 'batch-42',
          status: 'FAILURE',
          process: 'process_upload',
          message: 'Process process_upload failed: KeyError: x',
          errors: ['ValueError: <b>y</b>', 'KeyError: x'],
          warnings: ['w'],
          createTime: Date.UTC(2026, 10, 20, 10, 1, 0, 123),
          completeTime: Date.UTC(2026, 10, 20, 10, 10),
          published: true,
          publishTime: Date.UTC(2026, 10, 21, 0, 0, 0, 500),
          mainAuthor: ADA.id,
          coauthors: [GRACE.id],
          reviewers: [],
          groupRole: null,
          entries: 0,
        },
      );
      const bare = uploads.find(({ id }) => id === 'ready');
      assert.deepEqual([bare?.name, bare?.process, bare?.message, bare?.completeTime], [null, null, null, null]);
    },
  },
  {
    name: 'own, shared, reviewed and shared with a group; strangers’ not; narrowed by role',
    async run(real, context) {
      await real.control('groups', { group_id: 'lab', members: [GRACE.id, ADA.id] });
      const main_author = GRACE.id;
      await real.control('uploads', { upload_id: 'own' });
      await real.control('uploads', { upload_id: 'shared', main_author, coauthors: [ADA.id] });
      await real.control('uploads', { upload_id: 'by-group', main_author, coauthor_groups: ['lab'] });
      await real.control('uploads', { upload_id: 'reviewed', main_author, reviewers: [ADA.id] });
      await real.control('uploads', { upload_id: 'theirs', main_author });
      const ids = async (roles: readonly string[]) => (await listed(real, context, roles)).uploads.map(({ id }) => id);
      assert.deepEqual(await ids([]), ['own', 'shared', 'by-group', 'reviewed']);
      assert.deepEqual(await ids(['main_author']), ['own']);
      assert.deepEqual(await ids(['coauthor']), ['shared', 'by-group']);
      assert.deepEqual(await ids(['reviewer']), ['reviewed']);
      assert.deepEqual(await ids(['main_author', 'reviewer']), ['own', 'reviewed']);
    },
  },
  {
    name: 'the filters that work in each version, and those that are ignored before 1.4.3',
    async run(real, context) {
      await seed(real);
      const ids = async (query: readonly (readonly [string, string])[]) => (await raw(real, context, query)).ids;
      assert.deepEqual(await ids([['is_processing', 'true']]), ['pending', 'running', 'waiting_for_result']);
      assert.deepEqual(await ids([['is_published', 'true']]), ['success']);
      assert.deepEqual(
        await ids([
          ['upload_id', 'ready'],
          ['upload_id', 'failure'],
          ['upload_id', 'nope'],
        ]),
        ['ready', 'failure'],
      );
      const byStatus = await ids([['process_status', 'FAILURE']]);
      assert.equal(byStatus?.length, real.facts.filters ? 1 : 6);
    },
  },
  {
    name: 'the part of a large account that can move: what is processed, what is new, what was asked for',
    async run(real, context) {
      await seed(real);
      const { nomad, asked } = wireTo(real, context);
      const known = new Set(['ready', 'pending', 'running', 'waiting_for_result', 'success']);
      const part = async () => {
        const result = await nomad.listPart({ known, wanted: ['success', 'running', 'gone'] }, Date.now());
        assert.ok(result.ok, result.ok ? '' : result.problem);
        return result.value.uploads.map(({ id }) => id);
      };
      assert.deepEqual(await part(), ['pending', 'running', 'waiting_for_result', 'failure', 'success']);
      known.add('failure');
      asked();
      assert.deepEqual(await part(), ['pending', 'running', 'waiting_for_result', 'success']);
      assert.deepEqual(
        asked(),
        ['uploads 200', 'uploads 200', 'uploads 200'],
        'the count alone told that nothing is new',
      );
    },
  },
  {
    name: 'page_size 0 is a bare count; past the end, two places at once and unknown orders are refused',
    async run(real, context) {
      await seed(real);
      const count = await raw(real, context, [['page_size', 0]]);
      assert.deepEqual([count.status, count.total, count.ids], [200, 6, []]);
      const past = await raw(real, context, [
        ['page_size', 3],
        ['page_offset', 6],
      ]);
      assert.deepEqual([past.status, past.detail], [400, 'Page out of range requested.']);
      assert.equal(
        (
          await raw(real, context, [
            ['page', 1],
            ['page_offset', 3],
          ])
        ).status,
        422,
      );
      assert.equal((await raw(real, context, [['order_by', 'complete_time']])).status, 422);
      const byStatus = await raw(real, context, [['order_by', 'process_status']]);
      assert.equal(byStatus.status, real.facts.orderByStatus ? 200 : 422);
      const newest = await raw(real, context, [
        ['order_by', 'upload_create_time'],
        ['order', 'desc'],
        ['page_size', 2],
      ]);
      assert.deepEqual(newest.ids, ['failure', 'success']);
    },
  },
  {
    name: 'what became of an upload: deleted, unshared, published by a stranger, still shared',
    async run(real, context) {
      await real.control('groups', { group_id: 'lab', members: [GRACE.id, ADA.id] });
      const main_author = GRACE.id;
      await real.control('uploads', { upload_id: 'theirs', main_author });
      await real.control('uploads', {
        upload_id: 'public',
        main_author,
        publish_time: '2026-11-21T00:00:00',
      });
      await real.control('uploads', { upload_id: 'by-group', main_author, coauthor_groups: ['lab'] });
      await real.control('uploads', { upload_id: 'own' });
      const { nomad } = wireTo(real, context);
      const verdicts = await Promise.all(
        ['gone', 'theirs', 'public', 'by-group', 'own'].map((id) => nomad.verdict(id, ADA.id)),
      );
      assert.deepEqual(verdicts, ['deleted', 'unshared', 'unshared', 'present', 'present']);
    },
  },
  {
    name: 'an address that is not the API proves nothing',
    async run(real, context) {
      const elsewhere = { ...real, url: real.url.replace('/api/v1', '') };
      const result = await wireTo(elsewhere, context).nomad.list(Date.now());
      assert.ok(!result.ok);
      assert.equal(result.reason, 'invalid');
      assert.equal(await wireTo(elsewhere, context).nomad.verdict('own', ADA.id), 'unknown');
    },
  },
  {
    name: 'entries: counts over all, the failed ones first; a search that is down, a stranger’s, a deleted one',
    async run(real, context) {
      await real.control('uploads', {
        upload_id: 'own',
        process_status: 'SUCCESS',
        complete_time: '2026-11-20T10:10:00',
      });
      const entry = (mainfile: string, process_status: string, errors: readonly string[] = []) => ({
        mainfile,
        process_status,
        errors,
      });
      const good = Array.from({ length: 8 }, (_, index) => entry(`a${index}/vasprun.xml`, 'SUCCESS'));
      const bad = entry('z/vasprun.xml', 'FAILURE', ['parser failed with exception', 'parser raised system exit']);
      await real.control('uploads/own/entries', [...good, bad, entry('y/vasprun.xml', 'RUNNING')]);
      await real.control('uploads', { upload_id: 'theirs', main_author: GRACE.id });
      const { nomad } = wireTo(real, context);
      const answer = await nomad.entries('own', 'few');
      assert.ok(typeof answer === 'object');
      const { failing, messages, oldestEnd, newestEnd, ...counts } = answer;
      assert.equal(messages.length, 5);
      assert.ok(oldestEnd === null || (newestEnd !== null && oldestEnd <= newestEnd));
      assert.deepEqual(counts, {
        total: 10,
        successful: 8,
        failed: 1,
        status: 'SUCCESS',
        completeTime: Date.UTC(2026, 10, 20, 10, 10),
      });
      assert.deepEqual(
        failing.map(({ mainfile, parser, error }) => ({ mainfile, parser, error })),
        [{ mainfile: 'z/vasprun.xml', parser: 'parsers/vasp', error: 'parser raised system exit' }],
      );
      assert.deepEqual([await nomad.entries('theirs', 'few'), await nomad.entries('nope', 'few')], ['gone', 'gone']);
      await real.control('faults', { search_down: true });
      assert.equal(await nomad.entries('own', 'few'), 'unknown');
      const listing = await nomad.list(Date.now());
      assert.ok(listing.ok, listing.ok ? '' : listing.problem);
    },
  },
  {
    name: 'names of users; one that is unknown makes the batch fail, and only its own name is missing',
    async run(real, context) {
      const { nomad, asked } = wireTo(real, context);
      const ids = [ADA.id, GRACE.id, '00000000-0000-4000-8000-00000000dead'];
      assert.deepEqual(Object.fromEntries(await nomad.names(ids)), {
        [ADA.id]: 'Ada Lovelace',
        [GRACE.id]: 'Grace Hopper',
      });
      assert.ok(asked().includes('users 500'));
      await nomad.names(ids);
      assert.deepEqual(asked(), [], 'each is asked about once a day');
    },
  },
];
