// What people do to an upload beside processing it, by NOMAD's own routes: what its list shows afterwards. What is told is in lives.cases.ts.
import assert from 'node:assert/strict';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import type { Case } from './cases.ts';
import { BAD, GOOD, handOf } from './hand.ts';
import { goodEnd, looks, seen } from './runs.cases.ts';

export const deedsCases: readonly Case[] = [
  {
    name: 'an edit forgets a failure: SUCCESS, no errors, its own process',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { wrong: 'Matching', error: 'OSError: full' });
      const failed = await seen(real, context);
      await hand.edit(id, { upload_name: 'renamed' });
      const { name, status, process, errors, completeTime } = await seen(real, context);
      assert.deepEqual([name, status, process, errors], ['renamed', 'SUCCESS', real.facts.edit, []]);
      assert.equal(completeTime !== failed.completeTime, real.facts.goodEndHasTime);
    },
  },
  {
    name: 'publishing: also with an entry that failed; a process of its own',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id);
      await hand.put(id, 'b.archive.yaml', BAD);
      await hand.work(id);
      await hand.publish(id);
      const { status, process, published, publishTime, errors } = await seen(real, context);
      assert.deepEqual([status, process, published, errors], ['SUCCESS', 'publish_upload', true, []]);
      assert.ok(publishTime !== null);
    },
  },
  {
    name: 'stopped by its author: READY at once, the process as before, and the next run works',
    when: ({ worker }) => worker === 'temporal',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { until: 'Matching' });
      await hand.stop(id);
      assert.deepEqual(await looks(real, context), ['READY', 'process_upload', 'Processing stopped']);
      assert.equal((await hand.ask('POST', `uploads/${id}/action/stop-processing`)).status, 400);
      await hand.process(id);
      assert.deepEqual(await looks(real, context), ['PENDING', 'process_upload', 'Processing stopped']);
      await hand.work(id);
      assert.equal((await seen(real, context)).status, 'SUCCESS');
    },
  },
  {
    name: 'reset by an administrator: no process, the message as before; with Temporal nobody can process it again, nor stop it',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { until: 'Matching' });
      await real.control(`uploads/${id}/lose`);
      await real.control(`uploads/${id}/admin`, ['reset']);
      assert.deepEqual(await looks(real, context), ['READY', null, 'Matching']);
      const again = await hand.ask('POST', `uploads/${id}/action/process`);
      const isRefused = real.facts.worker === 'temporal' && real.facts.processComes === 'ordered';
      assert.equal(again.status, isRefused ? 500 : 200);
      if (isRefused) {
        assert.equal((await hand.ask('POST', `uploads/${id}/action/stop-processing`)).status, 400);
        return;
      }
      await hand.work(id);
      // Before 1.4.3 it is the worker that refuses.
      assert.equal((await seen(real, context)).status, real.facts.worker === 'celery' ? 'SUCCESS' : 'FAILURE');
    },
  },
  {
    name: 'files added without processing: READY, with the words of a good end, and no entries',
    when: ({ addsWithoutProcessing }) => addsWithoutProcessing,
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD, '&trigger_processing=false');
      await hand.work(id, { until: 'Adding files' });
      assert.deepEqual(await looks(real, context), ['PENDING', 'process_upload', 'Adding files']);
      await hand.work(id);
      assert.deepEqual(await looks(real, context), ['READY', 'process_upload', goodEnd(real, 'process_upload')]);
      const { completeTime, entries } = await seen(real, context);
      assert.deepEqual([completeTime, entries], [null, 0]);
    },
  },
  {
    name: 'a file put and processed at once: a process of its own with Celery; with Temporal only message and entries move',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD, '&wait_for_processing=true');
      const { status, process, message, entries, completeTime } = await seen(real, context);
      assert.equal(entries, 1);
      const isLocal = real.facts.worker === 'celery' || real.version === '1.4.0';
      const local = 'put_file_and_process_local';
      if (!isLocal) {
        assert.deepEqual([status, process, completeTime], ['READY', null, null]);
        return;
      }
      const expected = ['SUCCESS', local, `Process ${local} completed successfully`, false];
      assert.deepEqual([status, process, message, completeTime === null], expected);
    },
  },
  {
    name: 'making a folder: complete_time moves, and nothing else does',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { wrong: 'Matching', error: 'OSError: full' });
      const before = await seen(real, context);
      await hand.makeFolder(id, 'new');
      const after = await seen(real, context);
      assert.notEqual(after.completeTime, before.completeTime);
      assert.deepEqual({ ...after, completeTime: before.completeTime }, before);
    },
  },
  {
    name: 'the owner is changed by an administrator: an edit like any other',
    async run(real) {
      const hand = await handOf(real);
      const id = await hand.create();
      await real.control(`uploads/${id}/admin`, ['chown', 'grace']);
      await real.control(`uploads/${id}/rest`);
      assert.equal((await hand.ask('GET', `uploads/${id}`)).status, real.facts.noAccess);
      const { body } = await (await handOf(real, GRACE)).ask('GET', `uploads/${id}`);
      const { data } = body as { readonly data: { readonly process_status: string; readonly current_process: string } };
      assert.deepEqual([data.process_status, data.current_process], ['SUCCESS', `_${real.facts.edit}`]);
    },
  },
  {
    name: 'the owner hands it over, and the other takes it: the other is its reviewer meanwhile; a process of its own',
    when: ({ transfers }) => transfers,
    async run(real, context) {
      const [ada, grace] = [await handOf(real), await handOf(real, GRACE)];
      const id = await grace.create();
      const transfer = await grace.offer(id, ADA);
      const { reviewers, mainAuthor } = await seen(real, context);
      assert.deepEqual([mainAuthor, reviewers], [GRACE.id, [ADA.id]]);
      await ada.accept(transfer);
      const after = await seen(real, context);
      assert.deepEqual(
        [after.status, after.process, after.mainAuthor, after.reviewers],
        ['SUCCESS', 'transfer_upload_ownership', ADA.id, []],
      );
      assert.equal(after.completeTime !== null, real.facts.goodEndHasTime);
    },
  },
];
