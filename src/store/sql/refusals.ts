// Refused logins: counted by the monitor and by `check` together, so that NOMAD is not asked until it locks the account.
import { DAY } from '../../domain/text/durations.ts';
import type { Session } from '../database.ts';

export interface RefusalNotes {
  recent(login: string, since: number): Promise<readonly number[]>;
  add(login: string, time: number): Promise<void>;
}

export async function recentRefusals(session: Session, login: string, since: number): Promise<readonly number[]> {
  const rows = await session.rows(
    'SELECT time FROM refusal WHERE login = $1 AND time >= $2 ORDER BY time',
    login,
    since,
  );
  return rows.map((row) => Number(row['time']));
}

/** A login forgets its own of more than a day ago, and nobody else's: those are by another clock. */
export async function addRefusal(session: Session, login: string, time: number): Promise<void> {
  await session.rows('DELETE FROM refusal WHERE login = $1 AND time < $2', login, time - DAY);
  await session.rows('INSERT INTO refusal (login, time) VALUES ($1, $2)', login, time);
}
