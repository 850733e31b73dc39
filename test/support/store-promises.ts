// What every store promises, written against the port: SQLite and PostgreSQL are held to the same.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Event } from '../../src/domain/event.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import type { OperatorStore } from '../../src/store/operator.ts';
import { StateError, type PollCommit, type Store } from '../../src/store/store.ts';
import { T0, delivery, event, watched, eventsIn } from './builders.ts';

/** Where one state is. It can be opened again after it was closed. */
export interface Place {
  store(): Promise<Store>;
  operator(): Promise<OperatorStore>;
}

/** Makes an empty state, gone with the test. */
export type Backend = (context: TestContext) => Promise<Place>;

async function open(context: TestContext, backend: Backend, given: Place | null = null) {
  return opened(context, given ?? (await backend(context)));
}

/** A store with an account in it, and what tests do to it. */
export async function opened(context: TestContext, place: Place) {
  const store = await place.store();
  context.after(() => store.close().catch(() => undefined));
  const { id: account } = await store.openAccount('https://n/api/v1', 'ada', T0);
  const commit = (more: Partial<PollCommit> = {}) =>
    store.commitPoll({
      account,
      login: 'ada',
      health: HEALTHY,
      comparedWith: null,
      takenAt: T0,
      changed: [],
      removed: [],
      events: [],
      notifications: [],
      now: T0,
      ...more,
    });
  /** Commits events for a recipient, and puts them into a delivery. */
  const queue = async (deliveries: readonly (readonly [id: string, recipient: string, events: readonly Event[]])[]) => {
    const notifications = deliveries.flatMap(([, recipient, events]) =>
      events.map(({ id }) => ({ eventId: id, channel: 'mail', recipient }) as const),
    );
    await commit({ events: deliveries.flatMap(([, , events]) => events), notifications });
    const formed = deliveries.map(
      ([id, recipient, events]) =>
        ({ id, account, channel: 'mail', recipient, eventIds: events.map((each) => each.id) }) as const,
    );
    await store.formDeliveries(formed, T0);
  };
  return { store, account, commit, queue, place };
}
const note = (eventId: string, recipient = 'ada@lab.example') => ({ eventId, channel: 'mail', recipient }) as const;
const MINUTE = 60_000;

