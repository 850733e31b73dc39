// The desk on PostgreSQL: for people at the command line, beside running monitors. It makes no state and brings none up to date.
import { eventOf } from '../documents.ts';
import type { OperatorStore, Handled } from '../operator.ts';
import type { Database, Session } from './database.ts';
import { accountOf, undeliveredOf } from './undelivered.ts';
import { loadMutes, loadQueue } from './outbox.ts';
import { OURS, lockOutbox } from './guard.ts';
import { loadSnapshot } from './snapshot.ts';
import { number } from '../rows.ts';

/** `login`: with the deployment before it. The schema has to be there. */
export function createPostgresDesk(db: Database, login: string): OperatorStore {
  async function handle(
    ids: readonly string[],
    now: number,
    change: (session: Session, id: string) => Promise<unknown>,
  ): Promise<Handled> {
    const handled = { done: [] as string[], unknown: [] as string[], busy: [] as string[] };
    await db.transaction(async (session) => {
      await lockOutbox(session, login);
      for (const id of new Set(ids)) {
        const [row] = await session.rows(
          `SELECT state, lease_until FROM delivery WHERE ${OURS} AND id = $2 AND state IN ('pending', 'dead')`,
          login,
          id,
        );
        if (row === undefined) handled.unknown.push(id);
        else if (row['state'] === 'pending' && (number(row['lease_until']) ?? 0) > now) handled.busy.push(id);
        else {
          await change(session, id);
          handled.done.push(id);
        }
      }
    });
    return handled;
  }

  return {
    account: (deployment, ofLogin) => accountOf(db, deployment, login, ofLogin),
    snapshot: (account) => loadSnapshot(db, account, null),
    async events({ since, uploadId, kinds }) {
      const rows = await db.rows(
        `SELECT document FROM event WHERE ${OURS} AND time >= $2
           AND (cardinality($3::text[]) = 0 OR kind = ANY($3)) ${uploadId === null ? '' : 'AND upload_id = $4'}
         ORDER BY seq`,
        ...[login, since, kinds],
        ...(uploadId === null ? [] : [uploadId]),
      );
      return rows.map(eventOf);
    },
    undelivered: (now) => undeliveredOf(db, login, now),
    queue: (now) => db.reading((session) => loadQueue(session, login, now)),
    mutes: (now) => loadMutes(db, login, now),
    retry: (ids, now) =>
      handle(ids, now, (session, id) =>
        session.rows(
          `UPDATE delivery SET state = 'pending', due_at = $2, not_before = 0, started = 0, unfinished = 0, first_tried_at = NULL,
             settled_at = NULL, lease_until = NULL, lease_by = NULL WHERE id = $1`,
          id,
          now,
        ),
      ),
    drop: (ids, now) =>
      handle(ids, now, (session, id) =>
        session.rows(
          `UPDATE delivery SET state = 'dropped', settled_at = $2, lease_until = NULL, lease_by = NULL, unfinished = 0
           WHERE id = $1`,
          id,
          now,
        ),
      ),
    async mute(account, uploadIds, until, now) {
      await db.rows(
        `INSERT INTO mute SELECT $1, *, $3, $4 FROM unnest($2::text[])
         ON CONFLICT (account_id, upload_id) DO UPDATE SET created_at = excluded.created_at, until = excluded.until`,
        account,
        uploadIds.length === 0 ? [''] : [...new Set(uploadIds)],
        now,
        until,
      );
    },
    async unmute(account, uploadIds, now) {
      const ended = await db.rows(
        `DELETE FROM mute WHERE account_id = $1 AND until > $2
           AND (cardinality($3::text[]) = 0 OR upload_id = ANY($3)) RETURNING 1`,
        account,
        now,
        uploadIds,
      );
      return ended.length;
    },
    async ack(account, uploadIds, now) {
      await db.rows(
        `INSERT INTO ack SELECT $1, *, $3 FROM unnest($2::text[])
         ON CONFLICT (account_id, upload_id) DO UPDATE SET at = excluded.at`,
        account,
        [...new Set(uploadIds)],
        now,
      );
    },
    close: () => db.close(),
  };
}
