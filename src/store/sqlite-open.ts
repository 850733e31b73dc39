// Opens the SQLite file: rights, lock, durability, migrations. Every reason why it cannot be used is a StateError for the operator.
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from './sqlite-version.ts';
import { StateError } from './store.ts';

export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly close: () => void;
}

export function openDatabase(stateDir: string): OpenDatabase {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    chmodSync(stateDir, 0o700);
  } catch (error) {
    throw new StateError(
      `state: ${stateDir} cannot be made or is not ours (${textOf(error)}); set STATE_DIR to a folder that may be written`,
    );
  }
  const unlock = lock(stateDir);
  try {
    const db = open(join(stateDir, 'state.sqlite'));
    return {
      db,
      close: () => {
        db.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    if (error instanceof StateError) throw error;
    throw new StateError(
      `state: ${join(stateDir, 'state.sqlite')} cannot be used (${textOf(error)}); restore a backup or move it away`,
    );
  }
}

/** A transaction left open on a file of its own: the operating system ends it with the process, however that ends. */
function lock(stateDir: string): () => void {
  const path = join(stateDir, 'lock');
  try {
    createPrivate(path);
    const db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return () => {
      db.close();
    };
  } catch (error) {
    if (textOf(error).includes('locked'))
      throw new StateError(
        `state: another nomad-upload-monitor is running on ${stateDir}; end it, or give this one its own STATE_DIR`,
      );
    throw new StateError(`state: ${path} cannot be written (${textOf(error)})`);
  }
}

function open(path: string): DatabaseSync {
  createPrivate(path);
  const db = new DatabaseSync(path, { timeout: 10_000, enableForeignKeyConstraints: true });
  // FULL: a commit is on the disk before anything is sent because of it.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  migrate(db);
  return db;
}

/** SQLite gives its -wal and -shm files the rights of the database. */
function createPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function migrate(db: DatabaseSync): void {
  const files = migrations();
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > files.length) {
    throw new StateError(
      `state: it was written by a newer version (schema ${version}, this one knows ${files.length}); install that version again`,
    );
  }
  for (const [index, file] of files.entries()) {
    if (index < version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(readFileSync(file, 'utf8'));
      db.exec(`PRAGMA user_version = ${index + 1}; COMMIT;`);
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
