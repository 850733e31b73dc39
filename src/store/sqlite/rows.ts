// Rows of SQLite, for the store and for those who look beside it.
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Row } from '../rows.ts';

export const WAITING = `SELECT notification.account_id, event_id, channel, recipient, kind, upload_id, created_at
  FROM notification JOIN event ON event.id = event_id WHERE delivery_id IS NULL ORDER BY notification.seq`;

export function get(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  return statement.get(...values);
}

export function all(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values);
}
