// The commit of a poll with 1,000 events beside bare inserts of the same rows: same tables, same durability, one transaction each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { eventOf, recipientOf, watchedOf } from './samples.ts';

const EVENTS = 1000;
const TURNS = 13;
const WARM_UP = 4;

const dir = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
// Both have the tables of the store.
const [ours, other] = [join(dir, 'ours'), join(dir, 'bare')];
await openSqliteStore(other).close();
const store = openSqliteStore(ours);
const { id: account } = await store.openAccount('n', 'ada', 0);
const db = new DatabaseSync(join(other, 'state.sqlite'), { enableForeignKeyConstraints: true });
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
db.exec("INSERT INTO account (id, deployment, user_id, created_at) VALUES (1, 'n', 'ada', 0)");
const putUpload = db.prepare('INSERT INTO upload VALUES (?, ?, ?)');
const addEvent = db.prepare(
  'INSERT INTO event (id, account_id, kind, time, upload_id, document) VALUES (?, ?, ?, ?, ?, ?)',
);
const addNotification = db.prepare(
  'INSERT INTO notification (account_id, event_id, channel, recipient, created_at) VALUES (?, ?, ?, ?, ?)',
);

const results: { readonly ours: number; readonly bare: number }[] = [];
for (let turn = 0; turn < TURNS; turn += 1) {
  const indices = Array.from({ length: EVENTS }, (_, index) => turn * EVENTS + index);
  const result = { ours: await commit(indices, turn), bare: insert(indices, turn) };
  if (turn >= WARM_UP) results.push(result);
}
await store.close();
db.close();
rmSync(dir, { recursive: true });
process.stdout.write(JSON.stringify(results));

/** ms. */
async function commit(indices: readonly number[], turn: number): Promise<number> {
  const events = indices.map((index) => eventOf(index, turn));
  const what = {
    account,
    login: '',
    health: HEALTHY,
    comparedWith: turn === 0 ? null : turn,
    takenAt: turn,
    changed: indices.map((index) => watchedOf(index, turn)),
    removed: [],
    events,
    notifications: events.map(({ id }, at) => ({ eventId: id, channel: 'mail', recipient: recipientOf(at) }) as const),
    now: turn,
  };
  const before = performance.now();
  const told = await store.commitPoll(what);
  const took = performance.now() - before;
  if (told.length !== EVENTS) throw new Error(`${told.length} events were new`);
  return took;
}

/** ms; the texts are ready before. */
function insert(indices: readonly number[], turn: number): number {
  const rows = indices.map((index) => ({
    id: `event-${index}`,
    uploadId: `upload-${index}`,
    upload: JSON.stringify(watchedOf(index, turn)),
    event: JSON.stringify(eventOf(index, turn)),
    recipient: recipientOf(index % EVENTS),
  }));
  const before = performance.now();
  db.exec('BEGIN IMMEDIATE');
  for (const row of rows) putUpload.run(1, row.uploadId, row.upload);
  for (const row of rows) addEvent.run(row.id, 1, 'upload.failed', turn, row.uploadId, row.event);
  for (const row of rows) addNotification.run(1, row.id, 'mail', row.recipient, turn);
  db.exec('COMMIT');
  return performance.now() - before;
}
