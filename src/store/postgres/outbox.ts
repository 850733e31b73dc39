// The outbox in PostgreSQL: what waits, what is put into deliveries, claimed and settled. Every instance may do it; a row that one has claimed
// is left alone by the others until its lease has run out.
import { eventOf } from '../documents.ts';
import type { Content } from '../../domain/notify/delivery-content.ts';
import type { Event } from '../../domain/event.ts';
import type { Mute, OpenDelivery } from '../../domain/notify/hold.ts';
import { addDelivery, wakeOldest } from './commit.ts';
import type { Session } from './database.ts';
import { OURS } from './guard.ts';
import { type Row, number, text, underwayOf, waitingOf } from '../rows.ts';
import type { Claim, Formed, OutboxCount, Queue, Settlement } from '../store.ts';

const HOUR = 3_600_000;
/** No try is put further ahead than this, ms: one that is was put there by a clock since set back. */
const MAX_AHEAD = 2 * HOUR;

export async function loadQueue(session: Session, login: string, now: number): Promise<Queue> {
  const found = await session.rows(
    `SELECT account_id, event_id, channel, recipient, kind, upload_id, created_at
     FROM (SELECT * FROM notification WHERE ${OURS} AND delivery_id IS NULL) AS waiting
     JOIN (SELECT id, kind, upload_id FROM event) AS event ON event.id = event_id ORDER BY seq`,
    login,
  );
  const waiting = found.map(waitingOf);
  if (waiting.length === 0) return { waiting, underway: [], mailed: new Map() };
  const underway = new Map<string, OpenDelivery & { uploads: (string | null)[] }>();
  const pending = await session.rows(
    `SELECT pending.id, pending.channel, pending.recipient, started, unfinished, first_tried_at, event.upload_id
     FROM (SELECT * FROM delivery WHERE ${OURS} AND state = 'pending') AS pending
     JOIN notification ON delivery_id = pending.id JOIN event ON event.id = event_id ORDER BY pending.seq, notification.seq`,
    login,
  );
  for (const row of pending) {
    const id = String(row['id']);
    const known = underway.get(id) ?? { ...underwayOf(row), uploads: [] };
    known.uploads.push(text(row['upload_id']));
    underway.set(id, known);
  }
  const mailed = new Map<string, number[]>();
  const taken = await session.rows(
    `SELECT recipient, settled_at FROM delivery
     WHERE ${OURS} AND state <> 'pending' AND state = 'delivered' AND channel = 'mail' AND settled_at > $2`,
    login,
    now - HOUR,
  );
  for (const row of taken) {
    const recipient = String(row['recipient']);
    mailed.set(recipient, [...(mailed.get(recipient) ?? []), number(row['settled_at']) ?? 0]);
  }
  return { waiting, underway: [...underway.values()], mailed };
}

export async function loadMutes(session: Session, login: string, now: number): Promise<readonly Mute[]> {
  const rows = await session.rows(
    `SELECT account_id, upload_id, until FROM mute WHERE ${OURS} AND until > $2`,
    login,
    now,
  );
  return rows.map((row) => ({
    account: Number(row['account_id']),
    uploadId: row['upload_id'] === '' ? null : String(row['upload_id']),
    until: Number(row['until']),
  }));
}

export async function outboxCounts(session: Session, login: string): Promise<readonly OutboxCount[]> {
  const rows = await session.rows(
    `SELECT channel, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'dead') AS dead,
            count(*) FILTER (WHERE state = 'waiting') AS waiting, min(created_at) FILTER (WHERE state = 'pending') AS oldest
     FROM (SELECT channel, state, created_at FROM delivery WHERE ${OURS} AND state = 'pending'
           UNION ALL SELECT channel, state, created_at FROM delivery WHERE ${OURS} AND state = 'dead'
           UNION ALL SELECT channel, 'waiting', created_at FROM notification WHERE ${OURS} AND delivery_id IS NULL) AS counted
     GROUP BY channel ORDER BY channel`,
    login,
  );
  return rows.map((row) => ({
    channel: row['channel'] as OutboxCount['channel'],
    pending: Number(row['pending']),
    dead: Number(row['dead']),
    waiting: Number(row['waiting']),
    oldestPendingAt: number(row['oldest']),
  }));
}

/** What does not wait any more is left out: another instance was first. */
export async function form(session: Session, { id, account, channel, recipient, eventIds }: Formed, now: number) {
  const waiting = await session.rows(
    `SELECT seq FROM notification
     WHERE event_id = ANY($1) AND channel = $2 AND recipient = $3 AND delivery_id IS NULL ORDER BY seq FOR UPDATE`,
    eventIds,
    channel,
    recipient,
  );
  if (waiting.length === 0) return;
  // The recipient's oldest is tried before this one, so that people read things in the order in which they happened.
  await wakeOldest(session, { account, channel, recipient, now });
  await addDelivery(session, { id, account, channel, recipient, now }, null);
  await session.rows(
    'UPDATE notification SET delivery_id = $1 WHERE seq = ANY($2)',
    id,
    waiting.map(({ seq }) => Number(seq)),
  );
}

