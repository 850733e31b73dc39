import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ADA, addUpload, fail, remove, start } from '../../src/demo/nomad-world.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Fields } from '../../src/log.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';
import { tempDir } from '../support/temp.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function setUp(context: TestContext, options: Parameters<typeof wire>[0] = {}) {
  const wiring = await wire(options);
  const store = openSqliteStore(tempDir(context));
  context.after(async () => {
    await store.close();
    await wiring.close();
  });
  const logged: string[] = [];
  const write = (fields: Fields, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const poll = createPoll({
    nomad: wiring.nomad,
    store,
    log,
    deployment: wiring.server.url,
    anonymousUser: 'token x',
    notifyOn: ['monitor.baseline', 'upload.failed', 'upload.deleted'],
    mail: { to: null },
    clock: () => wiring.time.now,
    random: () => 0.5,
  });
  const at = async (minutes: number) => {
    wiring.time.now = T0 + minutes * MINUTE;
    return poll.runOnce(wiring.time.now);
  };
  const claims = async () => store.claimDeliveries(wiring.time.now, wiring.time.now + MINUTE, 100);
  return { ...wiring, store, logged, at, claims };
}

test('the first poll is a baseline, the next finds what changed, one mail to the own address', async (context) => {
  const { server, at, claims } = await setUp(context);
  const upload = addUpload(server.world, 'u1', T0 - MINUTE, { process: 'process_upload' });
  assert.deepEqual(
    (await at(0)).events.map(({ kind }) => kind),
    ['monitor.baseline'],
  );
  start(upload);
  fail(upload, T0 + MINUTE, ['E']);
  addUpload(server.world, 'u2', T0 + MINUTE);
  const outcome = await at(2);
  assert.deepEqual(
    outcome.events.map(({ kind }) => kind),
    ['upload.failed', 'upload.created'],
  );
  assert.match(outcome.events[0]?.upload?.link ?? '', /\/prod\/v1\/gui\/user\/uploads\/upload\/id\/u1$/);
  const [claim] = await claims();
  assert.equal(claim?.recipient, 'ada@lab.example');
  assert.deepEqual((await at(3)).events, []);
});

test('a failing NOMAD is left alone for longer and longer; then all is as before', async (context) => {
  const { server, at } = await setUp(context);
  addUpload(server.world, 'u1', T0 - MINUTE);
  await at(0);
  server.setFault(() => ({ status: 502, body: '<html>' }));
  const results: string[] = [];
  for (let minute = 1; minute <= 12; minute += 1) results.push((await at(minute)).result);
  assert.deepEqual(results.map((result) => (result === 'skipped' ? '-' : 'x')).join(''), 'xxxx-x---x--');
  server.setFault(null);
  assert.deepEqual((await at(20)).events, []);
});

test('Retry-After is obeyed', async (context) => {
  const { server, at, lines } = await setUp(context);
  server.setFault(() => ({ status: 503, headers: { 'retry-after': '600' } }));
  assert.equal((await at(0)).result, 'unreachable');
  const asked = lines().length;
  assert.equal((await at(9)).result, 'skipped');
  assert.equal(lines().length, asked);
  assert.equal((await at(10)).result, 'unreachable');
});

test('a clock that is set back does not prolong the wait', async (context) => {
  const { server, at } = await setUp(context);
  server.setFault(() => ({ status: 503, headers: { 'retry-after': '600' } }));
  await at(0);
  server.setFault(null);
  assert.equal((await at(-300)).result, 'ok');
});

test('thirty uploads deleted at once are asked about over two polls, and each is told once', async (context) => {
  const { server, at, lines } = await setUp(context);
  for (let index = 0; index < 40; index += 1) addUpload(server.world, `u${index}`, T0 - MINUTE);
  await at(0);
  for (let index = 0; index < 30; index += 1) {
    const upload = server.world.uploads.get(`u${index}`);
    assert.ok(upload);
    remove(server.world, upload);
  }
  const asked = () => lines().filter((line) => line.startsWith('GET /uploads/')).length;
  const told = [
    (await at(1)).events.length,
    asked(),
    (await at(2)).events.length,
    asked(),
    (await at(3)).events.length,
    asked(),
  ];
  assert.deepEqual(told, [20, 20, 10, 30, 0, 30]);
});

