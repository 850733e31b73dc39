// The deliveries that were not taken, from SQLite, for those who look beside the store.
import { eventOf } from '../documents.ts';
import type { DatabaseSync } from 'node:sqlite';
import type { Content } from '../../domain/notify/delivery-content.ts';
import type { Undelivered } from '../operator.ts';
import { type Row, number, text } from '../rows.ts';
import { all } from './rows.ts';
import type { Statements } from './statements.ts';

/** Oldest first, at most `limit`; -1: all. */
export function undeliveredOf(db: DatabaseSync, sql: Statements, now: number, limit = -1): readonly Undelivered[] {
  const rows = db.prepare("SELECT * FROM delivery WHERE state IN ('pending', 'dead') ORDER BY seq LIMIT ?").all(limit);
  return rows.map((row) => {
    const { id, document: content } = row;
    const events = () => all(sql.eventsOf, String(id)).map(eventOf);
    return {
      id: String(id),
      channel: row['channel'] as Undelivered['channel'],
      recipient: String(row['recipient']),
      state: row['state'] as Undelivered['state'],
      content:
        typeof content === 'string' ? (JSON.parse(content) as Content) : { kind: 'events' as const, events: events() },
      createdAt: Number(row['created_at']),
      tries: Number(row['started']),
      dueAt: row['state'] === 'pending' ? Number(row['due_at']) : null,
      reason: text(row['reason']),
      isBeingSent: isLeased(row, now),
    };
  });
}

export function isLeased(row: Row, now: number): boolean {
  return row['state'] === 'pending' && (number(row['lease_until']) ?? 0) > now;
}
