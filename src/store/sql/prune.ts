// Removes what is old in small steps, so that nobody waits for it.
import type { Session } from '../database.ts';
import type { Pruned } from '../store.ts';

/** Most rows that one transaction removes, mutes aside. */
const MAX_ROWS = 500;

/** To be called within a transaction. */
export async function pruneStep(session: Session, login: string, before: number): Promise<Pruned> {
  const { ours } = session.dialect;
  await session.rows(`DELETE FROM mute WHERE ${ours} AND until < $2`, login, before);
  let left = MAX_ROWS;
  /** Answers with how many went. */
  async function remove(sql: string): Promise<number> {
    if (left === 0) return 0;
    const { length } = await session.rows(`${sql} RETURNING 1 AS removed`, login, before, left);
    left -= length;
    return length;
  }
  const old = `SELECT id, seq FROM delivery WHERE ${ours} AND state <> 'pending' AND settled_at < $2`;
  await remove(
    `DELETE FROM notification WHERE seq IN (
       SELECT notification.seq FROM notification JOIN (${old} ORDER BY settled_at LIMIT $3) AS old ON delivery_id = old.id LIMIT $3)`,
  );
  const deliveries = await remove(
    `DELETE FROM delivery WHERE seq IN (
       SELECT seq FROM (${old} AND NOT EXISTS (SELECT 1 FROM notification WHERE delivery_id = delivery.id)
         ORDER BY settled_at LIMIT $3) AS bare)`,
  );
  const events = await remove(
    `DELETE FROM event WHERE seq IN (
       SELECT seq FROM event WHERE ${ours} AND time < $2
         AND NOT EXISTS (SELECT 1 FROM notification WHERE event_id = event.id) LIMIT $3)`,
  );
  return { events, deliveries, isDone: left > 0 };
}
