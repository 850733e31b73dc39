// The folder of a state and its files, for nobody else to read. Where our folder was made for a group (its set-group-ID bit is set, as by the
// packages), the group may read and write the state as well. A folder that somebody else made for us (a volume of Kubernetes or OpenShift, a
// share) cannot be given other rights; it is used as it is, and what others may read is said.
import { textOf } from '../../domain/text/error.ts';
import { chmodSync, closeSync, fchmodSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateError } from '../store.ts';

const BY_OTHERS = 0o007;
const READ_BY_OTHERS = 0o004;
const FOR_A_GROUP = 0o2000;

/** Throws StateError when it cannot be created. Whether it can be written is found with its first file. */
export function prepareFolder(folder: string, warn: (note: string) => void): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(folder, error);
  }
  const { mode } = statSync(folder);
  if (isForGroup(folder) && (mode & BY_OTHERS) === 0) return;
  try {
    chmodSync(folder, isForGroup(folder) ? 0o2770 : 0o700);
  } catch (error) {
    // On a read-only file system nothing else will do either.
    if (textOf(error).startsWith('EROFS')) throw unusable(folder, error);
    if ((mode & BY_OTHERS) !== 0)
      warn(
        `state: ${folder} belongs to another user, and every user of this machine may enter it or list it (${textOf(error)}); run chmod o-rwx on it as its owner`,
      );
  }
}

function isForGroup(folder: string): boolean {
  const { mode, uid } = statSync(folder);
  return (mode & FOR_A_GROUP) !== 0 && uid === process.geteuid?.();
}

function unusable(folder: string, error: unknown): StateError {
  return new StateError(
    `state: ${folder} cannot be created or belongs to another user (${textOf(error)}); set STATE_DIR to a writable folder`,
  );
}

/** Creates the file where there is none. SQLite gives its -wal and -shm files the rights of the database. */
export function createPrivate(path: string, warn: (note: string) => void): void {
  const mode = isForGroup(dirname(path)) ? 0o660 : 0o600;
  const file = openSync(path, 'a', mode);
  try {
    fchmodSync(file, mode);
  } catch (error) {
    if ((fstatSync(file).mode & READ_BY_OTHERS) !== 0)
      warn(
        `state: ${path} belongs to another user, and every user of this machine may read it (${textOf(error)}); run chmod o-rwx on it as its owner`,
      );
  } finally {
    closeSync(file);
  }
}
