// The outbox: what waits, and what is put into deliveries. What becomes of a delivery is in deliveries.ts.
import { HOUR } from '../../domain/text/durations.ts';
import type { ChannelName, Mute, OpenDelivery, UndeliveredNotification } from '../../domain/notify/hold.ts';
import type { Session } from '../database.ts';
import { type Row, number, text } from '../rows.ts';
import type { Formed, OutboxCount, Queue } from '../store.ts';

/** `channel`: of this one alone; absent: of all. */
export async function loadQueue(session: Session, login: string, now: number, channel?: ChannelName): Promise<Queue> {
  const { ours } = session.dialect;
  const [mine, only] = channel === undefined ? ['', []] : ['AND channel = $2', [channel]];
  const found = await session.rows(
    `SELECT account_id, event_id, channel, recipient, kind, upload_id, created_at
     FROM (SELECT * FROM notification WHERE ${ours} AND delivery_id IS NULL ${mine}) AS waiting
     JOIN (SELECT id, kind, upload_id FROM event) AS event ON event.id = event_id ORDER BY seq`,
    login,
    ...only,
  );
  const waiting = found.map(waitingOf);
  const mutes = await loadMutes(session, login, now);
  if (waiting.length === 0) return { waiting, mutes, underway: [], mailed: new Map() };
  const pending = await session.rows(
    `SELECT pending.id, pending.channel, pending.recipient, started, unfinished, first_tried_at, event.upload_id
     FROM (SELECT * FROM delivery WHERE ${ours} AND state = 'pending' ${mine}) AS pending
     JOIN notification ON delivery_id = pending.id JOIN event ON event.id = event_id ORDER BY pending.seq, notification.seq`,
    login,
    ...only,
  );
  const isMail = channel === undefined || channel === 'mail';
  return {
    waiting,
    mutes,
    underway: openDeliveries(pending),
    mailed: isMail ? await mailedSince(session, login, now - HOUR) : new Map(),
  };
}

function waitingOf(row: Row): UndeliveredNotification {
  return {
    account: Number(row['account_id']),
    eventId: String(row['event_id']),
    channel: row['channel'] as UndeliveredNotification['channel'],
    recipient: String(row['recipient']),
    kind: row['kind'] as UndeliveredNotification['kind'],
    uploadId: text(row['upload_id']),
    since: Number(row['created_at']),
  };
}

/** A row for each upload that a delivery is about. */
function openDeliveries(rows: readonly Row[]): readonly OpenDelivery[] {
  const found = new Map<string, OpenDelivery & { uploads: (string | null)[] }>();
  for (const row of rows) {
    const id = String(row['id']);
    const known = found.get(id) ?? { ...underwayOf(row), uploads: [] };
    known.uploads.push(text(row['upload_id']));
    found.set(id, known);
  }
  return [...found.values()];
}

function underwayOf(row: Row): Omit<OpenDelivery, 'uploads'> {
  return {
    id: String(row['id']),
    channel: row['channel'] as OpenDelivery['channel'],
    recipient: String(row['recipient']),
    tries: Number(row['started']) - Number(row['unfinished']),
    firstTriedAt: number(row['first_tried_at']),
  };
}

/** When mails were accepted, by recipient. */
async function mailedSince(session: Session, login: string, since: number): Promise<Queue['mailed']> {
  const rows = await session.rows(
    `SELECT recipient, settled_at FROM delivery
     WHERE ${session.dialect.ours} AND state <> 'pending' AND state = 'delivered' AND channel = 'mail' AND settled_at > $2`,
    login,
    since,
  );
  const mailed = new Map<string, number[]>();
  for (const row of rows) {
    const recipient = String(row['recipient']);
    mailed.set(recipient, [...(mailed.get(recipient) ?? []), Number(row['settled_at'])]);
  }
  return mailed;
}

