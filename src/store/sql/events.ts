// Which events somebody wants to read, as conditions of a statement.
import type { EventKind } from '../../domain/event.ts';
import type { Dialect, Value } from '../database.ts';

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
