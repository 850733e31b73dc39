// Who leads, on a real PostgreSQL: one at a time, never one whose epoch is over, never one whose clock is wrong; and what belongs to another
// login is left alone.
import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { HEALTHY } from '../../../src/domain/nomad/health.ts';
import { NotLeading } from '../../../src/store/leadership.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openPostgres } from '../../../src/store/postgres/state.ts';
import { StateNotWrittenError, StateError } from '../../../src/store/store.ts';
import { T0, delivery, event } from '../../support/builders.ts';
import { startServer } from '../../support/postgres.ts';

const server = await startServer();
after(() => server.remove());

const MINUTE = 60_000;

interface Wanted {
  readonly login?: string;
  /** How far its clock is ahead, ms. */
  readonly ahead?: number;
}

function instance(
  context: TestContext,
  target: DatabaseTarget,
  name: string,
  { login = 'n ada', ahead = 0 }: Wanted = {},
) {
  const said: string[] = [];
  /** Its time, where a test moves it; passes by itself as well. */
  const time = { later: 0 };
  const state = openPostgres({
    target,
    login,
    instance: name,
    clock: () => Date.now() + ahead,
    monotonic: () => performance.now() + time.later,
    leaseTime: async (_session, now) => now,
    warn: (note) => said.push(note),
    onLead: (isLeading) => said.push(isLeading ? 'leads' : 'leads no more'),
  });
  context.after(() => state.close());
  const commit = (account: number, comparedWith: number | null, id: string) =>
    state.store.commitPoll({
      ...{ account, login, health: HEALTHY, comparedWith, takenAt: T0, changed: [], removed: [], now: T0 },
      events: [event({ id })],
      notifications: [{ eventId: id, channel: 'mail', recipient: 'ada' }],
    });
  return { ...state, said, time, commit };
}

test('one of several leads; another does when it is gone', async (context) => {
  const target = await server.database();
  const [a, b] = [instance(context, target, 'a'), instance(context, target, 'b')];
  await Promise.all([a.leadership.tick(), b.leadership.tick()]);
  const leading = () => [a, b].filter(({ leadership }) => leadership.isLeading());
  const [first, ...others] = leading();
  assert.equal(others.length, 0);
  assert.ok(first !== undefined);
  await first.close();
  const second = first === a ? b : a;
  // The server gives the lock back when it has read that the session ends.
  while (!second.leadership.isLeading()) await second.leadership.tick();
  assert.deepEqual([leading(), second.said.at(-1)], [[second], 'leads']);
});

test('one whose lead is over commits nothing, whatever it believes', async (context) => {
  const target = await server.database();
  const [a, b] = [instance(context, target, 'a'), instance(context, target, 'b')];
  await a.leadership.tick();
  const { id } = await a.store.openAccount('n', 'ada', T0);
  await a.commit(id, null, 'e1');
  // The server ends its session, as it does with one that was stopped; it has not noticed yet.
  const admin = server.admin(target.database);
  await admin.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  while (!b.leadership.isLeading()) await b.leadership.tick();
  await b.commit(id, 1, 'e2');
  const stale = { ...a.store };
  await assert.rejects(a.commit(id, 1, 'e3'), NotLeading);
  await assert.rejects(
    stale.commitHealth({ account: id, login: 'n ada', health: HEALTHY, events: [], notifications: [], now: T0 }),
    NotLeading,
  );
  await assert.rejects(
    stale.commitStanding({
      account: id,
      deliveries: [delivery()],
      reminded: [],
      summarised: new Map([['0 8 * * *', T0]]),
      now: T0,
    }),
    NotLeading,
  );
  await assert.rejects(stale.prune(T0 + MINUTE), NotLeading);
  await assert.rejects(stale.openAccount('n', 'ada', T0), NotLeading);
  const rows = await admin.rows('SELECT id FROM nomad_upload_monitor.event ORDER BY seq');
  assert.deepEqual(rows, [{ id: 'e1' }, { id: 'e2' }]);
  await admin.close();
});

