// A state in PostgreSQL, as the campaign sees it: read without the program's own code.
import type { Event } from '../../../src/domain/event.ts';
import type { Session } from '../../../src/store/database.ts';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import type { Server } from '../../support/postgres.ts';
import type { Crash, StoredDelivery, StoredState } from './evidence.ts';
import type { Place } from './place.ts';

const HERE = 'nomad_upload_monitor';

/** A database of its own for one run. */
export async function postgresPlace(server: Server): Promise<Place> {
  const target = await server.database();
  const db = openDatabase(target, 1);
  return {
    env: { DATABASE_URL: addressOf(target) },
    async crash() {
      if (!(await isMade(db))) return null;
      return db.reading(async (session): Promise<Crash> => {
        const uploads = await documents<{
          readonly upload: { readonly status: string; readonly completeTime: number | null };
        }>(session, 'upload');
        const events = await documents<Event>(session, 'event');
        const isOver = (status: string) => status === 'SUCCESS' || status === 'FAILURE';
        return {
          remembered: numbers(
            uploads.filter(({ upload }) => isOver(upload.status)).map((each) => each.upload.completeTime),
          ),
          found: new Set(numbers(events.map(({ details }) => details['complete_time']))),
        };
      });
    },
    async unfinished() {
      return (await isMade(db)) ? unfinishedIn(db) : 0;
    },
    read: () =>
      db.reading(async (session): Promise<StoredState> => {
        const carried = Map.groupBy(
          await session.rows(
            `SELECT delivery_id, event_id FROM ${HERE}.notification WHERE delivery_id IS NOT NULL ORDER BY seq`,
          ),
          (row) => String(row['delivery_id']),
        );
        const rows = await session.rows(
          `SELECT id, channel, recipient, state, reason FROM ${HERE}.delivery ORDER BY seq`,
        );
        const deliveries = rows.map((row): StoredDelivery => ({
          id: String(row['id']),
          channel: String(row['channel']),
          recipient: String(row['recipient']),
          state: String(row['state']),
          reason: typeof row['reason'] === 'string' ? row['reason'] : null,
          eventIds: (carried.get(String(row['id'])) ?? []).map((each) => String(each['event_id'])),
        }));
        const events = await documents<Event>(session, 'event');
        return { integrity: 'ok', events, deliveries, unfinished: await unfinishedIn(session) };
      }),
    async passTime(processes) {
      if (!(await isMade(db))) return;
      // What a dead instance was sending is tried again after a minute: it has passed.
      for (const pid of processes) {
        await db.rows(
          `UPDATE ${HERE}.delivery SET lease_until = 0 WHERE lease_by LIKE $1 AND lease_until > 0`,
          `% ${pid} %`,
        );
      }
    },
    async close() {
      await db.close();
      const admin = server.admin();
      await admin.rows(`DROP DATABASE ${target.database} WITH (FORCE)`);
      await admin.close();
    },
  };
}

function addressOf({ hosts, user, password, database }: DatabaseTarget): string {
  const places = hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  return `postgres://${user}:${encodeURIComponent(password ?? '')}@${places}/${database}`;
}

async function isMade(session: Session): Promise<boolean> {
  const [row] = await session.rows(`SELECT to_regclass('${HERE}.reminder') IS NOT NULL AS made`);
  return row?.['made'] === true;
}

async function unfinishedIn(session: Session): Promise<number> {
  const [row] = await session.rows(
    `SELECT (SELECT count(*) FROM ${HERE}.delivery WHERE state = 'pending')
          + (SELECT count(*) FROM ${HERE}.notification WHERE delivery_id IS NULL) AS n`,
  );
  return Number(row?.['n']);
}

async function documents<T>(session: Session, table: 'upload' | 'event'): Promise<readonly T[]> {
  const order = table === 'event' ? 'ORDER BY seq' : '';
  const rows = await session.rows(`SELECT document FROM ${HERE}.${table} ${order}`);
  return rows.map((row) => JSON.parse(String(row['document'])) as T);
}

function numbers(values: readonly unknown[]): readonly number[] {
  return values.filter((value) => typeof value === 'number');
}
