// What several accounts may ask of one deployment together: at most 2 at once and 10 a second, in turn; one that hangs keeps out no other.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import type { Answer, Client } from '../../src/nomad/client.ts';
import { createGate } from '../../src/nomad/gate.ts';

/** A deployment that answers when the test says so, by a clock of the test. */
function setUp() {
  const time = { now: 0 };
  const timers: { at: number; work: () => void }[] = [];
  const gate = createGate({
    monotonic: () => time.now,
    after(milliseconds, work) {
      const timer = { at: time.now + milliseconds, work };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  });
  const underway: { account: string; end: () => void }[] = [];
  let most = 0;
  const clientOf = (account: string): Client =>
    gate.guard(account, {
      request: () =>
        new Promise<Answer>((resolve) => {
          const mine = {
            account,
            end() {
              underway.splice(underway.indexOf(mine), 1);
              resolve({ kind: 'silence', problem: '' });
            },
          };
          underway.push(mine);
          most = Math.max(most, underway.length);
        }),
      close: () => undefined,
    });
  const ask = async (client: Client, signal?: AbortSignal) => {
    const answer = client.request({ endpoint: 'uploads' }, signal);
    await setImmediate();
    return answer;
  };
  const now = () => underway.map(({ account }) => account);
  const end = async (account: string) => {
    underway.find((each) => each.account === account)?.end();
    await setImmediate();
  };
  const pass = async (milliseconds: number) => {
    time.now += milliseconds;
    for (const timer of timers.filter(({ at }) => at <= time.now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.work();
    }
    await setImmediate();
  };
  return { clientOf, ask, now, end, pass, most: () => most };
}

test('an account alone asks as it likes', async () => {
  const { clientOf, ask, now } = setUp();
  const ada = clientOf('ada');
  for (let n = 0; n < 30; n += 1) void ask(ada);
  await setImmediate();
  assert.equal(now().length, 30);
});

test('several: two at once, one of each account, in the order in which they came', async () => {
  const { clientOf, ask, now, end } = setUp();
  const [ada, grace, mary] = ['ada', 'grace', 'mary'].map(clientOf);
  assert.ok(ada && grace && mary);
  for (const client of [ada, ada, grace, mary]) void ask(client);
  await setImmediate();
  assert.deepEqual(now(), ['ada', 'grace']);
  await end('grace');
  assert.deepEqual(now(), ['ada', 'mary'], 'the second of ada waits for the first');
  await end('mary');
  assert.deepEqual(now(), ['ada']);
  await end('ada');
  assert.deepEqual(now(), ['ada']);
});

test('a poll that was begun is finished before others begin, unless it is long', async () => {
  const { clientOf, end, pass, now } = setUp();
  const names = ['first', 'second', 'third', 'fourth'];
  const clients = names.map(clientOf);
  const answered: string[] = [];
  // Each asks one thing after the other: the first a hundred, the others three.
  const run = async (place: number) => {
    for (let n = 0; n < (place === 0 ? 100 : 3); n += 1) {
      const client = clients[place];
      if (client !== undefined) await client.request({ endpoint: 'uploads' });
    }
    answered.push(names[place] ?? '');
  };
  for (const place of names.keys()) {
    void run(place);
    await pass(1);
  }
  assert.deepEqual(now(), ['first', 'second']);
  for (let n = 0; n < 400 && answered.length < 4; n += 1) {
    for (const account of now()) await end(account);
    await pass(100);
  }
  assert.deepEqual(answered, ['second', 'third', 'fourth', 'first']);
});

test('never more than ten within a second', async () => {
  const { clientOf, ask, now, end, pass } = setUp();
  const names = Array.from({ length: 30 }, (_, n) => `account-${n}`);
  for (const client of names.map(clientOf)) void ask(client);
  await setImmediate();
  const begun: number[] = [];
  for (let tenth = 0; tenth < 40; tenth += 1) {
    let count = 0;
    while (now().length > 0) {
      const all = now();
      count += all.length;
      for (const account of all) await end(account);
    }
    begun.push(count);
    await pass(100);
  }
  assert.equal(
    begun.reduce((sum, count) => sum + count, 0),
    30,
    'all had their turn',
  );
  for (let from = 0; from + 10 <= begun.length; from += 1) {
    const inSecond = begun.slice(from, from + 10).reduce((sum, count) => sum + count, 0);
    assert.ok(inSecond <= 10, `${inSecond} within a second`);
  }
});

test('accounts that were slow share one place: they never keep out the others', async () => {
  const { clientOf, ask, now, end, pass, most } = setUp();
  const [slow, slower, quick, quicker] = ['slow', 'slower', 'quick', 'quicker'].map(clientOf);
  assert.ok(slow && slower && quick && quicker);
  for (const client of [slow, slower]) void ask(client);
  await setImmediate();
  await pass(70_000);
  for (const account of ['slow', 'slower']) await end(account);
  for (const client of [slow, slower, quick, quicker]) void ask(client);
  await setImmediate();
  assert.deepEqual(now(), ['slow', 'quick']);
  await end('quick');
  assert.deepEqual(now(), ['slow', 'quicker']);
  await end('quicker');
  assert.deepEqual(now(), ['slow']);
  await pass(100);
  await end('slow');
  assert.deepEqual(now(), ['slower']);
  assert.equal(most(), 2);
});

test('who waits no longer has no place; who goes makes room', async () => {
  const { clientOf, ask, now } = setUp();
  const [ada, grace, mary] = ['ada', 'grace', 'mary'].map(clientOf);
  assert.ok(ada && grace && mary);
  const stopping = new AbortController();
  for (const client of [ada, grace]) void ask(client);
  void ask(mary, stopping.signal);
  await setImmediate();
  assert.deepEqual(now(), ['ada', 'grace']);
  stopping.abort();
  await setImmediate();
  // Its client is asked with the signal that has ended, and sends nothing.
  assert.deepEqual(now(), ['ada', 'grace', 'mary']);
  grace.close();
  mary.close();
  void ask(ada);
  await setImmediate();
  assert.equal(now().filter((account) => account === 'ada').length, 2);
});
