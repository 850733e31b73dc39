// The stored snapshot of an account, for the store and for those who look beside it.
import { watchedOf } from '../documents.ts';
import type { Snapshot, TrackedUpload } from '../../domain/upload.ts';
import { number } from '../rows.ts';
import { get } from './rows.ts';
import type { Statements } from './statements.ts';
import type { AccountId } from '../store.ts';

/** `held`: what the caller has; while its number is the stored one, it is what is stored. */
export function loadSnapshot(sql: Statements, account: AccountId, held: Snapshot | null): Snapshot | null {
  const row = get(sql.sequence, account);
  const sequence = number(row?.['sequence']);
  if (sequence === null) return null;
  if (held?.sequence === sequence) return held;
  const uploads = new Map<string, TrackedUpload>();
  // One row at a time: all texts at once are as large as the snapshot itself.
  for (const each of sql.uploads.iterate(account)) {
    const watched = watchedOf(each);
    uploads.set(watched.upload.id, watched);
  }
  return { sequence, takenAt: number(row?.['taken_at']) ?? 0, uploads };
}