/** Declares the tests. */
export function storePromises(backend: Backend): void {
  test('what somebody was already notified of for another account of the deployment is not said to them again', async (context) => {
    const { store, commit } = await open(context, backend);
    await commit({ events: [event()], notifications: [note('e1', 'ada'), note('e1', 'both')] });
    const { id: grace } = await store.openAccount('https://n/api/v1', 'grace', T0);
    const { id: elsewhere } = await store.openAccount('https://other/api/v1', 'ada', T0);
    const of = (account: number, found: Event, recipients: readonly string[]) =>
      store.commitHealth({
        ...{ account, login: 'other', health: HEALTHY, now: T0 },
        events: [found],
        notifications: recipients.map((recipient) => note(found.id, recipient)),
      });
    await of(grace, event({ id: 'g1', time: T0 + MINUTE }), ['grace', 'both']);
    await of(elsewhere, event({ id: 'o1' }), ['both']);
    await of(grace, event({ id: 'g2', time: T0 + 2 * MINUTE, kind: 'upload.deleted' }), ['both']);
    const { waiting } = await store.loadQueue(T0);
    assert.deepEqual(
      waiting.map(({ eventId, recipient }) => `${eventId} ${recipient}`),
      ['e1 ada', 'e1 both', 'g1 grace', 'o1 both', 'g2 both'],
    );
  });

  test('the same news of two accounts, committed at the same time, is said once', async (context) => {
    const { store, account } = await open(context, backend);
    const { id: grace } = await store.openAccount('https://n/api/v1', 'grace', T0);
    for (let time = 0; time < 20; time += 1) {
      const found = event({ time: T0 + time * 120 * MINUTE });
      await Promise.all(
        [account, grace].map((of) => {
          const id = `${of} ${time}`;
          return store.commitHealth({
            ...{ account: of, login: `login of ${of}`, health: HEALTHY, now: T0 },
            events: [{ ...found, id }],
            notifications: [note(id, 'both')],
          });
        }),
      );
    }
    assert.equal((await store.loadQueue(T0)).waiting.length, 20);
  });

  test('a committed poll is there after a restart: snapshot, events, deliveries', async (context) => {
    const { store, account, commit, place } = await open(context, backend);
    await commit({
      changed: [watched(), watched({ id: 'u2' })],
      events: [event()],
      notifications: [note('e1', 'ada'), note('e1', 'grace')],
    });
    await store.formDeliveries([{ id: 'd1', account, channel: 'mail', recipient: 'ada', eventIds: ['e1'] }], T0);
    await store.close();
    const again = await open(context, backend, place);
    const snapshot = await again.store.loadSnapshot(account);
    assert.equal(snapshot?.sequence, 1);
    assert.deepEqual([...snapshot.uploads.values()], [watched(), watched({ id: 'u2' })]);
    const [claim] = await again.store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    assert.deepEqual(claim?.content, { kind: 'events', events: [event()] });
    const { waiting, underway } = await again.store.loadQueue(T0);
    assert.deepEqual(
      waiting.map(({ eventId, recipient, kind, uploadId, since }) => [eventId, recipient, kind, uploadId, since]),
      [['e1', 'grace', 'upload.failed', 'u1', T0]],
    );
    const known = { id: 'd1', channel: 'mail', recipient: 'ada', tries: 0, firstTriedAt: T0, uploads: ['u1'] };
    assert.deepEqual(underway, [known]);
  });

  test('a snapshot that the caller holds is not read again while it is the one stored', async (context) => {
    const { store, account, commit } = await open(context, backend);
    await commit({ changed: [watched()] });
    const held = { sequence: 1, takenAt: T0, uploads: new Map([['u1', watched()]]) };
    assert.equal(await store.loadSnapshot(account, held), held);
    await commit({ comparedWith: 1, changed: [watched({ id: 'u2' })] });
    const snapshot = await store.loadSnapshot(account, held);
    assert.deepEqual([snapshot?.sequence, snapshot?.uploads.size], [2, 2]);
  });

  test('a commit that fails in the middle leaves nothing', async (context) => {
    const { store, account, commit } = await open(context, backend);
    await commit({ changed: [watched()] });
    await assert.rejects(
      commit({
        comparedWith: 1,
        changed: [watched({ id: 'u2' })],
        events: [event({ id: 'e9' })],
        notifications: [note('e9'), note('e9')],
      }),
    );
    const snapshot = await store.loadSnapshot(account);
    assert.deepEqual([snapshot?.sequence, snapshot?.uploads.size], [1, 1]);
    assert.deepEqual((await store.loadQueue(T0)).waiting, []);
  });

  test('a commit compared with another snapshot is refused', async (context) => {
    const { commit } = await open(context, backend);
    await commit();
    await assert.rejects(commit(), StateError);
    await assert.rejects(commit({ comparedWith: 5 }), StateError);
    await commit({ comparedWith: 1 });
  });

  test('an event that is stored was told: it is not told again', async (context) => {
    const { store, commit } = await open(context, backend);
    await commit({ events: [event()], notifications: [note('e1')] });
    const again = await commit({
      comparedWith: 1,
      events: [event()],
      notifications: [note('e1'), note('e1', 'grace')],
    });
    assert.deepEqual(again, []);
    assert.equal((await store.loadQueue(T0)).waiting.length, 1);
  });

  test('accounts do not see one another', async (context) => {
    const { store, account, commit } = await open(context, backend);
    await commit({ changed: [watched()] });
    const { id: other } = await store.openAccount('https://n/api/v1', 'grace', T0);
    assert.notEqual(other, account);
    assert.equal(await store.loadSnapshot(other), null);
    assert.deepEqual(await store.openAccount('https://n/api/v1', 'ada', T0 + 1), { id: account, createdAt: T0 });
  });

  test('one recipient gets its messages one after the other, in order; another is not kept waiting', async (context) => {
    const { store, queue } = await open(context, backend);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => [event({ id })]) as [Event[], Event[], Event[]];
    await queue([
      ['1', 'ada', a],
      ['2', 'ada', b],
      ['3', 'grace', c],
    ]);
    const claim = async (now: number) =>
      (await store.claimDeliveries('mail', now, now + MINUTE, 10)).map(({ id }) => id);
    assert.deepEqual(await claim(T0), ['1', '3']);
    assert.deepEqual(await claim(T0), []);
    await store.settleDelivery('1', { result: 'delivered', at: T0 });
    assert.deepEqual(await claim(T0), ['2']);
  });

  test('one message that has to wait does not hold up the next; one that got through wakes the others', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue(['1', '2', '3'].map((id) => [id, 'ada', [event({ id })]] as const));
    const claim = async (now: number) =>
      (await store.claimDeliveries('mail', now, now + MINUTE, 10)).map(({ id }) => id);
    assert.deepEqual(await claim(T0), ['1']);
    await store.settleDelivery('1', { result: 'retry', at: T0, dueAt: T0 + 60 * MINUTE, notBefore: T0, reason: '451' });
    assert.deepEqual(await claim(T0), ['2']);
    await store.settleDelivery('2', { result: 'delivered', at: T0 });
    assert.deepEqual(await claim(T0), ['1']);
  });

  test('a claim whose lease ran out can be claimed again and counts as unfinished', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([['d1', 'ada', [event()]]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    assert.deepEqual(await store.claimDeliveries('mail', T0 + MINUTE - 1, T0, 10), []);
    const [again] = await store.claimDeliveries('mail', T0 + MINUTE, T0 + 2 * MINUTE, 10);
    assert.deepEqual([again?.id, again?.tries, again?.unfinished, again?.firstTriedAt], ['d1', 2, 1, T0]);
  });

  test('what the other side asked to wait is not woken before', async (context) => {
    const { store, commit, queue } = await open(context, backend);
    await queue([['1', 'ada', [event()]]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    const [dueAt, notBefore] = [T0 + 60 * MINUTE, T0 + 10 * MINUTE];
    await store.settleDelivery('1', { result: 'retry', at: T0, dueAt, notBefore, reason: '429' });
    await commit({
      comparedWith: 1,
      events: [event({ id: 'e2' })],
      notifications: [note('e2', 'ada')],
      now: T0 + MINUTE,
    });
    const claim = async (now: number) =>
      (await store.claimDeliveries('mail', now, now + MINUTE, 10)).map(({ id }) => id);
    assert.deepEqual(await claim(notBefore - 1), []);
    assert.deepEqual(await claim(notBefore), ['1']);
  });

  test('what is held was not tried: neither the try nor the time to be given up counts', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([['1', 'ada', [event()]]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    await store.settleDelivery('1', { result: 'held', dueAt: T0 + 5 * MINUTE });
    assert.deepEqual(await store.claimDeliveries('mail', T0 + 4 * MINUTE, T0 + 9 * MINUTE, 10), []);
    const [again] = await store.claimDeliveries('mail', T0 + 5 * MINUTE, T0 + 9 * MINUTE, 10);
    assert.deepEqual([again?.tries, again?.unfinished, again?.firstTriedAt], [1, 0, T0 + 5 * MINUTE]);
  });

  test('an event is put into one delivery a recipient, once', async (context) => {
    const { store, account, queue } = await open(context, backend);
    await queue([['1', 'ada', [event()]]]);
    await store.formDeliveries([{ id: '2', account, channel: 'mail', recipient: 'ada', eventIds: ['e1'] }], T0);
    assert.deepEqual(
      (await store.claimDeliveries('mail', T0, T0 + MINUTE, 10)).map(({ id }) => id),
      ['1'],
    );
    assert.deepEqual(await store.claimDeliveries('mail', T0, T0 + MINUTE, 10), []);
  });

  test('reminders and summaries: what carries no events, and what is remembered of them', async (context) => {
    const { store, account, commit } = await open(context, backend);
    await commit({ changed: [watched()] });
    assert.deepEqual(await store.loadMemory(account), { acks: new Map(), reminded: new Map(), summarised: new Map() });
    const content = { kind: 'test' } as const;
    const summarised = new Map([
      ['0 8 * * *', T0],
      ['0 8 * * 1', T0 - 1],
    ]);
    const commitStanding = { account, deliveries: [delivery({ content })], reminded: ['u1'], summarised, now: T0 };
    await store.commitStanding(commitStanding);
    assert.deepEqual(await store.loadMemory(account), {
      acks: new Map(),
      reminded: new Map([['u1', T0]]),
      summarised,
    });
    await assert.rejects(store.commitStanding({ ...commitStanding, summarised: new Map() }));
    assert.deepEqual((await store.loadMemory(account)).summarised, summarised);
    const others = { account, deliveries: [], reminded: [], now: T0 };
    await store.commitStanding({ ...others, summarised: null });
    assert.deepEqual((await store.loadMemory(account)).summarised, summarised, 'unchanged');
    await store.commitStanding({ ...others, summarised: new Map([['0 8 * * 1', T0 + 1]]) });
    assert.deepEqual((await store.loadMemory(account)).summarised, new Map([['0 8 * * 1', T0 + 1]]), 'forgotten');
    const [claim] = await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    assert.deepEqual(claim?.content, content);
    await commit({ comparedWith: 1, removed: ['u1'] });
    assert.deepEqual((await store.loadMemory(account)).reminded, new Map());
  });

  test('what happened: each kind of each upload once, within the time; of what is gone, whose it was', async (context) => {
    const { store, account, commit } = await open(context, backend);
    const at = (id: string, time: number, more = {}) => event({ id, time, ...more });
    const gone = { ...event().upload, id: 'u2', author: 'Grace Hopper' };
    const nomad = { kind: 'nomad.reachable', upload: null } as const;
    await commit({
      events: [
        ...[at('before', T0), at('first', T0 + 1), at('again', T0 + 2), at('after', T0 + 3), at('n', T0 + 1, nomad)],
        at('gone', T0 + 2, { kind: 'upload.deleted', upload: gone }),
      ],
    });
    const found = await store.happened(account, T0, T0 + 2);
    assert.deepEqual(
      found.toSorted((a, b) => (a.uploadId < b.uploadId ? -1 : 1)),
      [
        { uploadId: 'u1', kind: 'upload.failed', gone: null },
        { uploadId: 'u2', kind: 'upload.deleted', gone },
      ],
    );
    assert.deepEqual(await store.happened(account + 1, T0, T0 + 2), []);
  });

  test('the outbox is counted; dead ones stay with their reason', async (context) => {
    const { store, commit, queue } = await open(context, backend);
    await queue([
      ['d1', 'a@x', [event()]],
      ['d2', 'b@x', [event({ id: 'e2' })]],
    ]);
    await commit({
      comparedWith: 1,
      events: [event({ id: 'e3' })],
      notifications: [note('e3', 'b@x'), note('e3', 'c@x')],
    });
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    await store.settleDelivery('d1', { result: 'dead', at: T0, reason: '550 no such user' });
    const counts = { channel: 'mail', pending: 1, dead: 1, waiting: 2, oldestPendingAt: T0 } as const;
    assert.deepEqual(await store.outboxCounts(), [counts]);
  });

  test('pruning never takes what is still to be delivered', async (context) => {
    const { store, commit, queue } = await open(context, backend);
    await queue([['d1', 'ada', [event()]]]);
    const more = ['e2', 'e3'].map((id) => event({ id }));
    await commit({ comparedWith: 1, events: more, notifications: [note('e3')] });
    assert.deepEqual(await store.prune(T0 + 1), { events: 1, deliveries: 0, isDone: true });
    const [claim] = await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    assert.equal(claim === undefined ? 0 : eventsIn(claim).length, 1);
    await store.settleDelivery('d1', { result: 'delivered', at: T0 });
    assert.deepEqual(await store.prune(T0 + 1), { events: 1, deliveries: 1, isDone: true });
    assert.equal((await store.loadQueue(T0)).waiting.length, 1);
  });

  test('what is due further ahead than any try is put is tried now, and counts as tried for the first time now', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([['d1', 'a@x', [event()]]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    await store.settleDelivery('d1', { result: 'retry', at: T0, dueAt: T0 + 5000, notBefore: T0, reason: '451' });
    assert.deepEqual(
      await store.claimDeliveries('mail', T0 - 60 * MINUTE, T0, 10),
      [],
      'an hour is what a try may wait',
    );
    const [claim] = await store.claimDeliveries('mail', T0 - 180 * MINUTE, T0, 10);
    assert.equal(claim?.firstTriedAt, T0 - 180 * MINUTE);
  });

  test('pruning takes mutes that ended long ago', async (context) => {
    const { place, store, account } = await open(context, backend);
    const operator = await place.operator();
    await operator.mute(account, ['u1', 'u2'], T0, T0 - MINUTE);
    await operator.mute(account, ['u3'], T0 + MINUTE, T0);
    await operator.close();
    await store.prune(T0 + 1);
    assert.deepEqual(
      (await store.loadMutes(0)).map(({ uploadId }) => uploadId),
      ['u3'],
    );
    assert.deepEqual((await store.loadQueue(0, 'mail')).mutes, await store.loadMutes(0), 'the queue has them as well');
  });

  test('what a mail server says is stored whatever is in it', async (context) => {
    const { place, store, queue } = await open(context, backend);
    await queue([['d1', 'ada', [event()]]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    await store.settleDelivery('d1', { result: 'dead', at: T0, reason: '550 no\0such \ud800 user' });
    const operator = await place.operator();
    const [dead] = await operator.undelivered(T0);
    await operator.close();
    assert.match(String(dead?.reason), /^550 no[\0\ufffd]such \ufffd user$/);
  });

  test('the queue of one channel has nothing of another', async (context) => {
    const { store, account, commit } = await open(context, backend);
    const both = ['mail', 'webhook'] as const;
    await commit({
      events: [event(), event({ id: 'e2' })],
      notifications: both.flatMap((channel) => ['e1', 'e2'].map((eventId) => ({ eventId, channel, recipient: 'r' }))),
    });
    await store.formDeliveries(
      both.map((channel) => ({ id: channel, account, channel, recipient: 'r', eventIds: ['e1'] })),
      T0,
    );
    for (const channel of both) {
      const { waiting, underway } = await store.loadQueue(T0, channel);
      assert.deepEqual(
        [waiting, underway].map((each) => each.map((found) => found.channel)),
        [[channel], [channel]],
      );
    }
    assert.equal((await store.loadQueue(T0)).waiting.length, 2);
  });

  test('a step of pruning removes 500 rows of all tables together, and says whether more is left', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([['d1', 'ada', Array.from({ length: 300 }, (_, index) => event({ id: `e${index}` }))]]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    await store.settleDelivery('d1', { result: 'delivered', at: T0 });
    // 300 notifications, the delivery, then as many events as still fit.
    assert.deepEqual(await store.prune(T0 + 1), { events: 199, deliveries: 1, isDone: false });
    assert.deepEqual(await store.prune(T0 + 1), { events: 101, deliveries: 0, isDone: true });
  });

  test('pruning never leaves a delivery without what it carries, however large it is', async (context) => {
    const { place, store, queue } = await open(context, backend);
    const events = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => event({ id: `e${first + index}` }));
    await queue([
      ['large', 'ada', events(0, 999)],
      ...Array.from({ length: 300 }, (_, n) => [`d${n}`, `r${n}`, events(1000 + n, 1)] as const),
    ]);
    for (let claimed = 1; claimed > 0;) {
      const claims = await store.claimDeliveries('mail', T0, T0 + MINUTE, 1000);
      for (const { id } of claims) await store.settleDelivery(id, { result: 'dead', at: T0, reason: '550' });
      claimed = claims.length;
    }
    const operator = await place.operator();
    const carried = async () =>
      (await operator.undelivered(T0)).map(({ content }) => (content.kind === 'events' ? content.events.length : 0));
    for (let isDone = false; !isDone;) {
      ({ isDone } = await store.prune(T0 + 1));
      assert.ok((await carried()).every((count) => count > 0));
    }
    assert.deepEqual(await carried(), []);
    await operator.close();
  });

  test('a try whose end could not be noted, in a process that lives on, is not one that ended its process', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([['d1', 'ada', [event()]]]);
    const unfinished = [];
    for (const now of [T0, T0 + MINUTE, T0 + 2 * MINUTE]) {
      const [claim] = await store.claimDeliveries('mail', now, now + MINUTE, 10);
      unfinished.push(claim?.unfinished);
    }
    assert.deepEqual(unfinished, [0, 1, 1]);
  });

  test('a login that was refused forgets its own refusals of days ago, and nobody else its', async (context) => {
    const { store } = await open(context, backend);
    await store.addRefusal('ada', T0);
    await store.addRefusal('grace', T0 + 2 * 1440 * MINUTE);
    assert.deepEqual(await store.recentRefusals('ada', 0), [T0]);
    await store.addRefusal('ada', T0 + 2 * 1440 * MINUTE);
    assert.deepEqual(await store.recentRefusals('ada', 0), [T0 + 2 * 1440 * MINUTE]);
  });

  test('the events of one account of several, and of all', async (context) => {
    const { store, commit, place } = await open(context, backend);
    const { id: account } = await store.openAccount('https://n/api/v1', 'grace', T0);
    await commit({ events: [event({ id: 'e1' })] });
    await store.commitHealth({
      account,
      login: 'ada',
      health: HEALTHY,
      events: [event({ id: 'e2' })],
      notifications: [],
      now: T0,
    });
    const operator = await place.operator();
    const found = async (more: { account?: number }) =>
      (await operator.events({ since: 0, kinds: [], uploadId: null, ...more })).map(({ id }) => id);
    assert.deepEqual([await found({}), await found({ account })], [['e1', 'e2'], ['e2']]);
    assert.deepEqual(await found({ account: account + 1 }), []);
    await operator.close();
  });

  test('what wakes a recipient wakes the deliveries of all accounts of the login', async (context) => {
    const { store, queue } = await open(context, backend);
    await queue([
      ['1', 'ada', [event({ id: 'e1' })]],
      ['2', 'grace', [event({ id: 'e2' })]],
    ]);
    await store.claimDeliveries('mail', T0, T0 + MINUTE, 10);
    const retry = { result: 'retry', at: T0, dueAt: T0 + 60 * MINUTE, notBefore: T0, reason: '451' } as const;
    for (const id of ['1', '2']) await store.settleDelivery(id, retry);
    // By news of the other account, and by a message of it that was accepted.
    const other = await store.openAccount('https://n/api/v1', 'grace', T0);
    const now = T0 + MINUTE;
    await store.commitHealth({
      account: other.id,
      login: 'ada',
      health: HEALTHY,
      events: [event({ id: 'e3', kind: 'upload.stuck' })],
      notifications: [note('e3', 'ada')],
      now,
    });
    const claimed = async () => (await store.claimDeliveries('mail', now, now + MINUTE, 10)).map(({ id }) => id);
    assert.deepEqual(await claimed(), ['1']);
    const standing = { account: other.id, reminded: [], summarised: null, now };
    await store.commitStanding({
      ...standing,
      deliveries: [delivery({ id: '3', recipient: 'grace', content: { kind: 'test' } })],
    });
    assert.deepEqual(await claimed(), ['3']);
    assert.deepEqual(await claimed(), []);
    await store.settleDelivery('3', { result: 'delivered', at: now });
    assert.deepEqual(await claimed(), ['2']);
  });
}
