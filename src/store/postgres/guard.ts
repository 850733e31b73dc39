// Keeps what instances on one database do from crossing: the order on the outbox, and who may store as the leader.
import { NotLeading } from '../leadership.ts';
import type { Database, Session } from '../database.ts';
import type { Row } from '../rows.ts';
import { postgresMigrations } from './migrate.ts';
import { StateError } from '../store.ts';

/** Transactions of what is done to the outbox of one login: one after the other, so that two instances never wait for one another in a circle. */
export function onOutbox(db: Database, login: string): Database['transaction'] {
  return (work) =>
    db.transaction(async (session) => {
      await lockOutbox(session, login);
      return work(session);
    });
}

/** Transactions of what a leader stores: refused after another one took over; no other can while one lasts. `epoch` null: it does not lead. */
export function asLeader(db: Database, login: string, epoch: () => number | null): Database['transaction'] {
  return (work) =>
    db.transaction(async (session) => {
      await fence(session, login, epoch());
      return work(session);
    });
}

export async function lockOutbox(session: Session, login: string): Promise<void> {
  const [row] = await session.rows(
    "SELECT pg_advisory_xact_lock(hashtextextended('nomad_upload_monitor outbox ' || $1, 0)), (SELECT version FROM version) AS version",
    login,
  );
  refuseOther(row);
}

async function fence(session: Session, login: string, epoch: number | null): Promise<void> {
  const [row] = await session.rows(
    'SELECT epoch, (SELECT version FROM version) AS version FROM login WHERE login = $1 FOR SHARE',
    login,
  );
  refuseOther(row);
  if (epoch !== null && Number(row?.['epoch']) === epoch) return;
  throw new NotLeading('another instance leads now; this commit was refused');
}

/** A newer program may have brought the schema forward while this one runs: by its old rules it must write nothing there. */
function refuseOther(row: Row | undefined): void {
  const known = postgresMigrations().length;
  if (row === undefined || Number(row['version']) === known) return;
  throw new StateError(
    `state: the schema in PostgreSQL now has version ${String(row['version'])}, this program knows ${known}; run the newer program here too`,
  );
}
