// The reader for SQLite: a read-only connection beside the monitor's own.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Reader } from '../reader.ts';
import { createReader } from '../sql/reader.ts';
import { databaseOn } from './database.ts';

/** How long we wait for the monitor's own work, ms. */
const TIMEOUT_MS = 5000;

/** For a state that the store has already opened. */
export function openSqliteReader(stateDir: string): Reader {
  const file = new DatabaseSync(join(stateDir, 'state.sqlite'), { readOnly: true, timeout: TIMEOUT_MS });
  return createReader(databaseOn(file), '');
}
