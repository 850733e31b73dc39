// Removes what is old, and gives its room back to the disk: in small steps, so that the commit of a poll never waits for long.
import type { DatabaseSync } from 'node:sqlite';
import { number } from '../rows.ts';
import { all } from './rows.ts';
import type { Statements } from './statements.ts';
import type { Pruned } from '../store.ts';

/** Most rows that one transaction removes. */
const MAX_ROWS = 500;
/** Most pages of 4 KiB that one step gives back. */
const MAX_PAGES = 64;

/** To be called within a transaction. */
export function pruneStep(sql: Statements, before: number): Pruned {
  sql.pruneMutes.run(before);
  let left = MAX_ROWS;
  let deliveries = 0;
  for (const row of all(sql.oldDeliveries, before, MAX_ROWS)) {
    const id = String(row['id']);
    left -= Number(sql.removeNotifications.run(id, left).changes);
    if (left <= 0) break;
    sql.removeDelivery.run(id);
    deliveries += 1;
    left -= 1;
    if (left <= 0) break;
  }
  const events = left > 0 ? Number(sql.pruneEvents.run(before, left).changes) : 0;
  return { events, deliveries, isDone: left > events };
}

/** Answers whether nothing is left to give back. */
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
