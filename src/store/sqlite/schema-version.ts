// The versions of the schema: which one a file has, and which this program knows, one for each file of migrations.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from '../../files.ts';
import { StateError } from '../store.ts';

/** Full paths, in order. */
export function migrations(): readonly string[] {
  return readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => join(MIGRATIONS, name));
}

export function knownVersion(): number {
  return migrations().length;
}

export function fileVersionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Read without changing a byte: a connection that may write would also tidy up what a crash left. null: it cannot be told so. */
function versionIn(file: string): number | null {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
    try {
      return fileVersionOf(db);
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

/** null: it is none of a newer program. */
export function newerProblem(file: string): string | null {
  const [version, known] = [versionIn(file) ?? 0, knownVersion()];
  return version <= known ? null : `was written by a newer version (schema ${version}, this one knows ${known})`;
}

/** Throws StateError; the file stays as it is. */
export function refuseNewer(file: string): void {
  const problem = newerProblem(file);
  if (problem !== null)
    throw new StateError(`state: ${file} ${problem}; install that version again, or restore a backup`);
}
