// What many uploads at once come to: few questions a poll, and one mail, or two.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMailChannel } from '../../src/channels/mail.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { addUpload, remove, succeed } from '../../src/demo/nomad-state.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { createRelay } from '../../src/jobs/relay.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, reader } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';
import { routing } from '../support/routing.ts';
import { tempDir } from '../support/temp.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function setUp(context: TestContext) {
  const wiring = await wire();
  const store = openSqliteStore(tempDir(context));
  const inbox = await startInbox();
  const mail = createMailChannel({
    smtpUrl: inbox.url,
    allowPlaintext: false,
    isLoopback: true,
    from: 'Monitor <m@lab.example>',
    scrub: (text) => text,
  });
  context.after(async () => {
    mail.close();
    await store.close();
    await inbox.close();
    await wiring.close();
  });
  const clock = () => wiring.time.now;
  const poll = createPoll({
    nomad: wiring.nomad,
    store,
    log: silent,
    deployment: wiring.server.url,
    login: 'ada',
    routing: routing({
      notifyOn: ['upload.deleted', 'upload.entries_failed', 'upload.failed'],
      mail: { to: ['ada@lab.example'] },
    }),
    stuckAfter: 120 * MINUTE,
    unreachableAfter: 10 * MINUTE,
    sweepAfter: (time) => time + 900_000,
    clock,
    monotonic: clock,
    random: () => 0.5,
  });
  let gatheringSince: number | null = null;
  const common = {
    readerOf: () => reader(),
    quietAt: () => () => null,
    mailMaxPerHour: 30,
    log: silent,
    clock,
    random: () => 0.5,
  };
  const relay = createRelay({ ...common, store, channels: { mail }, gatheringSince: () => gatheringSince });
  /** One poll, and what is sent after it: questions about single uploads, and the subjects of the mails. */
  const at = async (minute: number) => {
    wiring.time.now = T0 + minute * MINUTE;
    const [asked, arrived] = [wiring.lines().length, inbox.mails.length];
    const outcome = await poll.runOnce(wiring.time.now);
    gatheringSince = outcome.gatheringSince ?? null;
    await relay.runOnce(wiring.time.now);
    const questions = wiring
      .lines()
      .slice(asked)
      .filter((line) => line.startsWith('GET /uploads/'));
    return { questions: questions.length, mails: inbox.mails.slice(arrived).map(({ subject }) => subject) };
  };
  return { ...wiring, at };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `u${String(index).padStart(3, '0')}`);

test('120 uploads deleted at once are two mails, with 20 questions a poll', async (context) => {
  const { server, at } = await setUp(context);
  const uploads = names(121).map((id) => addUpload(server.world, id, T0 - MINUTE, { name: id }));
  await at(0);
  for (const upload of uploads.slice(1)) remove(server.world, upload);
  const polls = [];
  for (let minute = 1; minute <= 8; minute += 1) polls.push(await at(minute));
  assert.deepEqual(
    polls.map(({ questions }) => questions),
    [20, 20, 20, 20, 20, 20, 0, 0],
  );
  assert.deepEqual(
    polls.flatMap(({ mails }, index) => mails.map((subject) => `${index + 1}: ${subject}`)),
    ['1: [NOMAD] 20 uploads were deleted', '6: [NOMAD] 100 uploads were deleted'],
  );
});

test('110 uploads that end with failed entries in one poll are two mails', async (context) => {
  const { server, at } = await setUp(context);
  const uploads = names(110).map((id) => addUpload(server.world, id, T0 - MINUTE, { name: id }));
  await at(0);
  const failing = [{ id: 'e', mainfile: 'a.xml', parser: 'p', error: 'E' }];
  for (const upload of uploads) succeed(upload, T0 + MINUTE, 3, failing);
  const polls = [];
  for (let minute = 1; minute <= 8; minute += 1) polls.push(await at(minute));
  assert.ok(polls.every(({ questions }) => questions <= 20));
  assert.deepEqual(
    polls.flatMap(({ mails }, index) => mails.map((subject) => `${index + 1}: ${subject}`)),
    ['1: [NOMAD] 20 uploads have failed entries', '6: [NOMAD] 90 uploads have failed entries'],
  );
});

test('what NOMAD does not answer any more holds nothing back', async (context) => {
  const { server, at } = await setUp(context);
  const uploads = names(121).map((id) => addUpload(server.world, id, T0 - MINUTE, { name: id }));
  await at(0);
  for (const upload of uploads.slice(1)) remove(server.world, upload);
  assert.equal((await at(1)).mails.length, 1);
  assert.deepEqual((await at(2)).mails, []);
  server.setFault(() => ({ status: 502 }));
  assert.deepEqual((await at(3)).mails, ['[NOMAD] 20 uploads were deleted']);
});
