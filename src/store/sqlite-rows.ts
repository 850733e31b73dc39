// What rows of SQLite mean, for the store and for those who look beside it.
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Underway, Waiting } from '../domain/notify.ts';

export type Row = Record<string, unknown>;

export const WAITING = `SELECT notification.account_id, event_id, channel, recipient, kind, upload_id, created_at
  FROM notification JOIN event ON event.id = event_id WHERE delivery_id IS NULL ORDER BY notification.seq`;

export function waitingOf(row: Row): Waiting {
  return {
    account: Number(row['account_id']),
    eventId: String(row['event_id']),
    channel: row['channel'] as Waiting['channel'],
    recipient: String(row['recipient']),
    kind: row['kind'] as Waiting['kind'],
    uploadId: text(row['upload_id']),
    since: Number(row['created_at']),
  };
}

export function underwayOf(row: Row): Omit<Underway, 'uploads'> {
  return {
    channel: row['channel'] as Underway['channel'],
    recipient: String(row['recipient']),
    tries: Number(row['started']) - Number(row['unfinished']),
    firstTriedAt: number(row['first_tried_at']),
  };
}

export function get(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  return statement.get(...values);
}

export function all(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values);
}

export function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Documents were written by us, from domain values. */
export function document(row: Row): unknown {
  return JSON.parse(String(row['document']));
}
