// A server that takes a request and is silent: nothing else waits for it, and it is not asked again meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, start } from '../../src/demo/nomad-state.ts';
import { startHook } from '../support/hook.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

test('a mail server that is silent holds up no webhook', { timeout: 300_000 }, async (context) => {
  const [nomad, inbox, hook] = await Promise.all([startSimulatedNomad(), startInbox(), startHook(context)]);
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const upload = addUpload(nomad.world, 'u1', Date.now(), { name: 'batch-42', process: 'process_upload' });
  const knocked = new Promise<void>((resolve) => {
    inbox.setHooks({
      onConnect: () => {
        resolve();
        return new Promise(() => undefined);
      },
    });
  });
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, WEBHOOK_URL: hook.url, STATE_DIR: tempDir(context) };
  const program = startProgram(context, env);
  await program.line(({ event }) => event === 'monitor.baseline');
  await knocked;
  start(upload);
  fail(upload, Date.now(), ['KeyError: x']);
  const settled = ({ msg, subject }: Readonly<Record<string, unknown>>) =>
    msg === 'not delivered yet' || (msg === 'delivered' && String(subject).includes('failed'));
  const { channel, msg } = await program.line(settled);
  assert.deepEqual({ channel, msg }, { channel: 'webhook', msg: 'delivered' }, 'before the mail is given up for now');
});

test('a heartbeat that is not answered is not sent again meanwhile', { timeout: 300_000 }, async (context) => {
  const [nomad, hook] = await Promise.all([startSimulatedNomad(), startHook(context)]);
  context.after(() => nomad.close());
  hook.answer = () => undefined;
  let listings = 0;
  const polled = new Promise<void>((resolve) => {
    nomad.setFault(({ path }) => {
      if (path === '/uploads' && (listings += 1) === 5) resolve();
      return undefined;
    });
  });
  startProgram(context, { NOMAD_URL: nomad.url, HEARTBEAT_URL: hook.url, STATE_DIR: tempDir(context) });
  await polled;
  assert.equal(hook.received.length, 1);
});
