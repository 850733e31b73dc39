// Runs as NOMAD's own code carries them out: what its list shows of an upload at each moment. What is told of it is in lives.cases.ts.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Case, wireTo } from './cases.ts';
import { BAD, GOOD, handOf } from './hand.ts';
import type { RealNomad } from './start.ts';

export async function seen(real: RealNomad, context: TestContext) {
  const listing = await wireTo(real, context).nomad.list(Date.now());
  assert.ok(listing.ok, listing.ok ? '' : listing.problem);
  const [upload] = listing.value.uploads;
  assert.ok(upload !== undefined);
  return upload;
}

/** Status, process, message. */
export async function looks(real: RealNomad, context: TestContext) {
  const { status, process, message } = await seen(real, context);
  return [status, process, message];
}

async function entriesOf(real: RealNomad, id: string) {
  const hand = await handOf(real);
  const { body } = await hand.ask('GET', `uploads/${id}/entries?page_size=10&order_by=mainfile`);
  const { data } = body as {
    readonly data: readonly {
      readonly process_status: string;
      readonly last_status_message?: string;
      readonly complete_time?: string;
      readonly errors: readonly string[];
    }[];
  };
  return data;
}

/** What a good end says. */
export function goodEnd({ facts }: RealNomad, process: string): string {
  return facts.worker === 'celery' ? `Process _${process} completed successfully` : 'Process completed successfully';
}

