// What rows of a database mean, whichever it is.
import type { OpenDelivery, UndeliveredNotification } from '../domain/notify/hold.ts';

export type Row = Readonly<Record<string, unknown>>;

export function waitingOf(row: Row): UndeliveredNotification {
  return {
    account: Number(row['account_id']),
    eventId: String(row['event_id']),
    channel: row['channel'] as UndeliveredNotification['channel'],
    recipient: String(row['recipient']),
    kind: row['kind'] as UndeliveredNotification['kind'],
    uploadId: text(row['upload_id']),
    since: Number(row['created_at']),
  };
}

export function underwayOf(row: Row): Omit<OpenDelivery, 'uploads'> {
  return {
    channel: row['channel'] as OpenDelivery['channel'],
    recipient: String(row['recipient']),
    tries: Number(row['started']) - Number(row['unfinished']),
    firstTriedAt: number(row['first_tried_at']),
  };
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
