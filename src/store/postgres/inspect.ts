// For commands that run beside a monitor: short connections that create and migrate nothing.
import type { StateFact } from '../../domain/doctor/local-checks.ts';
import type { Snapshot } from '../../domain/upload.ts';
import type { OperatorStore } from '../operator.ts';
import type { Database } from '../database.ts';
import { createOperatorStore } from '../sql/operator.ts';
import { type RefusalNotes, addRefusal, recentRefusals } from '../sql/refusals.ts';
import { type StoredSight, sightOf } from '../sql/sight.ts';
import { snapshotOf } from '../sql/snapshot.ts';
import { type DatabaseTarget, SCHEMA } from './connect.ts';
import { openDatabase } from './database.ts';
import { onOutbox } from './guard.ts';
import { postgresMigrations, versionOf } from './migrate.ts';
import { checkWritable } from './server-check.ts';
import { StateNotWrittenError, StateError } from '../store.ts';

/** What a target is called where people read it: without user and password. */
export function databaseName({ hosts, database }: DatabaseTarget): string {
  return `PostgreSQL ${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database}`;
}

/** `login`: with the deployment before it. Throws StateError when there is no state, or it cannot be used as it is. */
export async function openPostgresOperator(target: DatabaseTarget, login: string): Promise<OperatorStore> {
  const db = openDatabase(target, 1);
  try {
    const problem = problemOf(await versionOf(db));
    if (problem !== null) throw new StateError(`state: ${databaseName(target)}: ${problem}`);
    return operatorStoreOn(db, login);
  } catch (error) {
    await db.close();
    throw error instanceof StateNotWrittenError ? new StateError(error.message) : error;
  }
}

/** The schema has to be there. */
export function operatorStoreOn(db: Database, login: string): OperatorStore {
  return createOperatorStore(db, login, { onOutbox: onOutbox(db, login) });
}

/** Of a state that is to be used as it is. */
function problemOf(version: number): string | null {
  const known = postgresMigrations().length;
  if (version === 0) return 'it contains no state yet; start the monitor, or fix DATABASE_URL';
  if (version < known)
    return 'its state was written by an older version; start the monitor once, this migrates the state';
  if (version > known) return 'its state was written by a newer version; install that one';
  return null;
}

export async function lookAtDatabase(target: DatabaseTarget, login: string): Promise<StateFact> {
  const at = databaseName(target);
  const db = openDatabase(target, 1);
  try {
    await checkWritable(db);
    const version = await versionOf(db);
    const known = postgresMigrations().length;
    if (version > known) {
      return { kind: 'unusable', at, why: 'newer', problem: `schema ${SCHEMA} was written by a newer version` };
    }
    const [row] = await db.rows(
      `SELECT has_database_privilege(current_database(), 'CREATE') AS may,
              EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '${SCHEMA}') AS there`,
    );
    if (version === 0 && row?.['may'] !== true && row?.['there'] !== true) {
      return unusable(at, `its user may not create the schema ${SCHEMA}`);
    }
    if (version === known && (await isLed(db, login))) return { kind: 'in use', at };
    return { kind: 'usable', at, isNew: version === 0, isOlder: version > 0 && version < known };
  } catch (error) {
    if (!(error instanceof StateNotWrittenError) && !(error instanceof StateError)) throw error;
    return unusable(at, error.message.replace(/^state: /, ''));
  } finally {
    await db.close();
  }
}

function unusable(at: string, problem: string): StateFact {
  return { kind: 'unusable', at, why: 'database', problem };
}

/** Asked without taking the lead: the lock is given back at once. */
async function isLed(db: Database, login: string): Promise<boolean> {
  const [row] = await db.rows(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('nomad_upload_monitor leader ' || $1, 0)) AS free",
    login,
  );
  return row?.['free'] !== true;
}

/** The refused logins that the state remembers; where it cannot be used, nothing is known and nothing is kept. */
export function databaseRefusalNotes(target: DatabaseTarget): RefusalNotes {
  return {
    recent: async (key, since) => (await within(target, (db) => recentRefusals(db, key, since))) ?? [],
    add: async (key, time) => {
      await within(target, (db) => db.transaction((session) => addRefusal(session, key, time)));
    },
  };
}

/** Whether a monitor leads for this login now. `login`: with the deployment before it. */
export async function isLedNow(target: DatabaseTarget, login: string): Promise<boolean> {
  return (await within(target, (db) => isLed(db, login))) ?? false;
}

/** What the state says of a few uploads; null: nothing, or it cannot be read. */
export function sightInDatabase(
  target: DatabaseTarget,
  deployment: string,
  login: string,
  ids: readonly string[],
): Promise<StoredSight | null> {
  return within(target, (db) => sightOf(db, deployment, login, ids));
}

/** What monitors remember of an account; null: nothing, or it cannot be read. */
export async function snapshotInDatabase(
  target: DatabaseTarget,
  deployment: string,
  user: string,
): Promise<Snapshot | null> {
  return within(target, (db) => snapshotOf(db, deployment, user));
}

async function within<T>(target: DatabaseTarget, work: (db: Database) => Promise<T>): Promise<T | null> {
  const db = openDatabase(target, 1);
  try {
    return problemOf(await versionOf(db)) === null ? await work(db) : null;
  } catch (error) {
    if (error instanceof StateNotWrittenError || error instanceof StateError) return null;
    throw error;
  } finally {
    await db.close();
  }
}
