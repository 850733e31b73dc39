// Gives the room of what was removed back to the disk: in small steps, so that the commit of a poll never waits for long.
import type { DatabaseSync } from 'node:sqlite';
import { number } from '../rows.ts';

/** Most pages of 4 KiB that one step gives back. */
const MAX_PAGES = 64;

/** Returns whether nothing is left to give back. */
export function shrinkStep(db: DatabaseSync): boolean {
  const free = freePages(db);
  db.exec(`PRAGMA incremental_vacuum(${MAX_PAGES})`);
  const left = freePages(db);
  if (left > 0 && left < free) return false;
  const patience = number(db.prepare('PRAGMA busy_timeout').get()?.['timeout']) ?? 0;
  try {
    // Somebody who reads for long keeps the log from being emptied: then another day.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE);');
    return true;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${patience}`);
  }
}

function freePages(db: DatabaseSync): number {
  return number(db.prepare('PRAGMA freelist_count').get()?.['freelist_count']) ?? 0;
}
