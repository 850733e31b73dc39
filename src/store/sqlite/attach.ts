// The desk on SQLite: a connection beside the monitor's own. It makes no state and brings none up to date.
import { eventOf } from '../documents.ts';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accountOf } from './account.ts';
import type { OperatorStore, Handled } from '../operator.ts';
import { sqliteFaultOf } from './errors.ts';
import { loadQueue, mutesOf } from './outbox.ts';
import { all, get } from './rows.ts';
import { loadSnapshot } from './snapshot.ts';
import { statements } from './statements.ts';
import { isLeased, undeliveredOf } from './undelivered.ts';
import { inTransaction } from './transaction.ts';
import { knownVersion, refuseNewer, versionOf } from './schema-version.ts';
import { StateError } from '../store.ts';

/** ms that a running monitor may keep us waiting. */
const TIMEOUT_MS = 10_000;

/** Throws StateError when there is no state, or it cannot be used as it is. */
export function openSqliteDesk(stateDir: string): OperatorStore {
  const file = join(resolve(stateDir), 'state.sqlite');
  if (!existsSync(file)) {
    throw new StateError(
      `state: there is none in ${resolve(stateDir)} yet; start the monitor, or set STATE_DIR to its folder`,
    );
  }
  const db = openBeside(file);
  const sql = statements(db);
  const own = deskStatements(db);

  const transaction = <T>(work: () => T): T => inTransaction(db, work);

  function handle(ids: readonly string[], now: number, change: (id: string) => void): Handled {
    const handled = { done: [] as string[], unknown: [] as string[], busy: [] as string[] };
    transaction(() => {
      for (const id of new Set(ids)) {
        const row = get(own.find, id);
        if (row === undefined) handled.unknown.push(id);
        else if (isLeased(row, now)) handled.busy.push(id);
        else {
          change(id);
          handled.done.push(id);
        }
      }
    });
    return handled;
  }

  return {
    account: async (deployment, login) => accountOf(sql, deployment, login),
    snapshot: async (account) => loadSnapshot(sql, account, null),
    events: async ({ since, uploadId, kinds }) =>
      all(own.events, since, uploadId, uploadId)
        .filter((row) => kinds.length === 0 || kinds.some((kind) => kind === row['kind']))
        .map(eventOf),
    undelivered: async (now) => undeliveredOf(db, sql, now),
    queue: async (now) => loadQueue(sql, now),
    mutes: async (now) => mutesOf(sql, now),
    retry: async (ids, now) => handle(ids, now, (id) => own.retry.run(now, id)),
    drop: async (ids, now) => handle(ids, now, (id) => own.drop.run(now, id)),
    async mute(account, uploadIds, until, now) {
      transaction(() => {
        for (const id of uploadIds.length === 0 ? [''] : uploadIds) own.mute.run(account, id, now, until);
      });
    },
    unmute: async (account, uploadIds, now) =>
      transaction(() => {
        if (uploadIds.length === 0) return Number(own.unmuteAll.run(account, now).changes);
        return uploadIds.reduce((count, id) => count + Number(own.unmute.run(account, id, now).changes), 0);
      }),
    async ack(account, uploadIds, now) {
      transaction(() => {
        for (const id of uploadIds) own.ack.run(account, id, now);
      });
    },
    async close() {
      db.close();
    },
  };
}

function openBeside(file: string): DatabaseSync {
  refuseNewer(file);
  try {
    const db = new DatabaseSync(file, { timeout: TIMEOUT_MS, enableForeignKeyConstraints: true });
    if (versionOf(db) === knownVersion()) {
      db.exec('PRAGMA synchronous = FULL;');
      return db;
    }
    db.close();
  } catch (error) {
    const advice = sqliteFaultOf(error)?.advice ?? 'ask as the user that the monitor runs as';
    throw new StateError(
      `state: ${file} cannot be used (${error instanceof Error ? error.message : String(error)}); ${advice}`,
    );
  }
  throw new StateError(
    `state: ${file} was written by an older version; start the monitor once, it brings it up to date`,
  );
}

function deskStatements(db: DatabaseSync) {
  return {
    events: db.prepare(
      'SELECT kind, document FROM event WHERE time >= ? AND (? IS NULL OR upload_id = ?) ORDER BY seq',
    ),
    find: db.prepare("SELECT state, lease_until FROM delivery WHERE id = ? AND state IN ('pending', 'dead')"),
    retry: db.prepare(
      `UPDATE delivery SET state = 'pending', due_at = ?, not_before = 0, started = 0, unfinished = 0, first_tried_at = NULL,
         settled_at = NULL, lease_until = NULL WHERE id = ?`,
    ),
    drop: db.prepare(
      "UPDATE delivery SET state = 'dropped', settled_at = ?, lease_until = NULL, unfinished = 0 WHERE id = ?",
    ),
    mute: db.prepare(
      `INSERT INTO mute VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET created_at = excluded.created_at, until = excluded.until`,
    ),
    unmuteAll: db.prepare('DELETE FROM mute WHERE account_id = ? AND until > ?'),
    unmute: db.prepare('DELETE FROM mute WHERE account_id = ? AND upload_id = ? AND until > ?'),
    ack: db.prepare('INSERT INTO ack VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at'),
  };
}
