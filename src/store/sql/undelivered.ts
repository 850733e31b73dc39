// The deliveries that were not taken, and those that were, for those who look beside the store.
import type { Session } from '../database.ts';
import type { Delivered, Undelivered } from '../operator.ts';
import { type Row, number, text } from '../rows.ts';
import { contentOf, eventsOf } from './deliveries.ts';

/** Oldest first. `account`: of this one alone; null: of all. */
export async function undeliveredOf(
  session: Session,
  login: string,
  now: number,
  limit = Number.MAX_SAFE_INTEGER,
  account: number | null = null,
): Promise<readonly Undelivered[]> {
  const { dialect } = session;
  const [ours, of] = account === null ? [dialect.ours, []] : [`${dialect.ours} AND account_id = $3`, [account]];
  const rows = await session.rows(
    `SELECT * FROM delivery WHERE ${ours} AND state = 'pending'
     UNION ALL SELECT * FROM delivery WHERE ${ours} AND state = 'dead' ORDER BY seq LIMIT $2`,
    login,
    limit,
    ...of,
  );
  return (await withContent(session, rows)).map(({ row, delivery }) => ({
    ...delivery,
    state: row['state'] as Undelivered['state'],
    createdAt: Number(row['created_at']),
    dueAt: row['state'] === 'pending' ? Number(row['due_at']) : null,
    reason: text(row['reason']),
    isBeingSent: isLeased(row, now),
  }));
}

/** Newest first. */
export async function deliveredOf(session: Session, login: string, limit: number): Promise<readonly Delivered[]> {
  const rows = await session.rows(
    `SELECT * FROM delivery WHERE ${session.dialect.ours} AND state <> 'pending' AND state = 'delivered'
     ORDER BY settled_at DESC, seq DESC LIMIT $2`,
    login,
    limit,
  );
  return (await withContent(session, rows)).map(({ row, delivery }) => ({
    ...delivery,
    at: Number(row['settled_at']),
    answer: text(row['reason']),
  }));
}

/** What is known of a delivery in each of its states. */
async function withContent(session: Session, rows: readonly Row[]) {
  const carried = await eventsOf(
    session,
    rows.map(({ id }) => String(id)),
  );
  return rows.map((row) => ({
    row,
    delivery: {
      id: String(row['id']),
      channel: row['channel'] as Undelivered['channel'],
      recipient: String(row['recipient']),
      content: contentOf(row, carried.get(String(row['id'])) ?? []),
      tries: Number(row['started']),
    },
  }));
}

export function isLeased(row: Row, now: number): boolean {
  return row['state'] === 'pending' && (number(row['lease_until']) ?? 0) > now;
}
