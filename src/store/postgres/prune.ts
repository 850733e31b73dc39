// Removes what is old from PostgreSQL, in small steps, so that nobody waits for it.
import type { Session } from './database.ts';
import { OURS } from './guard.ts';
import type { Pruned } from '../store.ts';

/** Most rows that one transaction removes of a table. */
const MAX_ROWS = 500;

export async function pruneStep(session: Session, login: string, before: number): Promise<Pruned> {
  await session.rows(`DELETE FROM mute WHERE ${OURS} AND until < $2`, login, before);
  const loose = await session.rows(
    `DELETE FROM notification WHERE seq IN (
       SELECT notification.seq FROM notification JOIN (
         SELECT id FROM delivery WHERE ${OURS} AND state <> 'pending' AND settled_at < $2 ORDER BY settled_at LIMIT $3
       ) AS old ON delivery_id = old.id LIMIT $3) RETURNING 1`,
    login,
    before,
    MAX_ROWS,
  );
  const deliveries = await session.rows(
    `DELETE FROM delivery WHERE seq IN (
       SELECT seq FROM delivery WHERE ${OURS} AND state <> 'pending' AND settled_at < $2
         AND NOT EXISTS (SELECT 1 FROM notification WHERE delivery_id = delivery.id) ORDER BY settled_at LIMIT $3) RETURNING 1`,
    login,
    before,
    MAX_ROWS,
  );
  const events = await session.rows(
    `DELETE FROM event WHERE seq IN (
       SELECT seq FROM event WHERE ${OURS} AND time < $2
         AND NOT EXISTS (SELECT 1 FROM notification WHERE event_id = event.id) LIMIT $3) RETURNING 1`,
    login,
    before,
    MAX_ROWS,
  );
  const isDone = [loose, deliveries, events].every(({ length }) => length < MAX_ROWS);
  return { events: events.length, deliveries: deliveries.length, isDone };
}
