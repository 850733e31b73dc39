// The reader on PostgreSQL: every instance may look, leading or not.
import { eventOf } from '../documents.ts';
import { RUN_ENDS, type ToldRunEnd, runOf } from '../../domain/report/run-history.ts';
import type { Database, Session } from './database.ts';
import { accountOf, undeliveredOf } from './undelivered.ts';
import { loadSnapshot } from './snapshot.ts';
import type { Reader, Receipt } from '../reader.ts';
import { number, text } from '../rows.ts';

export interface PostgresReaderOptions {
  readonly db: Database;
  /** The schema is there from then on. Called before each use. */
  readonly prepare: () => Promise<void>;
  /** With the deployment before it. */
  readonly login: string;
}

export function createPostgresReader({ db, prepare, login }: PostgresReaderOptions): Reader {
  async function rows(...[sql, ...values]: Parameters<Session['rows']>) {
    await prepare();
    return db.rows(sql, ...values);
  }

  return {
    async account(deployment, ofLogin) {
      await prepare();
      return accountOf(db, deployment, login, ofLogin);
    },
    async snapshot(account, held = null) {
      await prepare();
      return loadSnapshot(db, account, held);
    },
    async eventsOf(account, uploadId, limit) {
      const found = await rows(
        'SELECT document FROM event WHERE account_id = $1 AND upload_id = $2 ORDER BY seq DESC LIMIT $3',
        account,
        uploadId,
        limit,
      );
      return found.map(eventOf);
    },
    async runEnds(account, uploadIds, limit) {
      const found = await rows(
        `SELECT wanted.upload_id, ended.document FROM unnest($2::text[]) AS wanted (upload_id), LATERAL (
           SELECT document, time, seq FROM event
           WHERE account_id = $1 AND event.upload_id = wanted.upload_id AND kind = ANY($3)
           ORDER BY time DESC, seq DESC LIMIT $4) AS ended
         ORDER BY time, seq`,
        account,
        uploadIds,
        RUN_ENDS,
        limit,
      );
      const ends = new Map(uploadIds.map((id) => [id, [] as ToldRunEnd[]]));
      for (const row of found) {
        const { kind, time, details } = eventOf(row);
        const took = number(details['took_ms']);
        ends
          .get(String(row['upload_id']))
          ?.push({ kind, time, run: runOf(details['run'], details['complete_time']), took });
      }
      return ends;
    },
    async newest(account, since, limit) {
      const found = await rows(
        'SELECT document FROM event WHERE account_id = $1 AND time >= $2 ORDER BY time DESC, seq DESC LIMIT $3',
        account,
        since,
        limit,
      );
      return found.map(eventOf);
    },
    async events(account, { since, kinds, uploadId, after, limit }) {
      const found = await rows(
        `SELECT seq, document FROM event WHERE account_id = $1 AND time >= $2 AND seq > $3
           AND (cardinality($4::text[]) = 0 OR kind = ANY($4)) ${uploadId === null ? '' : 'AND upload_id = $6'}
         ORDER BY seq LIMIT $5`,
        ...[account, since, after, kinds, limit + 1],
        ...(uploadId === null ? [] : [uploadId]),
      );
      const shown = found.slice(0, limit);
      return {
        events: shown.map(eventOf),
        next: found.length > limit ? number(shown.at(-1)?.['seq']) : null,
      };
    },
    async toldOf(account, uploadId, limit) {
      const found = await rows(
        `SELECT event_id, notification.channel, notification.recipient, coalesce(state, 'waiting') AS state, reason,
                coalesce(settled_at, delivery.created_at, notification.created_at) AS at
         FROM event JOIN notification ON event_id = event.id LEFT JOIN delivery ON delivery.id = delivery_id
         WHERE event.account_id = $1 AND event.upload_id = $2 ORDER BY event.seq DESC, notification.seq LIMIT $3`,
        account,
        uploadId,
        limit,
      );
      return found.map((row): Receipt => ({
        eventId: String(row['event_id']),
        channel: row['channel'] as Receipt['channel'],
        recipient: String(row['recipient']),
        state: row['state'] as Receipt['state'],
        at: Number(row['at']),
        reason: row['state'] === 'delivered' ? null : text(row['reason']),
      }));
    },
    async undelivered(now, limit) {
      await prepare();
      return undeliveredOf(db, login, now, limit);
    },
    close: () => Promise.resolve(),
  };
}
