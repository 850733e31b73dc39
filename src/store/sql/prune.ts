// Removes what is old in small steps, so that nobody waits for it. A delivery goes together with its notifications: nobody finds one without
// them, and sends a message of nothing.
import type { Session } from '../database.ts';
import type { Pruned } from '../store.ts';

/** Most rows that one transaction removes, mutes aside. */
const MAX_ROWS = 500;
/** Most deliveries that it looks at: each has a row of its own and mostly a notification. */
const MAX_DELIVERIES = MAX_ROWS / 2;

/** To be called within a transaction. */
export async function pruneStep(session: Session, login: string, before: number): Promise<Pruned> {
  const { ours, forUpdate } = session.dialect;
  await session.rows(`DELETE FROM mute WHERE ${ours} AND until < $2`, login, before);
  const old = await session.rows(
    `SELECT id, (SELECT count(*) FROM notification WHERE delivery_id = delivery.id) AS carried FROM delivery
     WHERE ${ours} AND state <> 'pending' AND settled_at < $2 ORDER BY settled_at LIMIT $3 ${forUpdate}`,
    login,
    before,
    MAX_DELIVERIES,
  );
  const whole: string[] = [];
  let left = MAX_ROWS;
  for (const { id, carried } of old) {
    const rows = Number(carried) + 1;
    if (rows > left) break;
    whole.push(String(id));
    left -= rows;
  }
  const [first] = old;
  if (first !== undefined && whole.length === 0) {
    await shorten(session, String(first['id']), Math.min(MAX_ROWS, Number(first['carried']) - 1));
    return { events: 0, deliveries: 0, isDone: false };
  }
  await removeDeliveries(session, whole);
  const events = await removeEvents(session, login, before, left);
  const isAll = whole.length === old.length && old.length < MAX_DELIVERIES;
  return { events, deliveries: whole.length, isDone: isAll && events < left };
}

/** One that carries more than a step removes: some of its notifications go; at least one stays for the next step. */
async function shorten(session: Session, delivery: string, rows: number): Promise<void> {
  await session.rows(
    `DELETE FROM notification WHERE seq IN (SELECT seq FROM notification WHERE delivery_id = $1 ORDER BY seq LIMIT $2)`,
    delivery,
    rows,
  );
}

async function removeDeliveries(session: Session, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { oneOf } = session.dialect;
  await session.rows(`DELETE FROM notification WHERE ${oneOf('delivery_id', 1)}`, ids);
  await session.rows(`DELETE FROM delivery WHERE ${oneOf('id', 1)}`, ids);
}

/** Those that nobody is, or was lately, notified of. Returns how many were removed. */
async function removeEvents(session: Session, login: string, before: number, limit: number): Promise<number> {
  if (limit === 0) return 0;
  const removed = await session.rows(
    `DELETE FROM event WHERE seq IN (
       SELECT seq FROM event WHERE ${session.dialect.ours} AND time < $2
         AND NOT EXISTS (SELECT 1 FROM notification WHERE event_id = event.id) LIMIT $3) RETURNING 1 AS removed`,
    login,
    before,
    limit,
  );
  return removed.length;
}
