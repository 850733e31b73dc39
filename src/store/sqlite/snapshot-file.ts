// A consistent copy of a state as one file, while others read and write it. Only a copy that is whole, checked and on the disk gets its name.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface SnapshotFileOptions {
  readonly target: string;
  /** Where it is made, in the folder of `target`; not there yet. */
  readonly temporary: string;
}

/** Throws when it cannot be made or is not whole; then nothing is left of it. Who writes meanwhile does not wait. */
export function writeSnapshotFile(db: DatabaseSync, { target, temporary }: SnapshotFileOptions): void {
  const file = openSync(temporary, 'wx', 0o600);
  try {
    // One read transaction: what is committed while it runs is not in it.
    db.prepare('VACUUM INTO ?').run(temporary);
    check(temporary);
    fsyncSync(file);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(target));
}

function check(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const [verdict] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {});
    if (verdict !== 'ok') throw new Error(`the copy is damaged (${String(verdict)})`);
  } finally {
    db.close();
  }
}

/** The new name, too, is on the disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
