// Reads what waits in the outbox and what decides how long, from SQLite.
import type { Mute, OpenDelivery } from '../../domain/notify/hold.ts';
import { number, text, underwayOf, waitingOf } from '../rows.ts';
import { all } from './rows.ts';
import type { Statements } from './statements.ts';
import type { Queue } from '../store.ts';

const HOUR = 3_600_000;

export function loadQueue(sql: Statements, now: number): Queue {
  const waiting = all(sql.waiting).map(waitingOf);
  if (waiting.length === 0) return { waiting, underway: [], mailed: new Map() };
  const underway = new Map<string, OpenDelivery & { uploads: (string | null)[] }>();
  for (const row of all(sql.underway)) {
    const id = String(row['id']);
    const known = underway.get(id) ?? { ...underwayOf(row), uploads: [] };
    known.uploads.push(text(row['upload_id']));
    underway.set(id, known);
  }
  const mailed = new Map<string, number[]>();
  for (const row of all(sql.mailed, now - HOUR)) {
    const recipient = String(row['recipient']);
    mailed.set(recipient, [...(mailed.get(recipient) ?? []), number(row['settled_at']) ?? 0]);
  }
  return { waiting, underway: [...underway.values()], mailed };
}

export function mutesOf(sql: Statements, now: number): readonly Mute[] {
  return all(sql.mutes, now).map((row) => ({
    account: Number(row['account_id']),
    uploadId: row['upload_id'] === '' ? null : String(row['upload_id']),
    until: Number(row['until']),
  }));
}
