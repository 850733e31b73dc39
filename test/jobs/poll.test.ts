import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  type SimulatedUpload,
  ADA,
  GRACE,
  addUpload,
  fail,
  remove,
  start,
  succeed,
} from '../../src/demo/nomad-state.ts';
import { GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Fields } from '../../src/log.ts';
import type { Nomad } from '../../src/nomad/nomad.ts';
import { MINUTE, T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';
import { routing } from '../support/routing.ts';
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
  const clock = { set: 0 };
  const make = (instead: Partial<Nomad> = {}) =>
    createPoll({
      nomad: { ...wiring.nomad, ...instead },
      store,
      log,
      deployment: wiring.server.url,
      login: 'token x',
      stuckAfter: 120 * MINUTE,
      unreachableAfter: 10 * MINUTE,
      sweepAfter: (time) => time + 900_000,
      monotonic: () => wiring.time.now - clock.set,
      routing: routing({
        notifyOn: ['nomad.unreachable', 'nomad.login_refused', 'monitor.baseline', 'upload.failed', 'upload.deleted'],
        mail: { to: null },
      }),
      clock: () => wiring.time.now,
      random: () => 0.5,
    });
  const poll = make();
  const at = async (minutes: number) => {
    wiring.time.now = T0 + minutes * MINUTE;
    return poll.runOnce(wiring.time.now);
  };
  const waiting = async () => (await store.loadQueue(wiring.time.now)).waiting;
  /** Sets the clock forward. */
  const jump = (milliseconds: number) => {
    clock.set += milliseconds;
    poll.clockSet(milliseconds);
  };
  return { ...wiring, store, logged, poll, at, waiting, jump, restart: make };
}

const kindsOf = ({ events }: { readonly events: readonly { readonly kind: string }[] }) =>
  events.map(({ kind }) => kind);

test('the first poll is a baseline, the next finds what changed, one mail to the own address', async (context) => {
  const { server, at, waiting } = await setUp(context);
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
  const [claim] = await waiting();
  assert.equal(claim?.recipient, 'ada@lab.example');
  assert.deepEqual((await at(3)).events, []);
});

test('the account is opened once; when the state refused it, by the next poll', async (context) => {
  const { server, store, at } = await setUp(context);
  addUpload(server.world, 'u1', T0 - MINUTE);
  const opened = context.mock.method(store, 'openAccount');
  opened.mock.mockImplementationOnce(() => Promise.reject(new Error('refused')));
  await assert.rejects(at(0), /refused/);
  assert.deepEqual(kindsOf(await at(1)), ['monitor.baseline']);
  for (const minute of [2, 3]) assert.equal((await at(minute)).result, 'ok');
  assert.equal(opened.mock.callCount(), 2);
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
  assert.deepEqual(kindsOf(await at(20)), ['nomad.reachable']);
});

test('Retry-After is obeyed', async (context) => {
  const { server, at, lines, poll } = await setUp(context);
  server.setFault(() => ({ status: 503, headers: { 'retry-after': '600' } }));
  assert.equal((await at(0)).result, 'unreachable');
  const asked = lines().length;
  assert.equal((await at(9)).result, 'skipped');
  assert.deepEqual(
    [9, 10].map((minute) => poll.isWaiting(T0 + minute * MINUTE)),
    [true, false],
  );
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
  const { server, at, waiting } = await setUp(context);
  server.setFault(({ path }) => (path === '/users/me' ? { status: 500 } : undefined));
  assert.equal((await at(0)).result, 'unreachable');
  server.setFault(null);
  assert.equal((await at(1)).result, 'ok');
  assert.equal((await waiting()).length, 1);
});

