// A state whose log is not with it. The newest commits are in `state.sqlite-wal` until SQLite takes them over: of a running monitor's state
// `state.sqlite` alone can be empty, and a log without its file is deleted by SQLite when a new file is opened beside it.
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { StateError } from '../store.ts';

/** What was there before it was opened. */
export interface Found {
  /** Bytes; null: no such file. */
  readonly file: number | null;
  readonly log: number;
}

/** In the header of a file that a monitor closed before its first poll: the next start is still the first. */
const UNUSED = 0x6e75_6d30;

export function lookBefore(path: string): Found {
  return { file: sizeOf(path), log: sizeOf(`${path}-wal`) ?? 0 };
}

/** null: the log has its file. */
export function lostFileProblem(path: string): string | null {
  const { file, log } = lookBefore(path);
  if (log === 0 || (file ?? 0) > 0) return null;
  return `is ${file === null ? 'missing' : 'empty'}, and ${path}-wal beside it has commits that are nowhere else; put the file back that belongs to it, or move the -wal file away as well`;
}

/** Throws StateError before anything of the log is lost. */
export function refuseLostFile(path: string): void {
  const problem = lostFileProblem(path);
  if (problem !== null) throw new StateError(`state: ${path} ${problem}`);
}

/** What to say of a file that was there and holds no account; null: nothing is odd. Takes away the mark of a first start that was cut short. */
export function emptyNote(db: DatabaseSync, path: string, found: Found): string | null {
  const isFirst = db.prepare('PRAGMA application_id').get()?.['application_id'] === UNUSED;
  // Into the file itself, so that a copy without the log does not look like a first start.
  if (isFirst) db.exec('PRAGMA application_id = 0; PRAGMA wal_checkpoint(TRUNCATE);');
  if (found.file === null || found.log > 0 || isFirst || hasAccount(db)) return null;
  return `state: ${path} was there before and holds nothing, so watching begins anew with a baseline; if that is not meant, were state.sqlite-wal and state.sqlite-shm left behind when it was copied? Restore a copy that was made by the command backup`;
}

/** To be called before it is closed. */
export function markIfUnused(db: DatabaseSync): void {
  if (!hasAccount(db)) db.exec(`PRAGMA application_id = ${UNUSED}`);
}

function hasAccount(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM account LIMIT 1').get() !== undefined;
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
