// Lives of uploads on the real NOMAD, seen by the whole program.
import assert from 'node:assert/strict';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import type { Case } from './cases.ts';
import { GOOD, handOf } from './hand.ts';

const at = (minute: number) => new Date(Date.now() + minute * 60_000).toISOString().replace('Z', '');

export const lifeCases: readonly Case[] = [
  {
    name: 'the whole program: a failure arrives as a mail at the account’s own address',
    async run(real, context) {
      const inbox = await startInbox();
      context.after(() => inbox.close());
      const hand = await handOf(real);
      const id = await hand.create();
      await hand.put(id, 'a.archive.yaml', GOOD);
      const program = startProgram(context, { NOMAD_URL: real.url, STATE_DIR: tempDir(context), SMTP_URL: inbox.url });
      await program.line(({ event }) => event === 'monitor.baseline');
      await hand.work(id, { until: 'Matching' });
      await program.line(({ event }) => event === 'upload.started');
      await hand.work(id, { wrong: 'Parsing level', error: 'ValueError: <b>bad</b> lattice' });
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
