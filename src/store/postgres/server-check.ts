// What a server must be before anything is asked of it: PostgreSQL itself and not a pooler, a database in UTF-8, writable.
import type { Session } from '../database.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

/**
 * A pooler gives each client a session of its own making, and the number of its server process is one that the pooler invented. Behind it
 * a lock would belong to whoever gets that server connection next. (PostgreSQL's protocol: BackendKeyData.)
 */
export const POOLER =
  'a connection pooler such as PgBouncer is in between, in which the lock that decides who leads cannot be held; name PostgreSQL itself in DATABASE_URL';

const READ_ONLY =
  'the state in PostgreSQL cannot be used (this server is read-only, as a standby is): name the primary in DATABASE_URL, or all servers, separated by commas';

/** Throws StateError for what does not pass by itself. Asked once of each connection. `processId`: what the connection was told; null: nothing. */
export async function checkServer(session: Session, processId: number | null): Promise<void> {
  const [server] = await session.rows(
    `SELECT pg_backend_pid() AS pid, current_setting('server_encoding') AS encoding, current_database() AS name`,
  );
  if (server?.['pid'] !== processId) throw new StateError(`state: ${POOLER}`);
  const { encoding, name } = server;
  if (encoding !== 'UTF8') {
    throw new StateError(
      `state: the database ${String(name)} has the encoding ${String(encoding)}, in which not every text can be stored; create one with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
}

/** Throws StateNotWrittenError: a standby may be promoted. */
export async function checkWritable(session: Session): Promise<void> {
  const [row] = await session.rows("SELECT current_setting('transaction_read_only') AS read_only");
  if (row?.['read_only'] === 'on') throw new StateNotWrittenError(READ_ONLY);
}