test('one that has heard nothing from the server for six seconds does not count itself as leading', async (context) => {
  const target = await server.database();
  const a = instance(context, target, 'a');
  await a.leadership.tick();
  a.time.later += 5900;
  assert.equal(a.leadership.isLeading(), true);
  a.time.later += 200;
  assert.equal(a.leadership.isLeading(), false);
  await assert.rejects(a.store.openAccount('n', 'ada', T0), NotLeading);
});

for (const [ahead, words] of [
  [90_000, /90 s ahead of/],
  [-90_000, /90 s behind/],
] as const) {
  test(`a clock that is ${ahead / 1000} s off: it neither leads nor sends, and says so`, async (context) => {
    const target = await server.database();
    const [good, wrong] = [instance(context, target, 'good'), instance(context, target, 'wrong', { ahead })];
    await wrong.leadership.tick();
    assert.equal(wrong.leadership.isLeading(), false);
    await good.leadership.tick();
    const { id } = await good.store.openAccount('n', 'ada', T0);
    await good.commit(id, null, 'e1');
    const formed = { id: 'd1', account: id, channel: 'mail', recipient: 'ada', eventIds: ['e1'] } as const;
    await good.store.formDeliveries([formed], T0);
    assert.deepEqual(await wrong.store.claimDeliveries('mail', T0, T0 + MINUTE, 9), []);
    await assert.rejects(
      wrong.store.probe(T0),
      (error) => error instanceof StateNotWrittenError && words.test(error.message),
    );
    assert.equal((await good.store.claimDeliveries('mail', T0, T0 + MINUTE, 9)).length, 1);
  });
}

test('every instance sends what it claims: no other has it; what a dead one was sending is free after a minute', async (context) => {
  const target = await server.database();
  const [a, b] = [instance(context, target, 'a'), instance(context, target, 'b')];
  await a.leadership.tick();
  await b.leadership.tick();
  const { id } = await a.store.openAccount('n', 'ada', T0);
  await a.commit(id, null, 'e1');
  await a.store.formDeliveries([{ id: 'd1', account: id, channel: 'mail', recipient: 'ada', eventIds: ['e1'] }], T0);
  const claim = async (who: typeof a, now: number) =>
    (await who.store.claimDeliveries('mail', now, now + 15 * MINUTE, 9)).map((each) => each.id);
  const both = await Promise.all([claim(a, T0), claim(b, T0)]);
  assert.deepEqual(both.flat(), ['d1']);
  const [holder, other] = both[0].length > 0 ? [a, b] : [b, a];
  // Right after the database was away nobody takes what another was sending: it may be about to say that it still is.
  assert.deepEqual(await claim(other, T0 + 61_000), []);
  other.time.later += 15_000;
  await other.leadership.tick();
  assert.deepEqual(await claim(other, T0 + 59_000), []);
  assert.deepEqual(await claim(other, T0 + 61_000), ['d1']);
  // The first one wakes. That it failed says nothing any more; that it was taken always counts.
  await holder.store.settleDelivery('d1', { result: 'dead', at: T0, reason: '550' });
  assert.deepEqual(
    (await holder.store.outboxCounts()).map(({ pending, dead }) => [pending, dead]),
    [[1, 0]],
  );
  await holder.store.settleDelivery('d1', { result: 'delivered', at: T0 });
  assert.deepEqual(await holder.store.outboxCounts(), []);
  await other.store.settleDelivery('d1', { result: 'retry', at: T0, dueAt: T0, notBefore: T0, reason: '451' });
  assert.deepEqual(await holder.store.outboxCounts(), []);
});

test('a claim whose answer was lost is claimed again by the same instance', async (context) => {
  const target = await server.database();
  const a = instance(context, target, 'a');
  await a.leadership.tick();
  const { id } = await a.store.openAccount('n', 'ada', T0);
  await a.commit(id, null, 'e1');
  await a.store.formDeliveries([{ id: 'd1', account: id, channel: 'mail', recipient: 'ada', eventIds: ['e1'] }], T0);
  const admin = server.admin(target.database);
  const lease =
    "UPDATE nomad_upload_monitor.delivery SET lease_by = 'a', started = 1, unfinished = 1, lease_until = $1";
  await admin.rows(lease, T0 + 15 * MINUTE);
  const counted = admin;
  context.after(() => admin.close());
  const [claim] = await a.store.claimDeliveries('mail', T0, T0 + MINUTE, 9);
  assert.deepEqual([claim?.id, claim?.tries, claim?.unfinished], ['d1', 2, 1]);
  const [row] = await a.store
    .claimDeliveries('mail', T0, T0 + MINUTE, 9)
    .then(() => counted.rows('SELECT unfinished FROM nomad_upload_monitor.delivery'));
  assert.deepEqual(row, { unfinished: 1 }, 'nothing ended in the middle of it');
  assert.deepEqual(await a.store.claimDeliveries('mail', T0, T0 + MINUTE, 9), [], 'and not while it is in hand');
});

