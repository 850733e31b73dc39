// How the last runs of uploads ended, as the events say: for pages, and for messages that say when it last went well.
import { RUN_ENDS, type ReportedRunEnd, runOf } from '../../domain/report/run-history.ts';
import type { Database } from '../database.ts';
import { eventOf } from '../documents.ts';
import { type Row, number, text } from '../rows.ts';

/** By upload: in the order found, the newest `limit`. */
export async function runEnds(db: Database, account: number, uploadIds: readonly string[], limit: number) {
  const found = await db.rowsOfEach(
    uploadIds,
    (upload) =>
      `SELECT document, time, seq FROM event
       WHERE account_id = $2 AND upload_id = ${upload} AND ${db.dialect.oneOf('kind', 3)}
       ORDER BY time DESC, seq DESC LIMIT $4`,
    account,
    RUN_ENDS,
    limit,
  );
  const inOrder = (a: Row, b: Row) => Number(a['time']) - Number(b['time']) || Number(a['seq']) - Number(b['seq']);
  return new Map(uploadIds.map((id) => [id, [...(found.get(id) ?? [])].sort(inOrder).map(runEndOf)]));
}

function runEndOf(row: Row): ReportedRunEnd {
  const { kind, time, details } = eventOf(row);
  const [run, process] = [runOf(details['run'], details['complete_time']), text(details['process'])];
  return { kind, time, run, process, took: number(details['took_ms']) };
}
