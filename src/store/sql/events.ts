// Which events somebody wants to read, as conditions of a statement; and those of one upload.
import type { Event, EventKind } from '../../domain/event.ts';
import type { Database, Dialect, Value } from '../database.ts';
import { eventOf } from '../documents.ts';

export interface EventFilter {
  /** Empty: all. */
  readonly kinds: readonly EventKind[];
  /** null: of all, and of none. */
  readonly uploadId: string | null;
}

/** Conditions that follow others, and `values` with what they need behind those that are there. */
export function filtered({ kinds, uploadId }: EventFilter, { oneOf }: Dialect, values: readonly Value[]) {
  const all = [...values];
  let sql = '';
  if (kinds.length > 0) sql += ` AND ${oneOf('kind', all.push(kinds))}`;
  if (uploadId !== null) sql += ` AND upload_id = $${all.push(uploadId)}`;
  // What befell NOMAD is rare, and in an index: it is not looked for among what befell uploads.
  else if (kinds.length > 0 && kinds.every((kind) => !kind.startsWith('upload.'))) sql += ' AND upload_id IS NULL';
  return { sql, values: all };
}

/** Of one upload, newest first, at most `limit`. */
export async function newestOf(
  db: Database,
  account: number,
  uploadId: string,
  limit: number,
): Promise<readonly Event[]> {
  const found = await db.rows(
    'SELECT document FROM event WHERE account_id = $1 AND upload_id = $2 ORDER BY seq DESC LIMIT $3',
    account,
    uploadId,
    limit,
  );
  return found.map(eventOf);
}
