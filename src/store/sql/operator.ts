// For people at the command line, beside running monitors. It makes no state and migrates none.
import type { Database, Into, Session } from '../database.ts';
import { eventOf } from '../documents.ts';
import type { Handled, OperatorStore } from '../operator.ts';
import type { Sharing } from '../sharing.ts';
import { filtered } from './events.ts';
import { loadQueue } from './outbox.ts';
import { accountOf, loadSnapshot } from './snapshot.ts';
import { deliveredOf, isLeased, undeliveredOf } from './undelivered.ts';

const MUTE: Into = {
  table: 'mute',
  columns: { account_id: 'bigint', upload_id: 'text', created_at: 'bigint', until: 'bigint' },
  then: 'ON CONFLICT (account_id, upload_id) DO UPDATE SET created_at = excluded.created_at, until = excluded.until',
};
const ACK: Into = {
  table: 'ack',
  columns: { account_id: 'bigint', upload_id: 'text', at: 'bigint' },
  then: 'ON CONFLICT (account_id, upload_id) DO UPDATE SET at = excluded.at',
};
const RETRY = `UPDATE delivery SET state = 'pending', due_at = $2, not_before = 0, started = 0, unfinished = 0, first_tried_at = NULL,
  settled_at = NULL, lease_until = NULL, lease_by = NULL WHERE id = $1`;
const DROP = `UPDATE delivery SET state = 'dropped', settled_at = $2, lease_until = NULL, lease_by = NULL, unfinished = 0
  WHERE id = $1`;

/** `login`: with the deployment before it. */
export function createOperatorStore(
  db: Database,
  login: string,
  { onOutbox }: Pick<Sharing, 'onOutbox'>,
): OperatorStore {
  const handle = (ids: readonly string[], now: number, change: string) =>
    onOutbox((session) => handleEach(session, { login, ids: new Set(ids), now, change }));

  return {
    account: (deployment, name) => accountOf(db, deployment, name),
    snapshot: (account) => loadSnapshot(db, account, null),
    async events({ since, account, ...filter }) {
      const { sql, values } = filtered(filter, db.dialect, [login, since]);
      const ofAccount = account === undefined ? '' : ` AND account_id = $${values.push(account)}`;
      const rows = await db.rows(
        `SELECT document FROM event WHERE ${db.dialect.ours} AND time >= $2 ${sql}${ofAccount} ORDER BY seq`,
        ...values,
      );
      return rows.map(eventOf);
    },
    undelivered: (now) => undeliveredOf(db, login, now),
    delivered: (limit) => deliveredOf(db, login, limit),
    queue: (now) => db.reading((session) => loadQueue(session, login, now)),
    retry: (ids, now) => handle(ids, now, RETRY),
    drop: (ids, now) => handle(ids, now, DROP),
    async mute(account, uploadIds, until, now) {
      const ids = uploadIds.length === 0 ? [''] : [...new Set(uploadIds)];
      await db.insert(
        MUTE,
        ids.map((id) => [account, id, now, until]),
      );
    },
    async unmute(account, uploadIds, now) {
      const values = [account, now, ...(uploadIds.length > 0 ? [uploadIds] : [])];
      const which = uploadIds.length > 0 ? `AND ${db.dialect.oneOf('upload_id', 3)}` : '';
      const ended = await db.rows(
        `DELETE FROM mute WHERE account_id = $1 AND until > $2 ${which} RETURNING 1 AS ended`,
        ...values,
      );
      return ended.length;
    },
    async ack(account, uploadIds, now) {
      await db.insert(
        ACK,
        [...new Set(uploadIds)].map((id) => [account, id, now]),
      );
    },
    close: () => db.close(),
  };
}

interface Wanted {
  readonly login: string;
  readonly ids: ReadonlySet<string>;
  readonly now: number;
  /** A statement with the delivery's id and `now`. */
  readonly change: string;
}

async function handleEach(session: Session, { login, ids, now, change }: Wanted): Promise<Handled> {
  const handled = { done: [] as string[], unknown: [] as string[], busy: [] as string[] };
  for (const id of ids) {
    const [row] = await session.rows(
      `SELECT state, lease_until FROM delivery WHERE ${session.dialect.ours} AND id = $2 AND state IN ('pending', 'dead')`,
      login,
      id,
    );
    if (row === undefined) handled.unknown.push(id);
    else if (isLeased(row, now)) handled.busy.push(id);
    else {
      await session.rows(change, id, now);
      handled.done.push(id);
    }
  }
  return handled;
}
