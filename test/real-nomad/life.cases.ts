// Lives of uploads on the real NOMAD, seen by the monitor's poll and by the whole program.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { GRACE } from '../../src/demo/nomad-world.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startProgram } from '../support/program.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';
import { type Case, wireTo } from './cases.ts';
import type { RealNomad } from './start.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Polls, and says which kinds of events were found. */
export async function watching(real: RealNomad, context: TestContext, stuckAfter = 7_200_000) {
  const { nomad, clock } = wireTo(real, context);
  const store = openSqliteStore(tempDir(context));
  context.after(() => store.close());
  const poll = createPoll({
    nomad,
    store,
    log: silent,
    deployment: real.url,
    login: 'ada',
    routing: routing(),
    stuckAfter,
    unreachableAfter: 600_000,
    sweepAfter: (time) => time + 900_000,
    clock,
    elapsed: () => performance.now(),
    random: () => 0.5,
  });
  return async () => {
    const outcome = await poll.runOnce(clock());
    assert.equal(outcome.result, 'ok');
    return outcome.events.map(({ kind }) => kind);
  };
}

const at = (minute: number) => new Date(Date.now() + minute * 60_000).toISOString().replace('Z', '');

export const lifeCases: readonly Case[] = [
  {
    name: 'a life: queued, running, failed, again, recovered with failed entries, published, deleted',
    async run(real, context) {
      const process = real.generation === 2 ? '_process_upload' : 'process_upload';
      const change = (values: object) => real.control('uploads/u', values, 'PATCH');
      await real.control('uploads', { upload_id: 'u', upload_name: 'batch-42' });
      const kinds = await watching(real, context);
      assert.deepEqual(await kinds(), ['monitor.baseline']);
      await change({ process_status: 'PENDING', current_process: process });
      assert.deepEqual(await kinds(), []);
      await change({ process_status: 'RUNNING' });
      assert.deepEqual(await kinds(), ['upload.started']);
      await change({ process_status: 'WAITING_FOR_RESULT' });
      assert.deepEqual(await kinds(), []);
      await change({ process_status: 'FAILURE', errors: ['KeyError: x'], complete_time: at(0) });
      assert.deepEqual(await kinds(), ['upload.failed']);
      await change({ complete_time: at(1), errors: ['KeyError: y'] });
      assert.deepEqual(await kinds(), ['upload.failed'], 'a whole run between two polls');
      await change({ process_status: 'SUCCESS', errors: [], complete_time: at(2) });
      const entries = ['FAILURE', 'SUCCESS'].map((process_status) => ({
        mainfile: `${process_status}.xml`,
        process_status,
      }));
      await real.control('uploads/u/entries', entries);
      assert.deepEqual(await kinds(), ['upload.recovered', 'upload.entries_failed']);
      assert.deepEqual(await kinds(), []);
      await change({ publish_time: at(3) });
      assert.deepEqual(await kinds(), ['upload.published']);
      await real.control('uploads/u', {}, 'DELETE');
      assert.deepEqual(await kinds(), ['upload.deleted']);
      assert.deepEqual(await kinds(), []);
    },
  },
  {
    name: 'empty, stuck and reset by NOMAD’s own code, unshared',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'e', process_status: 'RUNNING', current_process: 'process_upload' });
      await real.control('uploads', {
        upload_id: 's',
        process_status: 'RUNNING',
        current_process: 'process_upload',
        complete_time: at(-60),
      });
      await real.control('uploads', {
        upload_id: 'a',
        main_author: GRACE.id,
        coauthors: ['68878af7-6845-46c0-b2c1-250d4d8eb470'],
      });
      // The server's clock has a second for its unit: no movement for as long as it takes to look again.
      const kinds = await watching(real, context, 0);
      await kinds();
      await real.control('uploads/e', { process_status: 'SUCCESS', complete_time: at(0) }, 'PATCH');
      assert.deepEqual((await kinds()).toSorted(), ['upload.empty', 'upload.stuck', 'upload.succeeded']);
      await real.control('uploads/s/reset');
      assert.deepEqual((await kinds()).toSorted(), ['upload.reset', 'upload.unstuck']);
      await real.control('uploads/a', { coauthors: [] }, 'PATCH');
      assert.deepEqual(await kinds(), ['upload.unshared']);
    },
  },
  {
    name: 'the whole program: a failure arrives as a mail at the account’s own address',
    async run(real, context) {
      const inbox = await startInbox();
      context.after(() => inbox.close());
      await real.control('uploads', { upload_id: 'u', upload_name: 'batch-42' });
      const program = startProgram(context, { NOMAD_URL: real.url, STATE_DIR: tempDir(context), SMTP_URL: inbox.url });
      await program.line(({ event }) => event === 'monitor.baseline');
      await real.control('uploads/u', { process_status: 'RUNNING', current_process: 'process_upload' }, 'PATCH');
      await program.line(({ event }) => event === 'upload.started');
      const failed = { process_status: 'FAILURE', errors: ['ValueError: <b>bad</b> lattice'], complete_time: at(0) };
      await real.control('uploads/u', failed, 'PATCH');
      await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('failed'));
      const mail = inbox.mails.at(-1);
      assert.deepEqual(mail?.to, ['ada@lab.example']);
      assert.equal(mail.subject, '[NOMAD] batch-42 failed: ValueError: <b>bad</b> lattice');
      program.child.kill('SIGTERM');
      assert.equal(await program.ended, 0);
      assert.ok(!program.output().includes('p&ss'));
    },
  },
  {
    name: 'check and doctor, as people call them',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'ok', process_status: 'SUCCESS', complete_time: at(-9) });
      await real.control('uploads', {
        upload_id: 'bad',
        process_status: 'FAILURE',
        errors: ['KeyError: x'],
        complete_time: at(-9),
      });
      const inbox = await startInbox();
      context.after(() => inbox.close());
      const env = { NOMAD_URL: real.url, STATE_DIR: tempDir(context), SMTP_URL: inbox.url };
      const call = async (...args: readonly string[]) => {
        const program = startProgram(context, env, ['--env-file', '/dev/null', ...args]);
        return { code: await program.ended, output: program.output() };
      };
      const checked = await call('check', '--nagios');
      assert.equal(checked.code, 2);
      assert.match(checked.output, /^NOMAD CRITICAL - 2 uploads: 1 failed, 1 empty \(bad\) \| uploads=2 /);
      const examined = await call('doctor');
      assert.equal(examined.code, 0, examined.output);
      assert.doesNotMatch(examined.output, /BAD/);
      assert.equal(inbox.mails.length, 0);
    },
  },
];
