// What is old is removed in small transactions, and its room is given back to the disk.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { createPrune } from '../../src/jobs/prune.ts';
import type { Fields } from '../../src/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { T0, event } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

const DAY = 86_400_000;
/** Most rows that one transaction may remove. */
const MOST = 500;

async function setUp(context: TestContext) {
  const stateDir = tempDir(context);
  const store = openSqliteStore(stateDir);
  const db = new DatabaseSync(join(stateDir, 'state.sqlite'), { readOnly: true });
  context.after(async () => {
    db.close();
    await store.close();
  });
  const { id: account } = await store.openAccount('https://n/api/v1', 'ada', T0);
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const rows = () => count('event') + count('notification') + count('delivery');
  /** So many events in one commit; `told`: one recipient is sent all of them in one delivery. */
  async function add(first: number, events: number, time: number, told = false): Promise<void> {
    const ids = Array.from({ length: events }, (_, index) => `e${first + index}`);
    await store.commitHealth({
      account,
      login: 'ada',
      health: HEALTHY,
      events: ids.map((id) => event({ id, time })),
      notifications: told ? ids.map((eventId) => ({ eventId, channel: 'mail', recipient: 'ada@lab.example' })) : [],
      now: time,
    });
    if (!told) return;
    const [id] = ids;
    await store.formDeliveries(
      [{ id: `d-${String(id)}`, account, channel: 'mail', recipient: 'ada@lab.example', eventIds: ids }],
      time,
    );
  }
  /** As many more like the one that there is, numbered from 1. */
  function copyEvent(events: number): void {
    const writer = new DatabaseSync(join(stateDir, 'state.sqlite'));
    writer
      .prepare(
        `WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
         INSERT INTO event (id, account_id, kind, time, upload_id, document)
         SELECT 'e' || n, account_id, kind, time, upload_id, document FROM event, number`,
      )
      .run(events);
    writer.close();
  }
  const size = () => ['', '-wal'].map((end) => statSync(join(stateDir, `state.sqlite${end}`)).size);
  return { store, rows, count, add, copyEvent, size };
}

test('100,000 old events go in transactions of 500 rows at most, and the file shrinks', async (context) => {
  const { store, rows, count, add, copyEvent, size } = await setUp(context);
  await add(0, 1, T0);
  copyEvent(99_999);
  await add(100_000, 3, T0 + 2 * DAY);
  const [before = 0] = size();
  let [limit, left] = [0, rows()];
  assert.equal(left, 100_003);
  const watched: typeof store = {
    ...store,
    async prune(time) {
      const step = await store.prune(time);
      const before = left;
      left = rows();
      limit = Math.max(limit, before - left);
      return step;
    },
  };
  const logged: Fields[] = [];
  const quiet = () => undefined;
  const log = { debug: quiet, info: (fields: Fields) => void logged.push(fields), warn: quiet, error: quiet };
  await createPrune({ store: watched, retention: DAY, log }).runOnce(T0 + 2 * DAY);
  assert.equal(limit, MOST);
  assert.deepEqual(logged, [{ events: 100_000, deliveries: 0 }]);
  assert.equal(count('event'), 3);
  const [after = 0, wal] = size();
  assert.equal(wal, 0);
  assert.ok(after < before / 50, `${before} bytes became ${after}`);
});

test('a message of very many events goes in several transactions, and no event before its message', async (context) => {
  const { store, rows, count, add } = await setUp(context);
  await add(0, 1200, T0, true);
  await store.settleDelivery('d-e0', { result: 'delivered', at: T0 });
  const steps: number[] = [];
  for (let isDone = false; !isDone;) {
    const before = rows();
    ({ isDone } = await store.prune(T0 + DAY));
    steps.push(before - rows());
  }
  assert.deepEqual(steps, [500, 500, 500, 500, 401], '1,200 notifications, their delivery, 1,200 events');
  assert.deepEqual([count('notification'), count('delivery'), count('event')], [0, 0, 0]);
});

test('other work has its turn between two steps, and a run that is cut ends', async (context) => {
  const { store, add, count } = await setUp(context);
  await add(0, 2000, T0);
  const quiet = () => undefined;
  const job = createPrune({ store, retention: 0, log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
  const cut = new AbortController();
  setImmediate(() => {
    cut.abort();
  });
  await job.runOnce(T0 + DAY, cut.signal);
  assert.ok(count('event') >= 1000);
  await job.runOnce(T0 + DAY);
  assert.equal(count('event'), 0);
});