test('a token without users:read: it says so, polls, and has nobody to write to', async (context) => {
  const { at, logged, waiting } = await setUp(context, {
    credentials: ({ tokens }) => ({ kind: 'token', token: tokens.mintPat(ADA, ['uploads:read']) }),
  });
  assert.equal((await at(0)).result, 'ok');
  assert.ok(logged.some((line) => line.includes('users:read')));
  assert.ok(logged.some((line) => line.includes('set MAIL_TO')));
  assert.deepEqual(await waiting(), []);
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
      login: '',
      stuckAfter: 120 * MINUTE,
      unreachableAfter: 10 * MINUTE,
      sweepAfter: (time) => time + 900_000,
      monotonic: () => time.now,
      routing: routing({ notifyOn: [] }),
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

test('failed entries are told with the run that left them; a search that is down delays nothing but them', async (context) => {
  const { server, at } = await setUp(context);
  const upload = addUpload(server.world, 'u1', T0 - MINUTE, { process: 'process_upload' });
  await at(0);
  succeed(upload, T0 + MINUTE, 7);
  server.setFault(({ path }) =>
    path.endsWith('/entries') ? { status: 500, body: '{"detail":{"exception":"x"}}' } : undefined,
  );
  assert.deepEqual(kindsOf(await at(2)), ['upload.succeeded']);
  assert.deepEqual(kindsOf(await at(2.5)), []);
  server.setFault(({ path }) =>
    path === '/uploads/u1/entries' ? { status: 200, body: entriesBody(upload) } : undefined,
  );
  const outcome = await at(4);
  assert.deepEqual(kindsOf(outcome), ['upload.entries_failed']);
  assert.match(JSON.stringify(outcome.events[0]?.details), /"mainfile":"a\/vasprun.xml"/);
  assert.deepEqual(kindsOf(await at(60)), []);
});

const SCAN = {
  mainfile: 'a.xrdml',
  parser: 'parsers/xrd',
  log: { before: 'The scan is cut.', exception: "KeyError: 'wavelength'" },
};
for (const generation of GENERATIONS) {
  test(`why entries failed is read from their logs, once (NOMAD ${generation})`, async (context) => {
    const { server, at, lines } = await setUp(context, { generation });
    const upload = addUpload(server.world, 'u1', T0 - MINUTE, { process: 'process_upload' });
    await at(0);
    const error =
      generation === '1.3' ? 'parser failed with exception' : 'ProcessFailure: parser failed with exception';
    const failing = Array.from({ length: 7 }, (_, index) => ({ ...SCAN, id: `e${index}`, error }));
    succeed(upload, T0 + MINUTE, 9, failing);
    const outcome = await at(2);
    const details = outcome.events.find(({ kind }) => kind === 'upload.entries_failed')?.details;
    assert.deepEqual(details?.['reasons'], [
      {
        parser: 'parsers/xrd',
        error,
        reason: "KeyError: 'wavelength'",
        before: 'The scan is cut.',
        entries: 7,
        checked: 5,
      },
    ]);
    const asked = () => lines().filter((line) => line.includes('archive/query'));
    assert.deepEqual(
      asked(),
      [0, 1, 2, 3, 4].map((index) => `POST /entries/e${index}/archive/query`),
    );
    for (let minute = 3; minute < 40; minute += 1) await at(minute);
    assert.equal(asked().length, 5);
  });
}

const refusals = [
  ['a missing scope', { status: 403, body: `{"detail":"Missing scopes: [<Scope.ENTRIES_READ: 'entries:read'>]"}` }, 1],
  ['no archive', { status: 404, body: '{"detail":"The entry does exist, but it has no archive."}' }, 2],
  ['a broken search', { status: 500, body: '{"detail":{"exception":"x"}}' }, 2],
  ['a cut connection', { reset: true as const }, 2],
] as const;
for (const [what, fault, requests] of refusals) {
  test(`asked why entries failed, NOMAD answers with ${what}: they are told in the same poll, as the list has them`, async (context) => {
    const { server, at, lines } = await setUp(context);
    const upload = addUpload(server.world, 'u1', T0 - MINUTE, { process: 'process_upload' });
    await at(0);
    succeed(
      upload,
      T0 + MINUTE,
      3,
      ['e1', 'e2'].map((id) => ({ ...SCAN, id, error: 'E' })),
    );
    server.setFault(({ path }) => (path.endsWith('/archive/query') ? fault : undefined));
    const outcome = await at(2);
    const told = outcome.events.find(({ kind }) => kind === 'upload.entries_failed');
    assert.deepEqual([told?.details['failed'], told?.details['reasons']], [2, undefined]);
    const asked = new Set(lines().filter((line) => line.includes('archive/query')));
    assert.equal(asked.size, requests);
  });
}

test('entries that hang are cut, and the other events of that poll are told', async (context) => {
  const { server, at, lines } = await setUp(context);
  const uploads = Array.from({ length: 6 }, (_, index) =>
    addUpload(server.world, `u${index}`, T0 - MINUTE, { process: 'process_upload' }),
  );
  await at(0);
  for (const upload of uploads) succeed(upload, T0 + MINUTE, 7);
  server.setFault(({ path }) => (path.endsWith('/entries') ? { reset: true } : undefined));
  assert.deepEqual(new Set(kindsOf(await at(2))), new Set(['upload.succeeded']));
  const asked = new Set(lines().filter((line) => line.includes('/entries')));
  assert.equal(asked.size, 3, 'it is left alone after three');
});

test('authors have names; an unknown one costs only its own', async (context) => {
  const { server, at } = await setUp(context);
  addUpload(server.world, 'u1', T0 - MINUTE, { mainAuthor: 'nobody', coauthors: [ADA.id] });
  const upload = addUpload(server.world, 'u2', T0 - MINUTE);
  server.setFault(({ path, query }) => {
    if (path !== '/users') return undefined;
    const ids = query.getAll('user_id');
    return ids.includes('nobody')
      ? { status: 500, body: '{}' }
      : { status: 200, body: JSON.stringify({ data: ids.map((user_id) => ({ user_id, name: 'Ada Lovelace' })) }) };
  });
  await at(0);
  start(upload);
  const outcome = await at(1);
  assert.equal(outcome.events[0]?.upload?.author, 'Ada Lovelace');
  assert.deepEqual([...outcome.names], [[ADA.id, 'Ada Lovelace']]);
});

test('a small poll of a large account knows the names of all authors, not only of those whom it saw', async (context) => {
  const { server, at } = await setUp(context);
  for (let index = 0; index < 1200; index += 1) {
    addUpload(server.world, `u${index}`, T0 - (1200 - index) * MINUTE, { coauthors: [ADA.id], mainAuthor: GRACE.id });
  }
  await at(0);
  const outcome = await at(1);
  assert.equal(outcome.kind, 'poll');
  assert.deepEqual([...outcome.names], [[GRACE.id, 'Grace Hopper']]);
});

test('names are known beyond a restart, also while NOMAD tells none; those of nobody here any more are forgotten', async (context) => {
  const { server, store, at, restart } = await setUp(context);
  const hers = addUpload(server.world, 'u1', T0 - MINUTE, { coauthors: [ADA.id], mainAuthor: GRACE.id });
  addUpload(server.world, 'u2', T0 - MINUTE);
  await at(0);
  const stored = async () => Object.values((await store.loadHealth(`${server.url} token x`))?.names ?? {}).toSorted();
  assert.deepEqual(await stored(), ['Ada Lovelace', 'Grace Hopper']);
  const nobody = new Map<string, string>();
  const poll = restart({ names: () => Promise.resolve(nobody) });
  const outcome = await poll.runOnce(T0 + MINUTE);
  assert.equal(outcome.names.get(GRACE.id), 'Grace Hopper');
  server.setFault(() => ({ status: 502, body: '' }));
  await poll.runOnce(T0 + 2 * MINUTE);
  assert.deepEqual(await stored(), ['Ada Lovelace', 'Grace Hopper']);
  server.setFault(null);
  remove(server.world, hers);
  await poll.runOnce(T0 + 4 * MINUTE);
  await poll.runOnce(T0 + 5 * MINUTE);
  assert.deepEqual(await stored(), ['Ada Lovelace']);
});

test('NOMAD down for UNREACHABLE_AFTER is told to the address of the last login, once, beyond a restart; then its return', async (context) => {
  const { server, at, waiting, restart } = await setUp(context);
  await at(0);
  server.setFault(() => ({ status: 502, body: '<html>' }));
  const told: string[] = [];
  for (let minute = 1; minute < 15; minute += 1)
    told.push(...kindsOf(await at(minute)).map((kind) => `${minute} ${kind}`));
  assert.deepEqual(told, ['11 nomad.unreachable']);
  assert.equal((await waiting()).at(-1)?.recipient, 'ada@lab.example');
  const poll = restart();
  assert.deepEqual(kindsOf(await poll.runOnce(T0 + 15 * MINUTE)), []);
  server.setFault(null);
  assert.deepEqual(kindsOf(await poll.runOnce(T0 + 16 * MINUTE)), ['nomad.reachable']);
});

test('a refused password is told before there is any account', async (context) => {
  const { store, at } = await setUp(context, { credentials: { kind: 'password', username: 'ada', password: 'no' } });
  assert.deepEqual(kindsOf(await at(0)), ['nomad.login_refused']);
  assert.deepEqual(kindsOf(await at(5)), []);
  assert.deepEqual(await store.claimDeliveries('mail', T0, T0 + MINUTE, 10), [], 'there is no address yet');
});

test('a clock that jumps while NOMAD is down makes no outage', async (context) => {
  const { server, time, jump, at } = await setUp(context);
  await at(0);
  server.setFault(() => ({ status: 502, body: '' }));
  assert.deepEqual(kindsOf(await at(1)), []);
  jump(2 * 1440 * MINUTE);
  assert.deepEqual(kindsOf(await at(2 * 1440 + 2)), []);
  server.setFault(null);
  assert.deepEqual(kindsOf(await at(2 * 1440 + 3)), []);
  assert.ok(time.now > T0);
});

test('stuck is found by the clock of the server, whatever ours says', async (context) => {
  const { server, at } = await setUp(context, { skew: 2 * 1440 * MINUTE });
  const upload = addUpload(server.world, 'u1', T0 - MINUTE, { process: 'process_upload' });
  start(upload);
  await at(0);
  assert.deepEqual(kindsOf(await at(119)), []);
  const outcome = await at(120);
  assert.deepEqual(kindsOf(outcome), ['upload.stuck']);
  assert.equal(outcome.events[0]?.details['still_ms'], 120 * MINUTE);
});

function entriesBody(upload: SimulatedUpload): string {
  return JSON.stringify({
    pagination: { total: 7 },
    processing_successful: 6,
    processing_failed: 1,
    upload: { process_status: upload.status, complete_time: new Date(upload.completeTime ?? 0).toISOString() },
    data: [
      {
        entry_id: 'e1',
        mainfile: 'a/vasprun.xml',
        parser_name: 'parsers/vasp',
        process_status: 'FAILURE',
        errors: ['E'],
      },
      { entry_id: 'e2', mainfile: 'b/vasprun.xml', parser_name: 'parsers/vasp', process_status: 'SUCCESS', errors: [] },
    ],
  });
}

test('an app token that NOMAD does not renew is told of a week and a day before its end', async (context) => {
  const DAYS = 1440;
  const { at } = await setUp(context, {
    generation: '2.0',
    credentials: (server) => ({ kind: 'token', token: server.tokens.mint('app', ADA, 30 * 86_400) }),
  });
  const told: string[] = [];
  for (let day = 0; day < 30; day += 1) {
    for (const kind of kindsOf(await at(day * DAYS))) told.push(`${day} ${kind}`);
  }
  assert.deepEqual(told, ['0 monitor.baseline', '23 nomad.token_expiring', '29 nomad.token_expiring']);
});
