// A transaction on SQLite: all of the work, or none of it.
import type { DatabaseSync } from 'node:sqlite';

/** Takes the right to write at once, so that nothing read in it can change before it is written. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
