// Deliveries as they are claimed and settled. Every instance may do it; what one has claimed is left alone by the others until its lease ends.
import { HOUR } from '../../domain/text/durations.ts';
import type { Content } from '../../domain/notify/delivery-content.ts';
import type { Event } from '../../domain/event.ts';
import type { Session } from '../database.ts';
import { eventOf, standingContentOf } from '../documents.ts';
import { type Row, number } from '../rows.ts';
import type { Lease } from '../sharing.ts';
import type { Claim, Settlement } from '../store.ts';
import { later } from './outbox.ts';

/** No try is put further ahead than this, ms: one that is was put there by a clock since set back. */
const MAX_AHEAD = 2 * HOUR;

export interface ClaimRequest {
  readonly login: string;
  readonly instance: string;
  readonly channel: string;
  readonly now: number;
  readonly lease: Lease;
  readonly limit: number;
  /** What this instance is sending; what else is leased to it, it does not know of: the answer to that claim was lost. */
  readonly inHand: readonly string[];
}

export async function claim(session: Session, wanted: ClaimRequest): Promise<readonly Claim[]> {
  const { login, instance, channel, now, lease, limit, inHand } = wanted;
  const { ours, oneOf, forUpdateSkipLocked } = session.dialect;
  const free = `(lease_until IS NULL OR lease_until <= $8 OR (lease_by = $5 AND NOT ${oneOf('id', 6)}))`;
  const due = await session.rows(
    `SELECT id, account_id, recipient, document, started, unfinished, first_tried_at FROM delivery
     WHERE seq IN (
         SELECT min(seq) FILTER (WHERE due_at <= $3 OR due_at > $4) FROM delivery
         WHERE ${ours} AND state = 'pending' AND channel = $2
         GROUP BY recipient HAVING min(CASE WHEN ${free} THEN 1 ELSE 0 END) = 1)
       AND state = 'pending' AND ${free}
     ORDER BY seq LIMIT $7 ${forUpdateSkipLocked}`,
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
    // One that this process claimed before, and never heard of, was not ended in the middle of a try.
    `UPDATE delivery SET lease_until = $2, lease_by = $3, started = started + 1,
            unfinished = CASE WHEN lease_by = $3 THEN unfinished ELSE unfinished + 1 END,
            first_tried_at = CASE WHEN first_tried_at < $4 THEN first_tried_at ELSE $4 END WHERE ${oneOf('id', 1)}`,
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
     WHERE ${session.dialect.oneOf('delivery_id', 1)} ORDER BY notification.seq`,
    ids,
  );
  const found = new Map<string, Event[]>();
  for (const row of rows) {
    const id = String(row['delivery_id']);
    const events = found.get(id) ?? [];
    events.push(eventOf(row));
    found.set(id, events);
  }
  return found;
}

export function contentOf(row: Row, events: readonly Event[]): Content {
  const content = row['document'];
  return typeof content === 'string' ? standingContentOf(row) : { kind: 'events', events };
}

export interface SettleRequest {
  readonly login: string;
  readonly instance: string;
  readonly id: string;
  readonly settlement: Settlement;
}

const FREED = 'lease_until = NULL, lease_by = NULL';
const ITS_TIME_OR_LATER = later('$3', 'not_before');
const HELD_BY_US = "id = $1 AND state = 'pending' AND lease_by = $2";

/**
 * What the other side took is noted whoever holds the lease by now; any other end only by the instance that holds it, since another may be
 * sending it again.
 */
export async function settle(session: Session, { login, instance, id, settlement }: SettleRequest): Promise<void> {
  switch (settlement.result) {
    case 'delivered': {
      const { at, answer = null } = settlement;
      await session.rows(
        `UPDATE delivery SET state = 'delivered', settled_at = $2, reason = $3, ${FREED}, unfinished = 0 WHERE id = $1`,
        id,
        at,
        answer,
      );
      await session.rows(
        `UPDATE delivery SET due_at = ${ITS_TIME_OR_LATER}
         WHERE ${session.dialect.ours} AND (channel, recipient) = (SELECT channel, recipient FROM delivery WHERE id = $2)
           AND state = 'pending' AND due_at > ${ITS_TIME_OR_LATER}`,
        login,
        id,
        at,
      );
      return;
    }
    case 'dead':
      await session.rows(
        `UPDATE delivery SET state = 'dead', settled_at = $3, reason = $4, ${FREED}, unfinished = 0 WHERE ${HELD_BY_US}`,
        id,
        instance,
        settlement.at,
        settlement.reason,
      );
      return;
    case 'retry':
      await session.rows(
        `UPDATE delivery SET due_at = $3, not_before = $4, reason = $5, ${FREED}, unfinished = 0 WHERE ${HELD_BY_US}`,
        id,
        instance,
        settlement.dueAt,
        settlement.notBefore,
        settlement.reason,
      );
      return;
    case 'held':
      await session.rows(
        `UPDATE delivery SET due_at = $3, ${FREED}, started = started - 1, unfinished = unfinished - 1, first_tried_at = NULL
         WHERE ${HELD_BY_US}`,
        id,
        instance,
        settlement.dueAt,
      );
  }
}
