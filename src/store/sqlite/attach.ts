// The operator on SQLite: a connection beside the monitor's own. It makes no state and brings none up to date.
import { textOf } from '../../domain/text/error.ts';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OperatorStore } from '../operator.ts';
import { createOperatorStore } from '../sql/operator.ts';
import { StateError } from '../store.ts';
import { databaseOn } from './database.ts';
import { sqliteFaultOf } from './errors.ts';
import { refuseLostFile } from './lost-log.ts';
import { knownVersion, refuseNewer, fileVersionOf } from './schema-version.ts';

/** ms that a running monitor may keep us waiting. */
const TIMEOUT_MS = 10_000;

/** Throws StateError when there is no state, or it cannot be used as it is. */
export function openSqliteOperator(stateDir: string): OperatorStore {
  const file = join(resolve(stateDir), 'state.sqlite');
  if (!existsSync(file)) {
    throw new StateError(`state: none in ${resolve(stateDir)} yet; start the monitor, or set STATE_DIR to its folder`);
  }
  const db = databaseOn(openBeside(file));
  return createOperatorStore(db, '', { onOutbox: db.transaction });
}

function openBeside(file: string): DatabaseSync {
  refuseLostFile(file);
  refuseNewer(file);
  try {
    const db = new DatabaseSync(file, { timeout: TIMEOUT_MS, enableForeignKeyConstraints: true });
    if (fileVersionOf(db) === knownVersion()) {
      db.exec('PRAGMA synchronous = FULL;');
      return db;
    }
    db.close();
  } catch (error) {
    const advice = sqliteFaultOf(error)?.advice ?? 'run this as the user that the monitor runs as';
    throw new StateError(`state: ${file} cannot be used (${textOf(error)}); ${advice}`);
  }
  throw new StateError(
    `state: ${file} was written by an older version; start the monitor once, this migrates the state`,
  );
}
