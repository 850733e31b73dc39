// Whoever follows the pages to the end sees each event once, and each message that waits all the while once, whatever happens in between.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/parse.ts';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { openSqliteReader } from '../../src/store/sqlite/reader.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createViews } from '../../src/views/queries.ts';
import { MINUTE, T0, event } from '../support/builders.ts';
import { runs } from '../support/runs.ts';
import { startSite } from '../support/site.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 60 * MINUTE;
const health = { ...HEALTHY, identity: { userId: 'ada', email: null } };
const NOMAD = 'https://n.example/api/v1';

/** The API over a real state, by a clock that the test sets; and what can happen to that state. */
async function serve(context: TestContext) {
  const stateDir = tempDir(context);
  const parsed = parseConfig(
    { NOMAD_URL: NOMAD, NOMAD_TOKEN: 'a-token', STATE_DIR: stateDir, TZ: 'UTC' },
    { scheduleProblem: () => null },
  );
  assert.ok('config' in parsed);
  const store = openSqliteStore(stateDir);
  const reader = openSqliteReader(stateDir);
  context.after(async () => {
    await reader.close();
    await store.close();
  });
  const { id: account } = await store.openAccount(NOMAD, 'ada', T0);
  const time = { now: T0 };
  const views = createViews({
    config: parsed.config,
    version: '0.0.0',
    account: () => null,
    login: 'ada',
    reader,
    store,
    isLeading: () => true,
    last: () => null,
    nextPollAt: () => Number.POSITIVE_INFINITY,
    tokenExpiresAt: () => null,
    noRecipient: async () => null,
  });
  const url = await startSite(context, { views, clock: () => time.now });
  let [made, polls] = [0, 0];
  /** Found now; answers with their ids. */
  const find = async (count: number) => {
    const events = Array.from({ length: count }, () => event({ id: `e${(made += 1)}`, time: time.now }));
    await store.commitPoll({
      ...{ account, login: `${NOMAD} ada`, health, comparedWith: polls === 0 ? null : polls, changed: [], removed: [] },
      ...{ takenAt: time.now, now: time.now },
      events,
      notifications: events.map(
        ({ id }) => ({ eventId: id, channel: 'mail', recipient: `${id}@lab.example` }) as const,
      ),
    });
    polls += 1;
    return events.map(({ id }) => id);
  };
  /** One for each event; answers with their ids, which are in no order. */
  const queue = async (eventIds: readonly string[]) => {
    const formed = eventIds.map(
      (id) =>
        ({
          id: Buffer.from(id).toString('hex').split('').toReversed().join(''),
          account,
          channel: 'mail',
          ...{ recipient: `${id}@lab.example`, eventIds: [id] },
        }) as const,
    );
    await store.formDeliveries(formed, time.now);
    return formed.map(({ id }) => id);
  };
  const deliver = async (id: string) => {
    await store.claimDeliveries('mail', time.now, time.now + MINUTE, 1000);
    await store.settleDelivery(id, { result: 'delivered', at: time.now });
  };
  return { url, time, find, queue, deliver };
}

interface Page {
  readonly next: string | null;
  readonly events?: readonly { readonly id: string }[];
  readonly deliveries?: readonly { readonly id: string }[];
}

/** The ids on all pages. `between`: what happens while the one who asks is not asking. The next page is asked for by the Link, or by `next`. */
async function idsOnAll(first: string, between: () => Promise<unknown>): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let address: string | null = first; address !== null;) {
    const answer = await fetch(address);
    const page = (await answer.json()) as Page;
    assert.ok(ids.length < 1000, 'it never ends');
    ids.push(...(page.events ?? page.deliveries ?? []).map(({ id }) => id));
    const link = /^<(.*)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
    const following: URL | null = link === null ? null : new URL(link, address);
    assert.equal(following?.searchParams.get('after') ?? null, page.next);
    address = following?.href ?? null;
    if (address !== null) await between();
  }
  return ids;
}

const steps = fc.infiniteStream(fc.record({ found: fc.nat(3), later: fc.constantFrom(0, MINUTE, 23 * HOUR) }));

function nextOf<T>(stream: fc.Stream<T>): T {
  const next = stream.next();
  assert.ok(next.done !== true);
  return next.value;
}

test('events: each once, in the order found, also those that are found while one pages, however long that takes', async (context) => {
  const begin = fc.array(
    fc.record({ found: fc.integer({ min: 1, max: 6 }), later: fc.constantFrom(0, MINUTE, 5 * HOUR) }),
    {
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      begin,
      steps,
      fc.integer({ min: 1, max: 5 }),
      fc.nat(12),
      async (before, during, limit, maxExtra) => {
        const { url, time, find } = await serve(context);
        const all: { readonly id: string; readonly at: number }[] = [];
        const happen = async ({ found, later }: { readonly found: number; readonly later: number }) => {
          for (const id of await find(found)) all.push({ id, at: time.now });
          time.now += later;
        };
        for (const step of before) await happen(step);
        const since = time.now - 24 * HOUR;
        let happened = 0;
        const seen = await idsOnAll(`${url}/api/v1/events?limit=${limit}`, async () => {
          if ((happened += 1) <= maxExtra) await happen(nextOf(during));
        });
        assert.deepEqual(
          seen,
          all.filter(({ at }) => at >= since).map(({ id }) => id),
        );
      },
    ),
    { numRuns: runs(6) },
  );
});

test('outbox: what waits all the while comes once; nothing comes twice', async (context) => {
  const begin = fc.array(fc.record({ found: fc.integer({ min: 1, max: 6 }), later: fc.constantFrom(0, MINUTE) }), {
    maxLength: 8,
  });
  const gone = fc.infiniteStream(fc.nat(50));
  await fc.assert(
    fc.asyncProperty(begin, steps, gone, fc.integer({ min: 1, max: 5 }), async (before, during, delivered, limit) => {
      const { url, time, find, queue, deliver } = await serve(context);
      const waiting = new Set<string>();
      const add = async ({ found, later }: { readonly found: number; readonly later: number }) => {
        const ids = await queue(await find(found));
        time.now += later;
        return ids;
      };
      for (const step of before) for (const id of await add(step)) waiting.add(id);
      let happened = 0;
      const seen = await idsOnAll(`${url}/api/v1/outbox?limit=${limit}`, async () => {
        if ((happened += 1) <= 12) await add(nextOf(during));
        const id = [...waiting][nextOf(delivered)];
        if (id !== undefined) await deliver(id);
        waiting.delete(id ?? '');
      });
      assert.equal(new Set(seen).size, seen.length);
      assert.deepEqual(
        [...waiting].filter((id) => !seen.includes(id)),
        [],
      );
    }),
    { numRuns: runs(6) },
  );
});