export interface ClaimRequest {
  readonly login: string;
  readonly instance: string;
  readonly channel: string;
  readonly now: number;
  /** By the database's clock, ms: leases that ended by this time count no more, and until when it is leased. */
  readonly lease: { readonly endedBy: number; readonly until: number };
  readonly limit: number;
  /** What this instance is sending; what else is leased to it, it does not know of: the answer to that claim was lost. */
  readonly inHand: readonly string[];
}

const FREE = '(lease_until IS NULL OR lease_until <= $8 OR (lease_by = $5 AND id <> ALL ($6::text[])))';

export async function claim(session: Session, wanted: ClaimRequest): Promise<readonly Claim[]> {
  const { login, instance, channel, now, lease, limit, inHand } = wanted;
  const due = await session.rows(
    `SELECT id, account_id, recipient, document, started, unfinished, first_tried_at FROM delivery
     WHERE seq IN (
         SELECT min(seq) FILTER (WHERE due_at <= $3 OR due_at > $4) FROM delivery
         WHERE ${OURS} AND state = 'pending' AND channel = $2
         GROUP BY recipient HAVING bool_and(${FREE}))
       AND state = 'pending' AND ${FREE}
     ORDER BY seq LIMIT $7 FOR UPDATE SKIP LOCKED`,
    login,
    channel,
    now,
    now + MAX_AHEAD,
    instance,
    inHand,
    limit,
    lease.endedBy,
  );
  if (due.length === 0) return [];
  const ids = due.map(({ id }) => String(id));
  await session.rows(
    // One that this instance claimed before, and never heard of, was not ended in the middle of a try.
    `UPDATE delivery SET lease_until = $2, lease_by = $3, started = started + 1,
            unfinished = CASE WHEN lease_by = $3 THEN unfinished ELSE unfinished + 1 END,
            first_tried_at = least(coalesce(first_tried_at, $4), $4) WHERE id = ANY($1)`,
    ids,
    lease.until,
    instance,
    now,
  );
  const carried = await eventsOf(session, ids);
  return due.map((row) => {
    const id = String(row['id']);
    return {
      id,
      account: Number(row['account_id']),
      channel: channel as Claim['channel'],
      recipient: String(row['recipient']),
      content: contentOf(row, carried.get(id) ?? []),
      tries: Number(row['started']) + 1,
      unfinished: Number(row['unfinished']),
      firstTriedAt: Math.min(number(row['first_tried_at']) ?? now, now),
    };
  });
}

/** By delivery. */
export async function eventsOf(
  session: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Event[]>> {
  const rows = await session.rows(
    `SELECT delivery_id, document FROM notification JOIN event ON event.id = event_id
     WHERE delivery_id = ANY($1) ORDER BY notification.seq`,
    ids,
  );
  const found = new Map<string, Event[]>();
  for (const row of rows) {
    const id = String(row['delivery_id']);
    found.set(id, [...(found.get(id) ?? []), eventOf(row)]);
  }
  return found;
}

export function contentOf(row: Row, events: readonly Event[]): Content {
  const content = row['document'];
  return typeof content === 'string' ? (JSON.parse(content) as Content) : { kind: 'events', events };
}

/**
 * `instance`: who tried. What the other side took is noted whoever holds the lease by now; any other end only by the one that holds it,
 * since another may be sending it again.
 */
export async function settle(session: Session, id: string, settlement: Settlement, instance: string): Promise<void> {
  const free = 'lease_until = NULL, lease_by = NULL';
  switch (settlement.result) {
    case 'delivered': {
      const { at } = settlement;
      await session.rows(
        `UPDATE delivery SET state = 'delivered', settled_at = $2, reason = NULL, ${free}, unfinished = 0 WHERE id = $1`,
        id,
        at,
      );
      await session.rows(
        `UPDATE delivery SET due_at = greatest($2, not_before)
         WHERE (account_id, channel, recipient) = (SELECT account_id, channel, recipient FROM delivery WHERE id = $1)
           AND state = 'pending' AND due_at > greatest($2, not_before)`,
        id,
        at,
      );
      return;
    }
    case 'dead':
      await session.rows(
        `UPDATE delivery SET state = 'dead', settled_at = $3, reason = $4, ${free}, unfinished = 0
         WHERE id = $1 AND state = 'pending' AND lease_by = $2`,
        id,
        instance,
        settlement.at,
        settlement.reason,
      );
      return;
    case 'retry':
      await session.rows(
        `UPDATE delivery SET due_at = $3, not_before = $4, reason = $5, ${free}, unfinished = 0
         WHERE id = $1 AND state = 'pending' AND lease_by = $2`,
        id,
        instance,
        settlement.dueAt,
        settlement.notBefore,
        settlement.reason,
      );
      return;
    case 'held':
      await session.rows(
        `UPDATE delivery SET due_at = $3, ${free}, started = started - 1, unfinished = unfinished - 1, first_tried_at = NULL
         WHERE id = $1 AND state = 'pending' AND lease_by = $2`,
        id,
        instance,
        settlement.dueAt,
      );
  }
}
