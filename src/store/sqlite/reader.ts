// The reader on SQLite: a connection that cannot write, beside the monitor's own.
import { eventOf } from '../documents.ts';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RUN_ENDS, type ToldRunEnd, runOf } from '../../domain/report/run-history.ts';
import type { Reader, Receipt } from '../reader.ts';
import { accountOf } from './account.ts';
import { type Row, number, text } from '../rows.ts';
import { all } from './rows.ts';
import { loadSnapshot } from './snapshot.ts';
import { statements } from './statements.ts';
import { undeliveredOf } from './undelivered.ts';

/** ms that the monitor's own work may keep us waiting. */
const TIMEOUT_MS = 5000;

/** Of a state that the store has opened. */
export function openSqliteReader(stateDir: string): Reader {
  const db = new DatabaseSync(join(stateDir, 'state.sqlite'), { readOnly: true, timeout: TIMEOUT_MS });
  const sql = statements(db);
  const eventsOf = db.prepare(
    'SELECT document FROM event WHERE account_id = ? AND upload_id = ? ORDER BY seq DESC LIMIT ?',
  );
  const runEnds = db.prepare(
    `SELECT kind, time, json_extract(document, '$.details.run') AS run,
            json_extract(document, '$.details.complete_time') AS complete_time,
            json_extract(document, '$.details.took_ms') AS took FROM event
     WHERE account_id = ? AND upload_id = ? AND kind IN (${RUN_ENDS.map((kind) => `'${kind}'`).join(', ')})
     ORDER BY time DESC, seq DESC LIMIT ?`,
  );
  const read = `SELECT seq, document FROM event WHERE account_id = ?1 AND time >= ?2 AND seq > ?3
    AND (json_array_length(?4) = 0 OR kind IN (SELECT value FROM json_each(?4)))`;
  const events = db.prepare(`${read} ORDER BY seq LIMIT ?5`);
  const eventsOfOne = db.prepare(`${read} AND upload_id = ?6 ORDER BY seq LIMIT ?5`);
  // What befell NOMAD is rare, and in the index: it is not looked for among what befell uploads.
  const eventsOfNone = db.prepare(`${read} AND upload_id IS NULL ORDER BY seq LIMIT ?5`);
  const newest = db.prepare(
    'SELECT document FROM event WHERE account_id = ? AND time >= ? ORDER BY time DESC, seq DESC LIMIT ?',
  );
  const told = db.prepare(
    `SELECT event_id, notification.channel, notification.recipient, coalesce(state, 'waiting') AS state, reason,
            coalesce(settled_at, delivery.created_at, notification.created_at) AS at
     FROM event JOIN notification ON event_id = event.id LEFT JOIN delivery ON delivery.id = delivery_id
     WHERE event.account_id = ? AND upload_id = ? ORDER BY event.seq DESC, notification.seq LIMIT ?`,
  );
  return {
    account: async (deployment, login) => accountOf(sql, deployment, login),
    snapshot: async (account, held = null) => loadSnapshot(sql, account, held),
    eventsOf: async (account, uploadId, limit) => all(eventsOf, account, uploadId, limit).map(eventOf),
    runEnds: async (account, uploadIds, limit) =>
      new Map(uploadIds.map((id) => [id, all(runEnds, account, id, limit).map(runEndOf).reverse()])),
    newest: async (account, since, limit) => all(newest, account, since, limit).map(eventOf),
    async events(account, { since, kinds, uploadId, after, limit }) {
      // One more than wanted tells whether there are more.
      const about = [account, since, after, JSON.stringify(kinds), limit + 1] as const;
      const isOfNone = kinds.length > 0 && kinds.every((kind) => !kind.startsWith('upload.'));
      const rows =
        uploadId === null ? all(isOfNone ? eventsOfNone : events, ...about) : all(eventsOfOne, ...about, uploadId);
      const shown = rows.slice(0, limit);
      return {
        events: shown.map(eventOf),
        next: rows.length > limit ? number(shown.at(-1)?.['seq']) : null,
      };
    },
    toldOf: async (account, uploadId, limit) =>
      all(told, account, uploadId, limit).map((row): Receipt => ({
        eventId: String(row['event_id']),
        channel: row['channel'] as Receipt['channel'],
        recipient: String(row['recipient']),
        state: row['state'] as Receipt['state'],
        at: Number(row['at']),
        reason: row['state'] === 'delivered' ? null : text(row['reason']),
      })),
    undelivered: async (now, limit) => undeliveredOf(db, sql, now, limit),
    async close() {
      db.close();
    },
  };
}

function runEndOf(row: Row): ToldRunEnd {
  return {
    kind: row['kind'] as ToldRunEnd['kind'],
    time: Number(row['time']),
    run: runOf(row['run'], row['complete_time']),
    took: number(row['took']),
  };
}