test('one that loses its session while it takes the lead does not believe that it leads', async (context) => {
  const target = await server.database();
  const [a, b] = [instance(context, target, 'a'), instance(context, target, 'b')];
  await a.leadership.tick();
  const admin = server.admin(target.database);
  context.after(() => admin.close());
  await admin.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  while (!b.leadership.isLeading()) await b.leadership.tick();
  // Whatever it believed, the epoch in the database tells it with its next look.
  await a.leadership.tick();
  await a.leadership.tick();
  assert.deepEqual([a.leadership.isLeading(), b.leadership.isLeading()], [false, true]);
});

test('a schema that a newer program brought forward meanwhile: the older one writes nothing more', async (context) => {
  const target = await server.database();
  const a = instance(context, target, 'a');
  await a.leadership.tick();
  const { id } = await a.store.openAccount('n', 'ada', T0);
  const admin = server.admin(target.database);
  context.after(() => admin.close());
  await admin.rows('UPDATE nomad_upload_monitor.version SET version = version + 1');
  const newer = (error: unknown) =>
    error instanceof StateError && error.message.includes('run the newer program here too');
  await assert.rejects(a.commit(id, null, 'e1'), newer);
  await assert.rejects(a.store.claimDeliveries('mail', T0, T0 + MINUTE, 9), newer);
});

test('a clock that was wrong and is right again: it leads without a restart, also when the database was away meanwhile', async (context) => {
  const target = await server.database();
  const off = { by: 120_000 };
  const a = openPostgres({
    ...{ target, login: 'n ada', instance: 'a', monotonic: () => performance.now() },
    clock: () => Date.now() + off.by,
    warn: () => undefined,
    onLead: () => undefined,
  });
  context.after(() => a.close());
  await a.leadership.tick();
  assert.equal(a.leadership.isLeading(), false);
  await assert.rejects(a.store.probe(T0), StateNotWrittenError);
  off.by = 0;
  await a.leadership.tick();
  assert.equal(a.leadership.isLeading(), true);
  await a.store.probe(T0);
});

test('two logins of one account: the second is told, and does not disturb the first', async (context) => {
  const target = await server.database();
  const [a, b] = [
    instance(context, target, 'a', { login: 'n one' }),
    instance(context, target, 'b', { login: 'n two' }),
  ];
  await a.leadership.tick();
  await b.leadership.tick();
  const { id } = await a.store.openAccount('n', 'ada', T0);
  await assert.rejects(
    b.store.openAccount('n', 'ada', T0),
    (error) => error instanceof StateError && error.message.includes('another login watches this account'),
  );
  await a.commit(id, null, 'e1');
  assert.deepEqual((await b.store.loadQueue(T0)).waiting, [], 'nor does it see its messages');
});

test('a newer schema, a login that is refused: the start ends with a sentence; a server that is away: it goes on', async (context) => {
  const target = await server.database();
  const first = instance(context, target, 'a');
  await first.open();
  const admin = server.admin(target.database);
  await admin.rows('UPDATE nomad_upload_monitor.version SET version = 99');
  await admin.close();
  await assert.rejects(instance(context, target, 'b').open(), /has version 99, this program knows \d+;/);
  await assert.rejects(instance(context, { ...target, user: 'mallory' }, 'c').open(), StateError);
  const away = instance(context, { ...target, hosts: [{ host: '127.0.0.1', port: 1 }] }, 'd');
  await away.open();
  await away.leadership.tick();
  assert.match(away.said.join(), /^this instance cannot lead: .*check that PostgreSQL is running/);
  assert.match(away.leadership.problem() ?? '', /check that PostgreSQL is running/);
});
