// The state for commands that run beside the monitor (`check`, `doctor` and those for operators), in SQLite or PostgreSQL.
import type { Config } from '../config/config.ts';
import type { StateLocation } from '../config/state-location.ts';
import { loginFingerprint } from './nomad.ts';
import { stateScopeOf } from './state-scope.ts';
import type { StateFact } from '../domain/doctor/local-checks.ts';
import type { Identity } from '../domain/nomad/health.ts';
import type { Snapshot } from '../domain/upload.ts';
import type { RefusalNotes } from '../store/sql/refusals.ts';
import type { StoredSight } from '../store/sql/sight.ts';
import type { OperatorStore } from '../store/operator.ts';
import { refusalKey } from '../nomad/token-source.ts';
import {
  type Copied,
  type TransferOptions,
  type CopySource,
  type CopyTarget,
  copyInto,
} from '../store/transfer/transfer.ts';
import {
  databaseRefusalNotes,
  isLedNow,
  lookAtDatabase,
  openPostgresOperator,
  sightInDatabase,
  snapshotInDatabase,
} from '../store/postgres/inspect.ts';
import { fromPostgres, intoPostgres } from '../store/transfer/postgres.ts';
import { type BackedUp, backUp } from '../store/sqlite/backup.ts';
import { openSqliteOperator } from '../store/sqlite/attach.ts';
import { isInUse, lookAtState, refusalNotes, rememberedSnapshot, sightInState } from '../store/sqlite/inspect.ts';
import { fromSqlite, intoSqlite } from '../store/transfer/sqlite.ts';

/** Rejects with StateError when there is no state, or it cannot be used as it is. */
export async function openOperatorStore(config: Config): Promise<OperatorStore> {
  if (config.database === null) return openSqliteOperator(config.stateDir);
  return openPostgresOperator(config.database, stateScopeOf(config));
}

export async function stateFact(config: Config): Promise<StateFact> {
  if (config.database === null) return lookAtState(config.stateDir);
  return lookAtDatabase(config.database, stateScopeOf(config));
}

export function refusalNotesOf(config: Config): RefusalNotes {
  return config.database === null ? refusalNotes(config.stateDir) : databaseRefusalNotes(config.database);
}

/** What a monitor remembers of an account; null: nothing, or it cannot be read. */
export async function rememberedOf(config: Config, userId: string | null): Promise<Snapshot | null> {
  const user = userId ?? loginFingerprint(config.nomad);
  if (config.database === null) return rememberedSnapshot(config.stateDir, config.nomad.url, user);
  return snapshotInDatabase(config.database, config.nomad.url, user);
}

/** Whether a monitor watches this account from this state now. */
export async function isWatched(config: Config): Promise<boolean> {
  return config.database === null ? isInUse(config.stateDir) : isLedNow(config.database, stateScopeOf(config));
}

/** What a monitor's state says of a few uploads; null: nothing, or it cannot be read. */
export async function sightOf(config: Config, ids: readonly string[]): Promise<StoredSight | null> {
  const { url } = config.nomad;
  const login = loginFingerprint(config.nomad);
  if (config.database === null) return sightInState(config.stateDir, url, login, ids);
  return sightInDatabase(config.database, url, login, ids);
}

/** Whose account it was at the last login of a monitor; null: not known, or the state cannot be read. */
export async function lastIdentityOf(config: Config): Promise<Identity | null> {
  let operator: OperatorStore | null = null;
  try {
    operator = await openOperatorStore(config);
    return (await operator.account(config.nomad.url, loginFingerprint(config.nomad)))?.identity ?? null;
  } catch {
    return null;
  } finally {
    await operator?.close();
  }
}

/** Throws StateError when there is no state, or it cannot be read. */
export function backUpState(config: Config, file: string): BackedUp {
  if (config.database === null) return backUp(config.stateDir, file);
  const problem =
    'the state is in PostgreSQL (DATABASE_URL): back it up with pg_dump --schema=nomad_upload_monitor, or with the tools of your database';
  return { ok: false, problem };
}

/** `accounts`: all that have their state there. null: the target holds another state. Rejects with StateError when one of both cannot be used, or a monitor runs on it. */
export async function copyState(
  accounts: readonly Config[],
  from: StateLocation,
  to: StateLocation,
  watch: Pick<TransferOptions, 'signal' | 'onStep'>,
): Promise<Copied | null> {
  const [first] = accounts;
  if (first === undefined) throw new Error('there is no account');
  const refusalKeys = accounts.map(({ nomad }) => refusalKey(nomad.url, nomad.credentials));
  const scope = { login: stateScopeOf(first), refusalKeys };
  const withSource = <T>(work: (source: CopySource) => Promise<T>): Promise<T> =>
    from.kind === 'sqlite' ? fromSqlite(from.folder, work) : fromPostgres(from.database, scope, work);
  return withSource((source) => {
    const work = (target: CopyTarget) => copyInto({ source, target, ...watch });
    return to.kind === 'sqlite' ? intoSqlite(to.folder, work) : intoPostgres(to.database, scope, source, work);
  });
}
