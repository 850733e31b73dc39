// Migrates a state to the schema of this program, one migration file after the other, and keeps a copy of the state as it was before.
import { readFileSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { textOf } from '../../domain/text/error.ts';
import { writeSnapshotFile } from './snapshot-file.ts';
import { migrations, fileVersionOf } from './schema-version.ts';

/** `warn`: takes what an operator should know. */
export function migrate(db: DatabaseSync, file: string, warn: (note: string) => void): void {
  const files = migrations();
  const version = fileVersionOf(db);
  if (version >= files.length) return;
  const kept = version === 0 ? null : keepCopy(db, `${file}.schema-${version}`, warn);
  for (const [index, path] of files.entries()) {
    if (index < version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(readFileSync(path, 'utf8'));
      db.exec(`PRAGMA user_version = ${index + 1}; COMMIT;`);
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
  const copy = kept === null ? '' : `; a copy from before: ${kept}`;
  if (version > 0) warn(`the state was migrated from schema ${version} to ${files.length}${copy}`);
}

/** A copy for going back to the older program. Without room for it, the migration goes on all the same. */
function keepCopy(db: DatabaseSync, target: string, warn: (note: string) => void): string | null {
  const temporary = `${target}.partial`;
  try {
    rmSync(temporary, { force: true });
    writeSnapshotFile(db, { target, temporary });
    return target;
  } catch (error) {
    const reason = textOf(error);
    warn(`no copy of the state from before could be kept (${reason})`);
    return null;
  }
}
