// What every reader promises to those who only look: pages of events, the ends of runs, who was told. SQLite and PostgreSQL are held to the same.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Event, EventKind } from '../../src/domain/event.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import type { Reader } from '../../src/store/reader.ts';
import type { Store } from '../../src/store/store.ts';
import { MINUTE, T0, event } from './builders.ts';

/** A state with a store on it, and a reader beside it. Gone with the test. */
export type ReadBackend = (context: TestContext) => Promise<{ readonly store: Store; readonly reader: Reader }>;

async function holding(
  context: TestContext,
  backend: ReadBackend,
  events: readonly Event[],
  recipients: readonly string[] = [],
) {
  const { store, reader } = await backend(context);
  const { id: account } = await store.openAccount('https://n/api/v1', 'ada', T0);
  await store.commitHealth({
    account,
    login: 'ada',
    health: HEALTHY,
    events,
    notifications: events.flatMap(({ id }) =>
      recipients.map((recipient) => ({ eventId: id, channel: 'mail', recipient }) as const),
    ),
    now: T0,
  });
  return { store, reader, account };
}

const of = (id: string, kind: EventKind, minute: number, more: Partial<Event> = {}): Event =>
  event({ id, kind, time: T0 + minute * MINUTE, ...(kind.startsWith('upload.') ? {} : { upload: null }), ...more });
const STORY = [
  of('e1', 'monitor.baseline', 0),
  of('e2', 'upload.started', 1),
  of('e3', 'upload.failed', 2, { details: { complete_time: T0 + 2 * MINUTE, took_ms: MINUTE } }),
  of('e4', 'nomad.unreachable', 3),
  of('e5', 'nomad.reachable', 4),
  of('e6', 'upload.recovered', 5, { details: { complete_time: T0 + 5 * MINUTE, process: 'process_upload' } }),
];
const ALL = { since: 0, kinds: [], uploadId: null, after: 0, limit: 100 } as const;

/** Declares the tests. */
export function readerPromises(backend: ReadBackend): void {
  test('events in the order found: of all, of some kinds, of one upload, since a time, page by page', async (context) => {
    const { reader, account } = await holding(context, backend, STORY);
    const ids = async (asked: Partial<Parameters<typeof reader.events>[1]>) =>
      (await reader.events(account, { ...ALL, ...asked })).events.map(({ id }) => id).join(' ');
    assert.equal(await ids({}), 'e1 e2 e3 e4 e5 e6');
    assert.equal(await ids({ kinds: ['nomad.reachable'] }), 'e5');
    assert.equal(await ids({ kinds: ['nomad.reachable', 'nomad.unreachable'] }), 'e4 e5');
    assert.equal(await ids({ kinds: ['nomad.reachable', 'upload.failed'] }), 'e3 e5');
    assert.equal(await ids({ kinds: ['monitor.baseline'], since: T0 + 1 }), '');
    assert.equal(await ids({ uploadId: 'u1', since: T0 + 2 * MINUTE }), 'e3 e6');
    const first = await reader.events(account, { ...ALL, limit: 4 });
    assert.equal(first.events.length, 4);
    assert.equal(await ids({ after: first.next ?? 0 }), 'e5 e6');
  });

  test('the ends of runs, the newest, with how long each took where that was seen', async (context) => {
    const { store, reader, account } = await holding(context, backend, STORY);
    const found = await reader.runEnds(account, ['u1', 'u2'], 10);
    assert.deepEqual(await store.runEnds(account, ['u1', 'u2'], 10), found);
    assert.deepEqual(found.get('u1'), [
      { kind: 'upload.failed', time: T0 + 2 * MINUTE, run: `run ${T0 + 2 * MINUTE}`, process: null, took: MINUTE },
      {
        kind: 'upload.recovered',
        time: T0 + 5 * MINUTE,
        run: `run ${T0 + 5 * MINUTE}`,
        process: 'process_upload',
        took: null,
      },
    ]);
    assert.deepEqual(found.get('u2'), []);
    assert.deepEqual(
      (await reader.runEnds(account, ['u1'], 1)).get('u1')?.map(({ kind }) => kind),
      ['upload.recovered'],
    );
  });

  test('of what was not delivered no more than asked for is read, oldest first', async (context) => {
    const recipients = ['a@lab.example', 'b@lab.example', 'c@lab.example'];
    const { store, reader, account } = await holding(context, backend, [event()], recipients);
    const formed = recipients.map(
      (recipient, index) => ({ id: `d${index}`, account, channel: 'mail', recipient, eventIds: ['e1'] }) as const,
    );
    await store.formDeliveries(formed, T0);
    assert.deepEqual(
      (await reader.undelivered(T0, 2)).map(({ id }) => id),
      ['d0', 'd1'],
    );
  });

  test('who was told of an upload, and what became of it', async (context) => {
    const { store, reader, account } = await holding(context, backend, STORY.slice(2, 3), ['a@x', 'b@x']);
    await store.formDeliveries([{ id: 'd1', account, channel: 'mail', recipient: 'a@x', eventIds: ['e3'] }], T0);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 9);
    await store.settleDelivery('d1', { result: 'dead', at: T0 + MINUTE, reason: '550 no' });
    const about = { eventId: 'e3', channel: 'mail' } as const;
    assert.deepEqual(await reader.receiptsOf(account, 'u1', 9), [
      { ...about, recipient: 'a@x', state: 'dead', at: T0 + MINUTE, reason: '550 no', answer: null },
      { ...about, recipient: 'b@x', state: 'waiting', at: T0, reason: null, answer: null },
    ]);
    await store.formDeliveries([{ id: 'd2', account, channel: 'mail', recipient: 'b@x', eventIds: ['e3'] }], T0);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 9);
    await store.settleDelivery('d2', { result: 'delivered', at: T0 + MINUTE, answer: '250 queued as 4F1' });
    const taken = { state: 'delivered', at: T0 + MINUTE, reason: null, answer: '250 queued as 4F1' };
    assert.deepEqual((await reader.receiptsOf(account, 'u1', 9))[1], { ...about, recipient: 'b@x', ...taken });
    assert.equal((await reader.receiptsOf(account, 'u1', 1)).length, 1);
    assert.deepEqual(await reader.receiptsOf(account, 'u2', 9), []);
    assert.deepEqual(
      (await reader.newest(account, T0, 9)).map(({ id }) => id),
      ['e3'],
    );
    assert.deepEqual(
      (await reader.eventsOf(account, 'u1', 9)).map(({ id }) => id),
      ['e3'],
    );
  });
}
