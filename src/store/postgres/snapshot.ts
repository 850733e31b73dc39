// The stored snapshot of an account, from PostgreSQL, for the store and for those who look beside it.
import { watchedOf } from '../documents.ts';
import type { Snapshot, TrackedUpload } from '../../domain/upload.ts';
import type { Database } from './database.ts';
import { number } from '../rows.ts';

/** Rows at once: all texts together are as large as the snapshot itself. */
const BATCH = 1000;

/** `held`: what the caller has; while its number is the stored one, it is what is stored. */
export async function loadSnapshot(db: Database, account: number, held: Snapshot | null): Promise<Snapshot | null> {
  const sequenceOf = 'SELECT sequence, taken_at FROM account WHERE id = $1';
  if (held !== null) {
    const [row] = await db.rows(sequenceOf, account);
    if (number(row?.['sequence']) === held.sequence) return held;
  }
  return db.reading(async (session) => {
    const [row] = await session.rows(sequenceOf, account);
    const sequence = number(row?.['sequence']);
    if (sequence === null) return null;
    const uploads = new Map<string, TrackedUpload>();
    for (let after = '', isMore = true; isMore;) {
      const some = await session.rows(
        'SELECT upload_id, document FROM upload WHERE account_id = $1 AND upload_id > $2 ORDER BY upload_id LIMIT $3',
        account,
        after,
        BATCH,
      );
      for (const each of some) uploads.set(String(each['upload_id']), watchedOf(each));
      after = String(some.at(-1)?.['upload_id']);
      isMore = some.length === BATCH;
    }
    return { sequence, takenAt: number(row?.['taken_at']) ?? 0, uploads };
  });
}
