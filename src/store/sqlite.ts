// The store on SQLite. One connection, synchronous inside; a transaction reads no clock and makes no call outside.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Event } from '../domain/events.ts';
import type { Delivery } from '../domain/notify.ts';
import type { Watched } from '../domain/upload.ts';
import { openDatabase } from './sqlite-open.ts';
import type { Health } from '../domain/health.ts';
import {
  type Claim,
  type HealthCommit,
  type OutboxCount,
  type PollCommit,
  type Settlement,
  type Store,
  StateError,
} from './store.ts';

type Row = Record<string, unknown>;

/** Throws StateError when the state is locked by another process, corrupt or not writable. */
export function openSqliteStore(stateDir: string): Store {
  const { db, close } = openDatabase(stateDir);
  const sql = statements(db);
  // We hold the lock, so whoever leased these is gone: they need not wait for their leases to run out.
  db.exec("UPDATE delivery SET lease_until = NULL WHERE state = 'pending'");

  function transaction<T>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function commitPoll(commit: PollCommit): readonly Event[] {
    const { account } = commit;
    const stored = number(get(sql.sequence, account)?.['sequence']);
    if (stored !== commit.comparedWith) {
      throw new StateError(
        `state: snapshot ${String(stored)} is stored, ${String(commit.comparedWith)} was compared with; another monitor writes to it`,
      );
    }
    sql.setSequence.run((stored ?? 0) + 1, commit.takenAt, account);
    for (const watched of commit.changed) sql.putUpload.run(account, watched.upload.id, JSON.stringify(watched));
    for (const id of commit.removed) sql.removeUpload.run(account, id);
    return commitHealth(commit);
  }

  function commitHealth(commit: HealthCommit): readonly Event[] {
    const { account, now } = commit;
    sql.putHealth.run(commit.login, JSON.stringify(commit.health));
    const fresh = commit.events.filter((event) => {
      const { id, kind, time, upload } = event;
      return sql.addEvent.run(id, account, kind, time, upload?.id ?? null, JSON.stringify(event)).changes === 1;
    });
    const isFresh = new Set(fresh.map((event) => event.id));
    for (const delivery of commit.deliveries) addDelivery(account, delivery, isFresh, now);
    return fresh;
  }

  function addDelivery(account: number, delivery: Delivery, isFresh: ReadonlySet<string>, now: number): void {
    const events = eventsOf(delivery).filter((event) => isFresh.has(event.id));
    if (events.length === 0) return;
    // The recipient's oldest is tried before this one, so that people read things in the order in which they happened.
    sql.wakeOldest.run(now, delivery.channel, delivery.recipient, now);
    sql.addDelivery.run(delivery.id, account, delivery.channel, delivery.recipient, now, now);
    for (const [position, event] of events.entries()) sql.addDeliveryEvent.run(delivery.id, position, event.id);
  }

  function claim(now: number, leaseUntil: number, limit: number): readonly Claim[] {
    return all(sql.due, now, now, limit).map((row) => {
      const id = String(row['id']);
      sql.lease.run(leaseUntil, now, id);
      return {
        id,
        channel: row['channel'] as Claim['channel'],
        recipient: String(row['recipient']),
        content: { kind: 'events', events: all(sql.eventsOf, id).map((each) => document(each) as Event) },
        tries: Number(row['started']) + 1,
        unfinished: Number(row['unfinished']),
        firstTriedAt: number(row['first_tried_at']) ?? now,
      };
    });
  }

  function settle(id: string, settlement: Settlement): void {
    switch (settlement.result) {
      case 'delivered': {
        sql.settle.run('delivered', settlement.at, null, id);
        sql.wakeAll.run(settlement.at, id, settlement.at);
        return;
      }
      case 'dead':
        sql.settle.run('dead', settlement.at, settlement.reason, id);
        return;
      case 'retry':
        sql.postpone.run(settlement.dueAt, settlement.reason, id);
    }
  }

  const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);

  return {
    openAccount: (deployment, user, now) =>
      later(() => {
        sql.addAccount.run(deployment, user, now);
        const row = get(sql.account, deployment, user);
        return { id: Number(row?.['id']), createdAt: Number(row?.['created_at']) };
      }),
    loadSnapshot: (account) =>
      later(() => {
        const row = get(sql.sequence, account);
        const sequence = number(row?.['sequence']);
        if (sequence === null) return null;
        const uploads = all(sql.uploads, account).map((each) => document(each) as Watched);
        const takenAt = number(row?.['taken_at']) ?? 0;
        return { sequence, takenAt, uploads: new Map(uploads.map((watched) => [watched.upload.id, watched])) };
      }),
    commitPoll: (commit) => later(() => transaction(() => commitPoll(commit))),
    commitHealth: (commit) => later(() => transaction(() => commitHealth(commit))),
    loadHealth: (login) =>
      later(() => {
        const row = get(sql.health, login);
        return row === undefined ? null : (document(row) as Health);
      }),
    claimDeliveries: (now, leaseUntil, limit) => later(() => transaction(() => claim(now, leaseUntil, limit))),
    settleDelivery: (id, settlement) =>
      later(() => {
        transaction(() => {
          settle(id, settlement);
        });
      }),
    outboxCounts: () =>
      later(() =>
        all(sql.counts).map((row): OutboxCount => ({
          channel: row['channel'] as OutboxCount['channel'],
          pending: Number(row['pending']),
          dead: Number(row['dead']),
          oldestPendingAt: number(row['oldest']),
        })),
      ),
    recentRefusals: (login, since) => later(() => all(sql.refusals, login, since).map((row) => Number(row['time']))),
    addRefusal: (login, time) =>
      later(() => {
        transaction(() => {
          sql.forgetRefusals.run(time - 86_400_000);
          sql.addRefusal.run(login, time);
        });
      }),
    prune: (before) =>
      later(() =>
        transaction(() => {
          const deliveries = Number(sql.pruneDeliveries.run(before).changes);
          return { deliveries, events: Number(sql.pruneEvents.run(before).changes) };
        }),
      ),
    probe: (now) =>
      later(() => {
        sql.probe.run(now);
      }),
    close: () => later(close),
  };
}

