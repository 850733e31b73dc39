// The whole program against the real NOMAD where not all is well: a token that may do little, a password that is refused, a secret that
// changes, an identity server that is down. What it says, and that it goes on or stops asking as it should.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { type Case, makePat } from './cases.ts';
import { handOf } from './hand.ts';
import type { RealNomad } from './start.ts';

async function begin(real: RealNomad, context: TestContext, more: Readonly<Record<string, string>> = {}) {
  const inbox = await startInbox();
  context.after(() => inbox.close());
  const env = { NOMAD_URL: real.url, STATE_DIR: tempDir(context), SMTP_URL: inbox.url, ...more };
  const program = startProgram(context, env);
  const end = async () => {
    program.child.kill('SIGTERM');
    assert.equal(await program.ended, 0);
  };
  return { inbox, program, end };
}

/** A run that fails, from the order to its end. */
async function fail(real: RealNomad, id: string): Promise<void> {
  const hand = await handOf(real);
  await hand.process(id);
  await hand.work(id, { wrong: 'Matching', error: 'KeyError: x' });
}

export const programCases: readonly Case[] = [
  {
    name: 'the whole program with a PAT of uploads:read alone: a failure goes to MAIL_TO, and no secret is said',
    when: ({ pats }) => pats,
    async run(real, context) {
      const id = await (await handOf(real)).create();
      const { token } = await makePat(real, ['uploads:read']);
      const more = { NOMAD_TOKEN: token, MAIL_TO: 'team@lab.example' };
      const { inbox, program, end } = await begin(real, context, more);
      await program.line(({ event }) => event === 'monitor.baseline');
      await fail(real, id);
      await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('failed'));
      assert.deepEqual(inbox.mails.at(-1)?.to, ['team@lab.example']);
      await end();
      assert.ok(!program.output().includes(token));
    },
  },
  {
    name: 'the whole program: the secret changes between two polls, and the failure after it is told all the same',
    async run(real, context) {
      const id = await (await handOf(real)).create();
      const { program, end } = await begin(real, context);
      await program.line(({ event }) => event === 'monitor.baseline');
      await real.control('secret');
      await fail(real, id);
      await program.line(({ event }) => event === 'upload.failed');
      await end();
    },
  },
  {
    name: 'the whole program with a wrong password: unauthorized, and the password is not said',
    async run(real, context) {
      const { program, end } = await begin(real, context, { NOMAD_PASSWORD: 'wrong-as-can-be' });
      await program.line(({ result }) => result === 'unauthorized');
      await end();
      assert.ok(!program.output().includes('wrong-as-can-be'));
    },
  },
  {
    name: 'the whole program: the identity server is down at its start, then not, and the baseline is made',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'u' });
      await real.control('faults', { login_down: true });
      const { program, end } = await begin(real, context);
      await program.line(({ result }) => result === 'unreachable');
      await real.control('faults');
      await program.line(({ event }) => event === 'monitor.baseline');
      await end();
      assert.ok(!program.output().includes('Traceback'));
    },
  },
];
