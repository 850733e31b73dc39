// A backup of a state, taken beside a running monitor or without one: reads only, and never touches what is there already.
import { textOf } from '../../domain/text/error.ts';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writeSnapshotFile } from './snapshot-file.ts';
import { refuseLostFile } from './lost-log.ts';
import { refuseNewer } from './schema-version.ts';
import { StateError } from '../store.ts';

export type BackedUp =
  | { readonly ok: true; readonly bytes: number }
  /** The file cannot be made there. A sentence for the operator. */
  | { readonly ok: false; readonly problem: string };

/** ms that a running monitor may keep us waiting. */
const TIMEOUT_MS = 10_000;
/** SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_NOTADB: what they say is of the state. */
const OF_THE_STATE: readonly unknown[] = [5, 11, 26];

/** Throws StateError when there is no state, or it cannot be read. A state of an earlier schema is copied as it is. */
export function backUp(stateDir: string, to: string): BackedUp {
  const [file, target] = [join(resolve(stateDir), 'state.sqlite'), resolve(to)];
  if (existsSync(target)) return { ok: false, problem: `${target} already exists; name another file, or move it away` };
  if (!existsSync(file)) throw new StateError(`state: none in ${resolve(stateDir)}; set STATE_DIR to its folder`);
  refuseLostFile(file);
  refuseNewer(file);
  const db = open(file);
  try {
    writeSnapshotFile(db, { target, temporary: `${target}.${randomBytes(6).toString('hex')}.partial` });
    return { ok: true, bytes: statSync(target).size };
  } catch (error) {
    const isOfTheState =
      error instanceof Error && 'errcode' in error && OF_THE_STATE.includes(Number(error.errcode) & 0xff);
    if (isOfTheState)
      throw new StateError(`state: ${file} cannot be copied (${textOf(error)}); see nomad-upload-monitor doctor`);
    return {
      ok: false,
      problem: `${target} cannot be created (${textOf(error)}); name a file in a folder that exists, is writable and has space`,
    };
  } finally {
    db.close();
  }
}

function open(file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: TIMEOUT_MS });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    throw new StateError(
      `state: ${file} cannot be read (${textOf(error)}); run backup as the user that the monitor runs as`,
    );
  }
}
