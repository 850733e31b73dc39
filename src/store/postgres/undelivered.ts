// What those who look, and people at the command line, read from PostgreSQL; shared by the reader and the desk.
import type { Health } from '../../domain/nomad/health.ts';
import type { KnownAccount, Undelivered } from '../operator.ts';
import type { Session } from './database.ts';
import { contentOf, eventsOf } from './outbox.ts';
import { OURS } from './guard.ts';
import { number, text } from '../rows.ts';

/** The account that a login was last seen to be; null: this state has not met it. `login`: with the deployment before it. */
export async function accountOf(
  session: Session,
  deployment: string,
  login: string,
  ofLogin: string,
): Promise<KnownAccount | null> {
  const [found] = await session.rows('SELECT health FROM login WHERE login = $1 AND health IS NOT NULL', login);
  const identity = found === undefined ? null : (JSON.parse(String(found['health'])) as Health).identity;
  if (identity === null) return null;
  const [row] = await session.rows(
    'SELECT id, created_at FROM account WHERE deployment = $1 AND user_id = $2',
    deployment,
    identity.userId ?? ofLogin,
  );
  return row === undefined ? null : { id: Number(row['id']), createdAt: Number(row['created_at']), identity };
}

/** Oldest first. */
export async function undeliveredOf(
  session: Session,
  login: string,
  now: number,
  limit: number | null = null,
): Promise<readonly Undelivered[]> {
  const rows = await session.rows(
    `SELECT * FROM delivery WHERE ${OURS} AND state = 'pending'
     UNION ALL SELECT * FROM delivery WHERE ${OURS} AND state = 'dead' ORDER BY seq LIMIT $2`,
    login,
    limit,
  );
  const carried = await eventsOf(
    session,
    rows.map(({ id }) => String(id)),
  );
  return rows.map((row) => ({
    id: String(row['id']),
    channel: row['channel'] as Undelivered['channel'],
    recipient: String(row['recipient']),
    state: row['state'] as Undelivered['state'],
    content: contentOf(row, carried.get(String(row['id'])) ?? []),
    createdAt: Number(row['created_at']),
    tries: Number(row['started']),
    dueAt: row['state'] === 'pending' ? Number(row['due_at']) : null,
    reason: text(row['reason']),
    isBeingSent: row['state'] === 'pending' && (number(row['lease_until']) ?? 0) > now,
  }));
}
