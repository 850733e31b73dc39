// The state as those see it who stand beside the monitor: `check`, `doctor` and the verbs for people; wherever the state is.
import type { Config } from './config/config.ts';
import { loginOf } from './connection.ts';
import type { StateFact } from './domain/examine-here.ts';
import type { Snapshot } from './domain/upload.ts';
import type { Desk } from './store/desk.ts';
import { databaseRefusalNotes, lookAtDatabase, openPostgresDesk, snapshotInDatabase } from './store/postgres-beside.ts';
import { type BackedUp, backUp } from './store/sqlite-backup.ts';
import { openSqliteDesk } from './store/sqlite-desk.ts';
import { type RefusalNotes, lookAtState, refusalNotes, rememberedSnapshot } from './store/sqlite-look.ts';

/** Rejects with StateError when there is no state, or it cannot be used as it is. */
export async function openDesk(config: Config): Promise<Desk> {
  if (config.database === null) return openSqliteDesk(config.stateDir);
  return openPostgresDesk(config.database, scopeOf(config));
}

export async function stateFact(config: Config): Promise<StateFact> {
  if (config.database === null) return lookAtState(config.stateDir);
  return lookAtDatabase(config.database, scopeOf(config));
}

export function refusalNotesOf(config: Config): RefusalNotes {
  return config.database === null ? refusalNotes(config.stateDir) : databaseRefusalNotes(config.database);
}

/** What a monitor remembers of an account; null: nothing, or it cannot be read. */
export async function rememberedOf(config: Config, userId: string | null): Promise<Snapshot | null> {
  const user = userId ?? loginOf(config.nomad);
  if (config.database === null) return rememberedSnapshot(config.stateDir, config.nomad.url, user);
  return snapshotInDatabase(config.database, config.nomad.url, user);
}

/** Throws StateError when there is no state, or it cannot be read. */
export function backUpState(config: Config, file: string): BackedUp {
  if (config.database === null) return backUp(config.stateDir, file);
  const problem =
    'the state is in PostgreSQL (DATABASE_URL): take it with pg_dump --schema=nomad_upload_monitor, or by the means of your database';
  return { ok: false, problem };
}

function scopeOf({ nomad }: Config): string {
  return `${nomad.url} ${loginOf(nomad)}`;
}
