// A state in SQLite, as the campaign sees it: read from its file, without the program's own code.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Event } from '../../../src/domain/event.ts';
import type { Crash, StoredDelivery, StoredState } from './evidence.ts';
import type { Place } from './place.ts';

type Row = Readonly<Record<string, unknown>>;

export function sqlitePlace(stateDir: string): Place {
  return {
    env: { STATE_DIR: stateDir },
    crash: async (scratch) => readCrash(stateDir, scratch),
    unfinished: async () => within(stateDir, unfinishedIn),
    read: async () => readState(stateDir),
    // It is opened by one process, and that knows that the one before is gone.
    passTime: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function readState(stateDir: string): StoredState {
  return within(stateDir, (rows) => {
    const carried = Map.groupBy(
      rows('SELECT delivery_id, event_id FROM notification WHERE delivery_id IS NOT NULL ORDER BY seq'),
      (row) => String(row['delivery_id']),
    );
    const deliveries = rows('SELECT id, channel, recipient, state, reason FROM delivery ORDER BY seq').map(
      (row): StoredDelivery => ({
        id: String(row['id']),
        channel: String(row['channel']),
        recipient: String(row['recipient']),
        state: String(row['state']),
        reason: typeof row['reason'] === 'string' ? row['reason'] : null,
        eventIds: (carried.get(String(row['id'])) ?? []).map((each) => String(each['event_id'])),
      }),
    );
    const events = rows('SELECT document FROM event ORDER BY seq').map(
      (row) => JSON.parse(String(row['document'])) as Event,
    );
    const [checked] = rows('PRAGMA integrity_check');
    return { integrity: String(checked?.['integrity_check']), events, deliveries, unfinished: unfinishedIn(rows) };
  });
}

/** From a copy, so that the next process finds the state as it was left; null: there is none yet. */
function readCrash(stateDir: string, scratch: string): Crash | null {
  if (!existsSync(join(stateDir, 'state.sqlite'))) return null;
  const copy = join(scratch, 'state');
  cpSync(stateDir, copy, { recursive: true });
  return within(copy, (rows) => {
    if (rows("SELECT 1 FROM sqlite_schema WHERE name = 'notification'").length === 0) return null;
    const remembered = rows(
      `SELECT json_extract(document, '$.upload.completeTime') AS at FROM upload
       WHERE json_extract(document, '$.upload.status') IN ('SUCCESS', 'FAILURE')`,
    );
    const found = rows("SELECT json_extract(document, '$.details.complete_time') AS at FROM event");
    const timesOf = (all: readonly Row[]) => all.map(({ at }) => at).filter((at) => typeof at === 'number');
    return { remembered: timesOf(remembered), found: new Set(timesOf(found)) };
  });
}

function unfinishedIn(rows: (sql: string) => readonly Row[]): number {
  const [row] = rows(
    `SELECT (SELECT count(*) FROM delivery WHERE state = 'pending')
          + (SELECT count(*) FROM notification WHERE delivery_id IS NULL) AS n`,
  );
  return Number(row?.['n']);
}

function within<T>(stateDir: string, work: (rows: (sql: string) => readonly Row[]) => T): T {
  const db = new DatabaseSync(join(stateDir, 'state.sqlite'), { timeout: 10_000 });
  try {
    return work((sql) => db.prepare(sql).all());
  } finally {
    db.close();
  }
}