function statements(db: DatabaseSync) {
  return {
    addAccount: db.prepare(
      'INSERT INTO account (deployment, user, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    account: db.prepare('SELECT id, created_at FROM account WHERE deployment = ? AND user = ?'),
    sequence: db.prepare('SELECT sequence, taken_at FROM account WHERE id = ?'),
    setSequence: db.prepare('UPDATE account SET sequence = ?, taken_at = ? WHERE id = ?'),
    uploads: db.prepare('SELECT document FROM upload WHERE account_id = ?'),
    putUpload: db.prepare('INSERT INTO upload VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document'),
    removeUpload: db.prepare('DELETE FROM upload WHERE account_id = ? AND upload_id = ?'),
    health: db.prepare('SELECT document FROM health WHERE login = ?'),
    putHealth: db.prepare('INSERT INTO health VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document'),
    addEvent: db.prepare(
      'INSERT INTO event (id, account_id, kind, time, upload_id, document) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    addDelivery: db.prepare(
      "INSERT INTO delivery (id, account_id, channel, recipient, state, created_at, due_at) VALUES (?, ?, ?, ?, 'pending', ?, ?)",
    ),
    addDeliveryEvent: db.prepare('INSERT INTO delivery_event VALUES (?, ?, ?)'),
    wakeOldest: db.prepare(
      `UPDATE delivery SET due_at = ? WHERE seq = (SELECT min(seq) FROM delivery WHERE state = 'pending' AND channel = ? AND recipient = ?) AND due_at > ?`,
    ),
    due: db.prepare(
      `SELECT id, channel, recipient, started, unfinished, first_tried_at FROM delivery WHERE seq IN (
         SELECT min(seq) FILTER (WHERE due_at <= ?) FROM delivery WHERE state = 'pending'
         GROUP BY channel, recipient HAVING coalesce(max(lease_until), 0) <= ?)
       ORDER BY seq LIMIT ?`,
    ),
    lease: db.prepare(
      'UPDATE delivery SET lease_until = ?, started = started + 1, unfinished = unfinished + 1, first_tried_at = coalesce(first_tried_at, ?) WHERE id = ?',
    ),
    eventsOf: db.prepare(
      'SELECT document FROM delivery_event JOIN event ON event.id = event_id WHERE delivery_id = ? ORDER BY position',
    ),
    settle: db.prepare(
      'UPDATE delivery SET state = ?, settled_at = ?, reason = ?, lease_until = NULL, unfinished = 0 WHERE id = ?',
    ),
    postpone: db.prepare('UPDATE delivery SET due_at = ?, reason = ?, lease_until = NULL, unfinished = 0 WHERE id = ?'),
    wakeAll: db.prepare(
      `UPDATE delivery SET due_at = ? WHERE state = 'pending' AND (channel, recipient) = (SELECT channel, recipient FROM delivery WHERE id = ?) AND due_at > ?`,
    ),
    counts: db.prepare(
      `SELECT channel, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'dead') AS dead,
              min(created_at) FILTER (WHERE state = 'pending') AS oldest
       FROM delivery WHERE state <> 'delivered' GROUP BY channel`,
    ),
    refusals: db.prepare('SELECT time FROM refusal WHERE login = ? AND time >= ? ORDER BY time'),
    addRefusal: db.prepare('INSERT INTO refusal VALUES (?, ?)'),
    forgetRefusals: db.prepare('DELETE FROM refusal WHERE time < ?'),
    pruneDeliveries: db.prepare("DELETE FROM delivery WHERE state <> 'pending' AND settled_at < ?"),
    pruneEvents: db.prepare(
      'DELETE FROM event WHERE time < ? AND NOT EXISTS (SELECT 1 FROM delivery_event WHERE event_id = event.id)',
    ),
    probe: db.prepare('INSERT INTO probe VALUES (1, ?) ON CONFLICT DO UPDATE SET time = excluded.time'),
  };
}

function eventsOf({ content }: Delivery): readonly Event[] {
  return content.kind === 'events' ? content.events : [];
}

function get(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  return statement.get(...values);
}

function all(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values);
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Documents were written by us, from domain values. */
function document(row: Row): unknown {
  return JSON.parse(String(row['document']));
}
