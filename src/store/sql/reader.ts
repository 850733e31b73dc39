// The reader: for pages and the API, beside the monitor's own work.
import type { Database } from '../database.ts';
import { eventOf } from '../documents.ts';
import type { Reader, Receipt } from '../reader.ts';
import { type Row, number, text } from '../rows.ts';
import { filtered, newestOf } from './events.ts';
import { runEnds } from './run-ends.ts';
import { accountOf, loadSnapshot } from './snapshot.ts';
import { undeliveredOf } from './undelivered.ts';

/** `login`: with the deployment before it. */
export function createReader(db: Database, login: string): Reader {
  return {
    account: (deployment, name) => accountOf(db, deployment, name),
    snapshot: (account, held = null) => loadSnapshot(db, account, held),
    eventsOf: (account, uploadId, limit) => newestOf(db, account, uploadId, limit),
    runEnds: (account, uploadIds, limit) => runEnds(db, account, uploadIds, limit),
    async newest(account, since, limit) {
      const found = await db.rows(
        'SELECT document FROM event WHERE account_id = $1 AND time >= $2 ORDER BY time DESC, seq DESC LIMIT $3',
        account,
        since,
        limit,
      );
      return found.map(eventOf);
    },
    async events(account, { since, after, limit, ...filter }) {
      // One row more than asked for shows whether there are more.
      const { sql, values } = filtered(filter, db.dialect, [account, since, after, limit + 1]);
      const found = await db.rows(
        `SELECT seq, document FROM event WHERE account_id = $1 AND time >= $2 AND seq > $3 ${sql} ORDER BY seq LIMIT $4`,
        ...values,
      );
      const shown = found.slice(0, limit);
      return {
        events: shown.map(eventOf),
        next: found.length > limit ? number(shown.at(-1)?.['seq']) : null,
      };
    },
    async receiptsOf(account, uploadId, limit) {
      const found = await db.rows(
        `SELECT event_id, notification.channel, notification.recipient, coalesce(state, 'waiting') AS state, reason,
                coalesce(settled_at, delivery.created_at, notification.created_at) AS at
         FROM event JOIN notification ON event_id = event.id LEFT JOIN delivery ON delivery.id = delivery_id
         WHERE event.account_id = $1 AND event.upload_id = $2 ORDER BY event.seq DESC, notification.seq LIMIT $3`,
        account,
        uploadId,
        limit,
      );
      return found.map(receiptOf);
    },
    undelivered: (now, limit, account = null) => undeliveredOf(db, login, now, limit, account),
    close: () => db.close(),
  };
}

function receiptOf(row: Row): Receipt {
  return {
    eventId: String(row['event_id']),
    channel: row['channel'] as Receipt['channel'],
    recipient: String(row['recipient']),
    state: row['state'] as Receipt['state'],
    at: Number(row['at']),
    reason: row['state'] === 'delivered' ? null : text(row['reason']),
    answer: row['state'] === 'delivered' ? text(row['reason']) : null,
  };
}
