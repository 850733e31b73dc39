// Runs that begin and end by NOMAD's own code: what a poll can see of them at each moment, the odd ones included.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Case, wireTo } from './cases.ts';
import { watching } from './life.cases.ts';
import type { RealNomad } from './start.ts';

/** As NOMAD names it. */
function process(real: RealNomad, name = 'process_upload'): string {
  return real.generation === 2 ? `_${name}` : name;
}

async function start(real: RealNomad, id: string): Promise<void> {
  await real.control(`uploads/${id}/schedule`, { process: process(real) });
  await real.control(`uploads/${id}`, { process_status: 'RUNNING', errors: [], warnings: [] }, 'PATCH');
}

async function seen(real: RealNomad, context: TestContext) {
  const listing = await wireTo(real, context).nomad.list(Date.now());
  assert.ok(listing.ok);
  const [upload] = listing.value.uploads;
  assert.ok(upload !== undefined);
  return upload;
}

export const runsCases: readonly Case[] = [
  {
    name: 'scheduling: PENDING; 1.x keeps the errors of the run before, 2.x empties them; message and warnings',
    async run(real, context) {
      await real.control('uploads', {
        upload_id: 'u',
        process_status: 'FAILURE',
        errors: ['E'],
        warnings: ['w'],
        last_status_message: 'before',
        complete_time: '2026-11-20T10:10:00',
      });
      await real.control('uploads/u/schedule', { process: process(real) });
      const { status, process: name, errors, warnings, message, completeTime } = await seen(real, context);
      assert.deepEqual([status, name, warnings], ['PENDING', 'process_upload', ['w']]);
      assert.deepEqual(errors, real.generation === 1 ? ['E'] : []);
      assert.equal(message, real.generation === 1 ? 'Pending: process_upload' : 'before');
      assert.equal(completeTime, Date.UTC(2026, 10, 20, 10, 10));
    },
  },
  {
    name: 'a failure: the last error in the message, the process with its underscore there',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'u' });
      const kinds = await watching(real, context);
      await kinds();
      await start(real, 'u');
      assert.deepEqual(await kinds(), ['upload.started']);
      await real.control('uploads/u/end', { errors: ['A: a', 'B: b'] });
      assert.deepEqual(await kinds(), ['upload.failed']);
      const { errors, message, status } = await seen(real, context);
      assert.deepEqual([status, errors], ['FAILURE', ['A: a', 'B: b']]);
      assert.equal(message, `Process ${process(real)} failed: B: b`);
    },
  },
  {
    name: 'a poll between the two steps in which NOMAD writes the end of a run: RUNNING with its end, and then told as what it is',
    async run(real, context) {
      for (const [upload_id, errors] of [
        ['bad', ['E']],
        ['good', []],
      ] as const) {
        await real.control('uploads', { upload_id });
        const kinds = await watching(real, context);
        await kinds();
        await start(real, upload_id);
        await kinds();
        await real.control(`uploads/${upload_id}/end`, { errors, halfway: true });
        const half = await seen(real, context);
        assert.deepEqual([half.status, half.completeTime === null, half.errors], ['RUNNING', false, errors]);
        // By now it could as well be the next run, after an end that nobody saw.
        assert.deepEqual(await kinds(), ['upload.started']);
        await real.control(`uploads/${upload_id}/finish`, {
          process_status: errors.length > 0 ? 'FAILURE' : 'SUCCESS',
        });
        assert.deepEqual(await kinds(), errors.length > 0 ? ['upload.failed'] : ['upload.succeeded', 'upload.empty']);
        assert.deepEqual(await kinds(), []);
        await real.control(`uploads/${upload_id}`, {}, 'DELETE');
      }
    },
  },
  {
    name: 'reset by an operator, to whichever status: the process is gone, and no run has ended',
    async run(real, context) {
      for (const process_status of ['READY', 'SUCCESS', 'FAILURE']) {
        await real.control('uploads', { upload_id: 'u', complete_time: '2026-11-20T10:10:00' });
        const kinds = await watching(real, context);
        await kinds();
        await start(real, 'u');
        await kinds();
        await real.control('uploads/u/reset', { process_status });
        const { status, process: name, completeTime } = await seen(real, context);
        assert.deepEqual([status, name, completeTime], [process_status, null, Date.UTC(2026, 10, 20, 10, 10)]);
        assert.deepEqual(await kinds(), ['upload.reset'], process_status);
        await real.control('uploads/u', {}, 'DELETE');
      }
    },
  },
  {
    name: 'a second process in the queue: straight on to PENDING with the end of the first',
    generation: 1,
    async run(real, context) {
      await real.control('uploads', { upload_id: 'u' });
      await real.control('uploads/u/schedule', { process: 'edit_upload_metadata' });
      await real.control('uploads/u/schedule', { process: 'edit_upload_metadata' });
      await real.control('uploads/u', { process_status: 'RUNNING' }, 'PATCH');
      await real.control('uploads/u/end', {});
      const { status, completeTime, message } = await seen(real, context);
      assert.deepEqual([status, completeTime === null, message], ['PENDING', false, 'Pending: edit_upload_metadata']);
    },
  },
  {
    name: 'making a folder is the end of a run to whoever looks: complete_time moves, and nothing else does',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'u', process_status: 'FAILURE', errors: ['E'] });
      await real.control('uploads/u/files');
      const before = await seen(real, context);
      const { tokens } = wireTo(real, context);
      const token = await tokens.token();
      assert.ok(token.ok);
      const headers = { authorization: `Bearer ${token.value.value}` };
      const made = await fetch(`${real.url}/uploads/u/raw-create-dir/new`, { method: 'POST', headers });
      assert.equal(made.status, 200, await made.text());
      const after = await seen(real, context);
      assert.notEqual(after.completeTime, before.completeTime);
      assert.deepEqual({ ...after, completeTime: before.completeTime }, before);
    },
  },
];
