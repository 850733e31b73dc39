// The reader on SQLite: a connection that cannot write, beside the monitor's own.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Reader } from '../reader.ts';
import { createReader } from '../sql/reader.ts';
import { databaseOn } from './database.ts';

/** ms that the monitor's own work may keep us waiting. */
const TIMEOUT_MS = 5000;

/** Of a state that the store has opened. */
export function openSqliteReader(stateDir: string): Reader {
  const file = new DatabaseSync(join(stateDir, 'state.sqlite'), { readOnly: true, timeout: TIMEOUT_MS });
  return createReader(databaseOn(file), '');
}
