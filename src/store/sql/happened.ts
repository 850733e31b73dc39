// What happened to uploads within a time, for summaries. Documents are read of those alone that are gone: nothing else says whose they were.
import type { EventKind } from '../../domain/event.ts';
import type { Happened } from '../../domain/notify/summaries.ts';
import type { Database } from '../database.ts';
import { eventOf } from '../documents.ts';

/** In (from, to], each kind of each upload once; times in ms. */
export async function happened(db: Database, account: number, from: number, to: number): Promise<readonly Happened[]> {
  const rows = await db.rows(
    `SELECT upload_id, kind, max(CASE WHEN kind IN ('upload.deleted', 'upload.unshared') THEN document END) AS document
     FROM event WHERE account_id = $1 AND time > $2 AND time <= $3 AND upload_id IS NOT NULL GROUP BY upload_id, kind`,
    account,
    from,
    to,
  );
  return rows.map((row) => ({
    uploadId: String(row['upload_id']),
    kind: row['kind'] as EventKind,
    gone: row['document'] === null ? null : eventOf(row).upload,
  }));
}
