// Signals that change how the running program behaves, and those that must not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload, fail, succeed } from '../../src/demo/nomad-state.ts';
import { COMPILED, builtProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const TIMEOUT = { timeout: 300_000 };

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const upload = addUpload(nomad.world, 'u1', Date.now() - 86_400_000, { name: 'batch-42', process: 'process_upload' });
  succeed(upload, Date.now() - 86_400_000, 3);
  return { nomad, inbox, upload, env: { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: tempDir(context) } };
}
const says = (text: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === text;

test(
  'SIGUSR1 opens no debugger; SIGUSR2: debug lines, each with what was done and without secrets, and back',
  TIMEOUT,
  async (context) => {
    const { env, upload } = await setUp(context);
    const program = startProgram(context, env);
    await program.line(says('delivered'));
    program.child.kill('SIGUSR1');
    fail(upload, Date.now(), ['KeyError: w']);
    await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('KeyError: w'));
    assert.ok(!program.output().includes('Debugger'), program.output());
    assert.ok(!program.output().includes('"level":"debug"'));
    program.child.kill('SIGUSR2');
    await program.line(says('the log level is now debug'));
    const asked = await program.line(
      ({ msg, endpoint }) => msg === 'sent a request to NOMAD' && endpoint === 'uploads',
    );
    assert.deepEqual([asked['level'], asked['code']], ['debug', '200']);
    assert.ok(Number(asked['bytes']) > 0 && Number(asked['milliseconds']) >= 0);
    const polled = await program.line(says('polled'));
    assert.deepEqual([polled['result'], polled['uploads'], polled['events']], ['ok', 1, 0]);
    fail(upload, Date.now(), ['KeyError: x']);
    await program.line(says('checked the queue'));
    await program.line(says('claimed'));
    assert.ok(!program.output().includes(ADA.password));
    program.child.kill('SIGUSR2');
    await program.line(says('the log level is now info'));
    const length = program.output().length;
    fail(upload, Date.now(), ['KeyError: y']);
    await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('KeyError: y'));
    assert.ok(!program.output().slice(length).includes('"level":"debug"'));
    program.child.kill('SIGTERM');
    assert.equal(await program.ended, 0);
  },
);

test('a log whose reader has gone does not end it', TIMEOUT, async (context) => {
  const { env, inbox, upload } = await setUp(context);
  let onMail: () => void = () => undefined;
  inbox.setHooks({
    afterKeeping: () => {
      onMail();
      return Promise.resolve();
    },
  });
  const mail = () => new Promise<void>((resolve) => (onMail = resolve));
  const first = mail();
  const program = startProgram(context, env);
  await first;
  program.child.stderr?.destroy();
  for (const error of ['KeyError: x', 'KeyError: y']) {
    const next = mail();
    fail(upload, Date.now(), [error]);
    await next;
  }
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
});

test('usage errors are told by the code also where stderr takes nothing', TIMEOUT, async () => {
  const full = openSync('/dev/null', 'r');
  const child = spawn(process.execPath, ['--', builtProgram(), 'no-such-verb'], {
    env: { ...process.env, ...COMPILED },
    stdio: ['ignore', 'ignore', full],
  });
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 2);
});