test('an empty list where there were uploads deletes none of them', async (context) => {
  const { server, at, store } = await setUp(context);
  addUpload(server.world, 'u1', T0 - MINUTE);
  await at(0);
  server.setFault(({ path }) =>
    path === '/uploads' ? { status: 200, body: '{"pagination":{"total":0},"data":[]}' } : undefined,
  );
  for (const minute of [1, 2, 3]) assert.deepEqual((await at(minute)).events, []);
  const { id: account } = await store.openAccount(server.url, ADA.id, T0);
  assert.equal((await store.loadSnapshot(account))?.uploads.size, 1);
});

test('an upload that cannot be read is named in the log, once', async (context) => {
  const { server, at, logged } = await setUp(context);
  server.setFault(({ path }) =>
    path === '/uploads'
      ? { status: 200, body: '{"pagination":{"total":1},"data":[{"upload_id":"odd","process_status":7}]}' }
      : undefined,
  );
  await at(0);
  assert.equal((await at(1)).malformed.length, 1);
  assert.equal(logged.filter((line) => line.includes('odd: process_status')).length, 1);
});

test('an address that cannot be asked for now delays the poll: nothing is found without being told', async (context) => {
  const { server, at, claims } = await setUp(context);
  server.setFault(({ path }) => (path === '/users/me' ? { status: 500 } : undefined));
  assert.equal((await at(0)).result, 'unreachable');
  server.setFault(null);
  assert.equal((await at(1)).result, 'ok');
  assert.equal((await claims()).length, 1);
});

test('a token without users:read: it says so, polls, and has nobody to write to', async (context) => {
  const { at, logged, claims } = await setUp(context, {
    credentials: ({ tokens }) => ({ kind: 'token', token: tokens.mintPat(ADA, ['uploads:read']) }),
  });
  assert.equal((await at(0)).result, 'ok');
  assert.ok(logged.some((line) => line.includes('users:read')));
  assert.ok(logged.some((line) => line.includes('set MAIL_TO')));
  assert.deepEqual(await claims(), []);
});

test('ids are the same when the same change is found again, and others in a state begun anew', async (context) => {
  const { server, nomad, time, store, at } = await setUp(context);
  const upload = addUpload(server.world, 'u1', T0 - MINUTE);
  const baseline = (await at(0)).events[0]?.id;
  upload.warnings = ['W'];
  const failing = { ...store, commitPoll: async () => Promise.reject(new Error('the disk is full')) };
  const make = (port: typeof store) =>
    createPoll({
      nomad,
      store: port,
      log: silent,
      deployment: server.url,
      anonymousUser: '',
      notifyOn: [],
      mail: null,
      clock: () => time.now,
      random: () => 0,
    });
  const tried: string[] = [];
  const spy = {
    ...failing,
    commitPoll: async (commit: Parameters<typeof store.commitPoll>[0]) => {
      tried.push(...commit.events.map(({ id }) => id));
      return failing.commitPoll();
    },
  };
  await assert.rejects(make(spy).runOnce(T0 + MINUTE), /disk is full/);
  const found = await make(store).runOnce(T0 + 2 * MINUTE);
  assert.deepEqual(
    found.events.map(({ id }) => id),
    tried,
  );

  const anew = openSqliteStore(tempDir(context));
  context.after(() => anew.close());
  const again = await make(anew).runOnce(T0 + 3 * MINUTE);
  assert.equal(again.events[0]?.kind, 'monitor.baseline');
  assert.notEqual(again.events[0].id, baseline);
});