export const runsCases: readonly Case[] = [
  {
    name: 'a good run, step by step: with Celery RUNNING and WAITING_FOR_RESULT, with Temporal PENDING until its end',
    async run(real, context) {
      const { worker, processComes, goodEndHasTime } = real.facts;
      const hand = await handOf(real);
      const id = await hand.create();
      assert.deepEqual(await looks(real, context), ['READY', null, null]);
      await hand.put(id, 'a.archive.yaml', GOOD);
      const process = processComes === 'ordered' ? 'process_upload' : null;
      const queued = worker === 'celery' ? 'Pending: _process_upload' : null;
      assert.deepEqual(await looks(real, context), ['PENDING', process, queued]);
      const steps = ['Adding files', 'Matching', 'Parsing level -1', 'Cleanup'];
      for (const until of steps) {
        await hand.work(id, { until });
        const status = worker === 'celery' ? 'RUNNING' : 'PENDING';
        assert.deepEqual(await looks(real, context), [status, 'process_upload', until]);
        if (until !== 'Parsing level -1') continue;
        await hand.work(id, { until: 'Archiving', of: 'a.archive.yaml' });
        const waiting = ['WAITING_FOR_RESULT', 'process_upload', 'Waiting for results (level -1)'];
        assert.deepEqual(
          await looks(real, context),
          worker === 'celery' ? waiting : ['PENDING', 'process_upload', until],
        );
      }
      await hand.work(id);
      assert.deepEqual(await looks(real, context), ['SUCCESS', 'process_upload', goodEnd(real, 'process_upload')]);
      const { completeTime, entries } = await seen(real, context);
      assert.deepEqual([completeTime !== null, entries], [goodEndHasTime, 1]);
    },
  },
  {
    name: 'good and good again: nothing differs where a good end has no time, but for the time of its entries',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id);
      const [before, [entryBefore]] = [await seen(real, context), await entriesOf(real, id)];
      await hand.process(id);
      await hand.work(id);
      const [after, [entryAfter]] = [await seen(real, context), await entriesOf(real, id)];
      assert.equal(after.completeTime !== before.completeTime, real.facts.goodEndHasTime);
      assert.deepEqual({ ...after, completeTime: null }, { ...before, completeTime: null });
      assert.ok(entryBefore?.complete_time !== undefined);
      assert.notEqual(entryAfter?.complete_time, entryBefore.complete_time);
    },
  },
  {
    name: 'an entry that fails does not fail its upload; each entry has a time of its own',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id);
      await hand.put(id, 'b.archive.yaml', BAD);
      await hand.work(id);
      const { status, errors, warnings } = await seen(real, context);
      assert.deepEqual([status, errors, warnings], ['SUCCESS', [], []]);
      const [good, bad] = await entriesOf(real, id);
      assert.ok(good?.complete_time !== undefined && bad?.complete_time !== undefined);
      const reason = `${real.facts.worker === 'celery' ? '' : 'ProcessFailure: '}parser failed with exception`;
      assert.deepEqual([bad.process_status, bad.errors], ['FAILURE', [reason]]);
      const counts = await wireTo(real, context).nomad.entries(id, 'few');
      assert.ok(typeof counts === 'object');
      // 1.4.0 puts the entries that it does not process again to READY.
      assert.deepEqual([counts.total, counts.failed, counts.successful], [2, 1, real.version === '1.4.0' ? 0 : 1]);
    },
  },
  {
    name: 'a failure: the process with its underscore in the message; from 1.4.2 on a traceback of another process around the reason',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { wrong: 'Matching', error: 'OSError: No space left on device' });
      const { status, process, errors, message, completeTime } = await seen(real, context);
      assert.deepEqual(
        [status, process, completeTime === null, errors.length],
        ['FAILURE', 'process_upload', false, 1],
      );
      const reason = 'OSError: No space left on device';
      assert.deepEqual([errors, message], [[reason], `Process _process_upload failed: ${reason}`]);
      const { body } = await hand.ask('GET', `uploads/${id}`);
      const { data } = body as { readonly data: { readonly errors: readonly string[] } };
      if (!real.facts.tracebacks) {
        assert.deepEqual(data.errors, [reason]);
        return;
      }
      assert.match(
        data.errors[0] ?? '',
        /^_RemoteTraceback: \n"""\nTraceback [^]*\nOSError: No space left on device\n"""$/,
      );
    },
  },
  {
    name: 'ordering the next run: what is left of the one before',
    async run(real, context) {
      const { worker, errorsGo, processComes } = real.facts;
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { wrong: 'Matching', error: 'OSError: full' });
      const before = await seen(real, context);
      await hand.process(id);
      const ordered = await seen(real, context);
      assert.deepEqual([ordered.status, ordered.completeTime], ['PENDING', before.completeTime]);
      assert.deepEqual(ordered.errors, errorsGo === 'ordered' ? [] : before.errors);
      assert.equal(ordered.message, worker === 'celery' ? 'Pending: _process_upload' : before.message);
      await hand.work(id);
      await hand.edit(id, { upload_name: 'renamed' });
      await hand.process(id);
      const { process } = await seen(real, context);
      assert.equal(process, processComes === 'ordered' ? 'process_upload' : real.facts.edit);
    },
  },
  {
    name: 'a second order while the first is queued: with Celery it waits, and the end of the first is never seen; else it is refused',
    when: ({ second }) => second !== 'taken',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      if (real.facts.second === 'refused') {
        assert.equal((await hand.ask('PUT', `uploads/${id}/raw/?file_name=b`, 'b')).status, 400);
        return;
      }
      await hand.put(id, 'b.archive.yaml', GOOD);
      await hand.work(id, { until: 'Cleanup' });
      await hand.work(id, { until: 'Adding files' });
      const { status, message, completeTime, entries } = await seen(real, context);
      assert.deepEqual([status, message, completeTime === null, entries], ['RUNNING', 'Adding files', false, 1]);
      await hand.work(id);
      const after = await seen(real, context);
      assert.deepEqual([after.status, after.entries], ['SUCCESS', 2]);
    },
  },
  {
    name: 'the end of a failure is written in two steps: RUNNING with its time and its errors, and then FAILURE',
    async run(real, context) {
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      await hand.work(id, { until: 'half', wrong: 'Matching', error: 'OSError: full' });
      const half = await seen(real, context);
      assert.deepEqual([half.status, half.completeTime === null, half.errors.length], ['RUNNING', false, 1]);
      await hand.work(id);
      assert.equal((await seen(real, context)).status, 'FAILURE');
    },
  },
];
