// The SQL of the store, prepared once. What each statement is for is said where it is used.
import type { DatabaseSync } from 'node:sqlite';
import { WAITING } from './rows.ts';

export type Statements = ReturnType<typeof statements>;

export function statements(db: DatabaseSync) {
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
      "INSERT INTO delivery (id, account_id, channel, recipient, document, state, created_at, due_at) VALUES (?, ?, ?, ?, ?, 'pending', ?, ?)",
    ),
    addNotification: db.prepare(
      'INSERT INTO notification (account_id, event_id, channel, recipient, created_at) VALUES (?, ?, ?, ?, ?)',
    ),
    waiting: db.prepare(WAITING),
    underway: db.prepare(
      `SELECT delivery.id, delivery.channel, delivery.recipient, started, unfinished, first_tried_at, event.upload_id
       FROM delivery JOIN notification ON delivery_id = delivery.id JOIN event ON event.id = event_id
       WHERE state = 'pending' ORDER BY delivery.seq`,
    ),
    mailed: db.prepare(
      "SELECT recipient, settled_at FROM delivery WHERE state <> 'pending' AND state = 'delivered' AND channel = 'mail' AND settled_at > ?",
    ),
    isWaiting: db.prepare(
      'SELECT 1 FROM notification WHERE event_id = ? AND channel = ? AND recipient = ? AND delivery_id IS NULL',
    ),
    putIntoDelivery: db.prepare(
      'UPDATE notification SET delivery_id = ? WHERE event_id = ? AND channel = ? AND recipient = ?',
    ),
    mutes: db.prepare('SELECT account_id, upload_id, until FROM mute WHERE until > ?'),
    acks: db.prepare('SELECT upload_id, at FROM ack WHERE account_id = ?'),
    reminders: db.prepare('SELECT upload_id, at FROM reminder WHERE account_id = ?'),
    putReminder: db.prepare('INSERT INTO reminder VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at'),
    forgetReminders: db.prepare('DELETE FROM reminder WHERE account_id = ? AND upload_id = ?'),
    forgetAck: db.prepare('DELETE FROM ack WHERE account_id = ? AND upload_id = ?'),
    setDigested: db.prepare('UPDATE account SET digested_at = ? WHERE id = ?'),
    digestedAt: db.prepare('SELECT digested_at FROM account WHERE id = ?'),
    countEvents: db.prepare(
      'SELECT kind, count(*) AS n FROM event WHERE account_id = ? AND time > ? AND time <= ? GROUP BY kind',
    ),
    wakeOldest: db.prepare(
      `UPDATE delivery SET due_at = max(?, not_before) WHERE seq = (SELECT min(seq) FROM delivery WHERE state = 'pending' AND channel = ? AND recipient = ?) AND due_at > max(?, not_before)`,
    ),
    due: db.prepare(
      `SELECT id, account_id, recipient, document, started, unfinished, first_tried_at FROM delivery WHERE seq IN (
         SELECT min(seq) FILTER (WHERE due_at <= ? OR due_at > ?) FROM delivery WHERE state = 'pending' AND channel = ?
         GROUP BY recipient HAVING coalesce(max(lease_until), 0) <= ?)
       ORDER BY seq LIMIT ?`,
    ),
    lease: db.prepare(
      'UPDATE delivery SET lease_until = ?, started = started + 1, unfinished = unfinished + 1, first_tried_at = min(coalesce(first_tried_at, ?), ?) WHERE id = ?',
    ),
    eventsOf: db.prepare(
      'SELECT document FROM notification JOIN event ON event.id = event_id WHERE delivery_id = ? ORDER BY notification.seq',
    ),
    settle: db.prepare(
      'UPDATE delivery SET state = ?, settled_at = ?, reason = ?, lease_until = NULL, unfinished = 0 WHERE id = ?',
    ),
    postpone: db.prepare(
      'UPDATE delivery SET due_at = ?, not_before = ?, reason = ?, lease_until = NULL, unfinished = 0 WHERE id = ?',
    ),
    hold: db.prepare(
      `UPDATE delivery SET due_at = ?, lease_until = NULL, started = started - 1, unfinished = unfinished - 1, first_tried_at = NULL
       WHERE id = ?`,
    ),
    wakeAll: db.prepare(
      `UPDATE delivery SET due_at = max(?, not_before) WHERE state = 'pending' AND (channel, recipient) = (SELECT channel, recipient FROM delivery WHERE id = ?) AND due_at > max(?, not_before)`,
    ),
    counts: db.prepare(
      `SELECT channel, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'dead') AS dead,
              count(*) FILTER (WHERE state = 'waiting') AS waiting, min(created_at) FILTER (WHERE state = 'pending') AS oldest
       FROM (SELECT channel, state, created_at FROM delivery WHERE state IN ('pending', 'dead')
             UNION ALL SELECT channel, 'waiting', created_at FROM notification WHERE delivery_id IS NULL)
       GROUP BY channel`,
    ),
    refusals: db.prepare('SELECT time FROM refusal WHERE login = ? AND time >= ? ORDER BY time'),
    addRefusal: db.prepare('INSERT INTO refusal VALUES (?, ?)'),
    forgetRefusals: db.prepare('DELETE FROM refusal WHERE time < ?'),
    shiftDeliveries: db.prepare(
      `UPDATE delivery SET due_at = ?, not_before = 0, lease_until = lease_until + ?, first_tried_at = first_tried_at + ?
       WHERE state = 'pending'`,
    ),
    shiftRefusals: db.prepare('UPDATE refusal SET time = time + ?'),
    pruneMutes: db.prepare('DELETE FROM mute WHERE until < ?'),
    oldDeliveries: db.prepare(
      "SELECT id FROM delivery WHERE state <> 'pending' AND settled_at < ? ORDER BY settled_at LIMIT ?",
    ),
    removeNotifications: db.prepare(
      'DELETE FROM notification WHERE seq IN (SELECT seq FROM notification WHERE delivery_id = ? ORDER BY seq LIMIT ?)',
    ),
    removeDelivery: db.prepare('DELETE FROM delivery WHERE id = ?'),
    pruneEvents: db.prepare(
      `DELETE FROM event WHERE seq IN (
         SELECT seq FROM event WHERE account_id IN (SELECT id FROM account) AND time < ?
           AND NOT EXISTS (SELECT 1 FROM notification WHERE event_id = event.id) LIMIT ?)`,
    ),
    probe: db.prepare('INSERT INTO probe VALUES (1, ?) ON CONFLICT DO UPDATE SET time = excluded.time'),
  };
}
