// Opens the SQLite file: rights, lock, durability, migrations, room given back. Every reason why it cannot be used is a StateError for the operator.
import { textOf } from '../../domain/text/error.ts';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteFaultOf } from './errors.ts';
import { emptyNote, lookBefore, refuseLostFile } from './lost-log.ts';
import { migrate } from './migrate.ts';
import { createPrivate, prepareFolder } from './private-files.ts';
import { refuseNewer, fileVersionOf } from './schema-version.ts';
import { StateError } from '../store.ts';

/** As SQLite numbers it. */
const INCREMENTAL = 2;

export interface OpenFile {
  readonly db: DatabaseSync;
  /** Gives the folder free, once the database is closed. */
  readonly unlock: () => void;
}

/** `warn`: takes what an operator should know and that hinders nothing. */
export function openStateFile(stateDir: string, warn: (note: string) => void): OpenFile {
  prepareFolder(stateDir, warn);
  const unlock = lockState(stateDir, warn);
  const file = join(stateDir, 'state.sqlite');
  try {
    const db = open(file, warn);
    return {
      db,
      unlock,
    };
  } catch (error) {
    unlock();
    if (error instanceof StateError) throw error;
    const advice = sqliteFaultOf(error)?.advice ?? 'restore a backup or move it away';
    throw new StateError(`state: ${file} cannot be used (${textOf(error)}); ${advice}`);
  }
}

/** A transaction left open on a file of its own: the operating system ends it with the process, however that ends. */
export function lockState(stateDir: string, warn: (note: string) => void = () => undefined): () => void {
  const path = join(stateDir, 'lock');
  try {
    createPrivate(path, warn);
    const db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return () => {
      db.close();
    };
  } catch (error) {
    if (textOf(error).includes('locked'))
      throw new StateError(
        `state: another nomad-upload-monitor is running on ${stateDir}; stop it, or give this one its own STATE_DIR`,
      );
    const advice = textOf(error).startsWith('EACCES')
      ? 'set STATE_DIR to a writable folder, or give it and its files to the user that the monitor runs as (chown)'
      : 'check that its disk is not full and that its folder is writable';
    throw new StateError(`state: ${path} cannot be written (${textOf(error)}); ${advice}`);
  }
}

function open(path: string, warn: (note: string) => void): DatabaseSync {
  refuseLostFile(path);
  const found = lookBefore(path);
  refuseNewer(path);
  createPrivate(path, warn);
  const db = new DatabaseSync(path, { timeout: 10_000, enableForeignKeyConstraints: true });
  try {
    // FULL: a commit is on the disk before anything is sent because of it.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(db, path, warn);
    makeShrinkable(db, warn);
    // We hold the lock, so whoever leased these is gone: they need not wait for their leases to run out. The version is written again as
    // it is, so that a state that cannot be written is found now.
    db.exec(`BEGIN IMMEDIATE; UPDATE delivery SET lease_until = NULL, lease_by = NULL WHERE state = 'pending' AND lease_until IS NOT NULL;
      PRAGMA user_version = ${fileVersionOf(db)}; COMMIT;`);
    const note = emptyNote(db, path, found);
    if (note !== null) warn(note);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What is removed can only be given back to the disk by a file that was made so: an older one is written anew, once. */
function makeShrinkable(db: DatabaseSync, warn: (note: string) => void): void {
  if (db.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'] === INCREMENTAL) return;
  try {
    db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
  } catch (error) {
    warn(`the state could not be rewritten so that it can shrink (${textOf(error)}); the next start tries again`);
  }
}
