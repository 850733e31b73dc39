// Whose rows an instance sees: those of the accounts that its login was seen to be.
import { NotLeading } from './leadership.ts';
import type { Session } from './postgres-connect.ts';

/** Of any table with an `account_id`; `$1` is the login. */
export const OURS = 'account_id IN (SELECT account_id FROM login_account WHERE login = $1)';

/** What is done to the outbox of one login is done one after the other, so that two instances never wait for one another in a circle. */
export async function lockOutbox(session: Session, login: string): Promise<void> {
  await session.rows("SELECT pg_advisory_xact_lock(hashtextextended('nomad_upload_monitor outbox ' || $1, 0))", login);
}

/** Refuses what a leader wants to store after another one took over; no other can while the transaction lasts. */
export async function fence(session: Session, login: string, epoch: number | null): Promise<void> {
  const [row] = await session.rows('SELECT epoch FROM login WHERE login = $1 FOR SHARE', login);
  if (epoch !== null && Number(row?.['epoch']) === epoch) return;
  throw new NotLeading('another instance leads by now: what this one wanted to store is not stored');
}