/** Those that have not ended. */
export async function loadMutes(session: Session, login: string, now: number): Promise<readonly Mute[]> {
  const rows = await session.rows(
    `SELECT account_id, upload_id, until FROM mute WHERE ${session.dialect.ours} AND until > $2`,
    login,
    now,
  );
  return rows.map((row) => ({
    account: Number(row['account_id']),
    uploadId: row['upload_id'] === '' ? null : String(row['upload_id']),
    until: Number(row['until']),
  }));
}

/** `account`: of this one alone; null: of all. */
export async function outboxCounts(
  session: Session,
  login: string,
  account: number | null,
): Promise<readonly OutboxCount[]> {
  const { dialect } = session;
  const [ours, of] = account === null ? [dialect.ours, []] : [`${dialect.ours} AND account_id = $2`, [account]];
  const rows = await session.rows(
    `SELECT channel, count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'dead') AS dead,
            count(*) FILTER (WHERE state = 'waiting') AS waiting, min(created_at) FILTER (WHERE state = 'pending') AS oldest
     FROM (SELECT channel, state, created_at FROM delivery WHERE ${ours} AND state = 'pending'
           UNION ALL SELECT channel, state, created_at FROM delivery WHERE ${ours} AND state = 'dead'
           UNION ALL SELECT channel, 'waiting', created_at FROM notification WHERE ${ours} AND delivery_id IS NULL) AS counted
     GROUP BY channel ORDER BY channel`,
    login,
    ...of,
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
export async function form(
  session: Session,
  login: string,
  { id, account, channel, recipient, eventIds }: Formed,
  now: number,
): Promise<void> {
  const { oneOf, forUpdate } = session.dialect;
  const waiting = await session.rows(
    `SELECT seq FROM notification
     WHERE ${oneOf('event_id', 1)} AND channel = $2 AND recipient = $3 AND delivery_id IS NULL ORDER BY seq ${forUpdate}`,
    eventIds,
    channel,
    recipient,
  );
  if (waiting.length === 0) return;
  // The recipient's oldest is tried before this one, so that people read things in the order in which they happened.
  await wakeOldest(session, { login, channel, recipient, now });
  await addDelivery(session, { id, account, channel, recipient, document: null, now });
  await session.rows(
    `UPDATE notification SET delivery_id = $1 WHERE ${oneOf('seq', 2)}`,
    id,
    waiting.map(({ seq }) => Number(seq)),
  );
}

interface NewDelivery {
  readonly id: string;
  readonly account: number;
  readonly channel: string;
  readonly recipient: string;
  /** null: its notifications say what it carries. */
  readonly document: string | null;
  readonly now: number;
}

export async function addDelivery(session: Session, delivery: NewDelivery): Promise<void> {
  const { id, account, channel, recipient, document, now } = delivery;
  await session.rows(
    `INSERT INTO delivery (id, account_id, channel, recipient, document, state, created_at, due_at)
     VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6)`,
    id,
    account,
    channel,
    recipient,
    document,
    now,
  );
}

interface Lane {
  readonly login: string;
  readonly channel: string;
  readonly recipient: string;
  readonly now: number;
}

const NOW_OR_LATER = later('$4', 'not_before');

/** The recipient's oldest delivery, of whichever of the login's accounts, is tried now; never before the other side asked for. */
export async function wakeOldest(session: Session, { login, channel, recipient, now }: Lane): Promise<void> {
  await session.rows(
    `UPDATE delivery SET due_at = ${NOW_OR_LATER}
     WHERE seq = (SELECT min(seq) FROM delivery WHERE ${session.dialect.ours} AND state = 'pending' AND channel = $2 AND recipient = $3)
       AND due_at > ${NOW_OR_LATER}`,
    login,
    channel,
    recipient,
    now,
  );
}

/** The later of two times. SQLite and PostgreSQL have no function of one name for it. */
export function later(a: string, b: string): string {
  return `CASE WHEN ${b} > ${a} THEN ${b} ELSE ${a} END`;
}
