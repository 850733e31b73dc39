// The promise: kill -9 at the worst moments, start again, and every event arrives; the only repetition carries the same Message-ID.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type Inbox, startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, start } from '../../src/demo/nomad-state.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const DAY = 86_400_000;

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  for (let index = 0; index < 237; index += 1)
    addUpload(nomad.world, `u${index}`, Date.now() - DAY + index, {
      name: `upload ${index}`,
      process: 'process_upload',
      status: 'SUCCESS',
      completeTime: Date.now() - DAY,
      entries: 1,
    });
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: tempDir(context) };
  const upload = (index: number) => {
    const found = nomad.world.uploads.get(`u${index}`);
    assert.ok(found);
    return found;
  };
  const failRun = (index: number) => {
    start(upload(index));
    fail(upload(index), Date.now(), [`error ${index}`]);
  };
  return { nomad, inbox, run: () => startProgram(context, env), failRun };
}

const delivered = ({ msg }: Readonly<Record<string, unknown>>) => msg === 'delivered';
const subjects = ({ mails }: Inbox) => mails.map(({ subject }) => subject);

test('killed after the commit, before the mail is sent', { timeout: 300_000 }, async (context) => {
  const { inbox, run, failRun } = await setUp(context);
  const first = run();
  await first.line(delivered);
  const connected = new Promise<void>((resolve) => {
    inbox.setHooks({
      onRecipient: () => {
        resolve();
        first.child.kill('SIGKILL');
        return { code: 421, message: 'never mind' };
      },
    });
  });
  failRun(3);
  await connected;
  assert.equal(await first.ended, 'SIGKILL');
  inbox.setHooks({});
  const second = run();
  await second.line(delivered);
  second.child.kill('SIGTERM');
  assert.equal(await second.ended, 0);
  assert.deepEqual(subjects(inbox), ['[NOMAD] Now watching 237 uploads', '[NOMAD] upload 3 failed: error 3']);
});

test(
  'killed after the server took the mail, before that was noted: told again under the same Message-ID',
  { timeout: 300_000 },
  async (context) => {
    const { inbox, run, failRun } = await setUp(context);
    const first = run();
    await first.line(delivered);
    inbox.setHooks({
      afterKeeping: async () => {
        first.child.kill('SIGKILL');
        await first.ended;
      },
    });
    failRun(3);
    assert.equal(await first.ended, 'SIGKILL');
    inbox.setHooks({});
    const second = run();
    await second.line(delivered);
    second.child.kill('SIGTERM');
    assert.equal(await second.ended, 0);
    assert.deepEqual(subjects(inbox), [
      '[NOMAD] Now watching 237 uploads',
      '[NOMAD] upload 3 failed: error 3',
      '[NOMAD] upload 3 failed: error 3',
    ]);
    assert.equal(inbox.mails[1]?.messageId, inbox.mails[2]?.messageId);
  },
);

test('killed in the middle of a poll, between two pages', { timeout: 300_000 }, async (context) => {
  const { nomad, inbox, run, failRun } = await setUp(context);
  const first = run();
  await first.line(delivered);
  failRun(3);
  nomad.setFault(({ path, query }) => {
    if (path !== '/uploads' || query.get('page_offset') === null) return undefined;
    first.child.kill('SIGKILL');
    return { hold: first.ended };
  });
  assert.equal(await first.ended, 'SIGKILL');
  nomad.setFault(null);
  failRun(4);
  const second = run();
  await second.line(delivered);
  second.child.kill('SIGTERM');
  assert.equal(await second.ended, 0);
  const told = inbox.mails
    .slice(1)
    .map(({ text }) => text)
    .join();
  for (const index of [3, 4]) assert.equal(told.split(`upload ${index}: failed`).length, 2, told);
});

test(
  'what happened while it was away is told, once; a NOMAD that is down changes nothing',
  { timeout: 300_000 },
  async (context) => {
    const { nomad, inbox, run, failRun } = await setUp(context);
    const first = run();
    await first.line(delivered);
    nomad.setFault(() => ({ status: 200, body: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } }));
    await first.line(({ result }) => result === 'invalid');
    nomad.setFault(({ path }) =>
      path === '/uploads' ? { status: 200, body: '{"pagination":{"total":0},"data":[]}' } : { status: 502 },
    );
    await first.line(({ msg }) => msg === 'NOMAD answers again');
    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    nomad.setFault(null);
    failRun(5);
    const second = run();
    await second.line(delivered);
    second.child.kill('SIGTERM');
    await second.ended;
    assert.deepEqual(subjects(inbox), ['[NOMAD] Now watching 237 uploads', '[NOMAD] upload 5 failed: error 5']);
  },
);
