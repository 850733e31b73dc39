// What a leader stores in PostgreSQL: polls, health, reminders. Each in one transaction that is fenced.
import type { Event } from '../../domain/event.ts';
import type { Notification } from '../../domain/notify/hold.ts';
import type { Session } from './database.ts';
import { number } from '../rows.ts';
import { type HealthCommit, type PollCommit, type StandingCommit, StateError } from '../store.ts';

/** Rows in one statement. */
const BATCH = 1000;

export async function storePoll(session: Session, commit: PollCommit): Promise<readonly Event[]> {
  const { account, comparedWith, takenAt, changed, removed } = commit;
  const [row] = await session.rows('SELECT sequence FROM account WHERE id = $1 FOR UPDATE', account);
  const stored = number(row?.['sequence']);
  if (stored !== comparedWith) {
    throw new StateError(
      `state: snapshot ${String(stored)} is stored, ${String(comparedWith)} was compared with; another monitor writes to it; end one of the two`,
    );
  }
  await session.rows(
    'UPDATE account SET sequence = $2, taken_at = $3 WHERE id = $1',
    account,
    (stored ?? 0) + 1,
    takenAt,
  );
  for (let from = 0; from < changed.length; from += BATCH) {
    const some = changed.slice(from, from + BATCH);
    await session.rows(
      `INSERT INTO upload SELECT $1, * FROM unnest($2::text[], $3::text[])
       ON CONFLICT (account_id, upload_id) DO UPDATE SET document = excluded.document`,
      account,
      some.map(({ upload }) => upload.id),
      some.map((watched) => JSON.stringify(watched)),
    );
  }
  for (const table of removed.length > 0 ? ['upload', 'reminder', 'ack'] : []) {
    await session.rows(`DELETE FROM ${table} WHERE account_id = $1 AND upload_id = ANY($2)`, account, removed);
  }
  return storeHealth(session, commit);
}

export async function storeHealth(session: Session, commit: HealthCommit): Promise<readonly Event[]> {
  const { account, login, health, now } = commit;
  await session.rows('UPDATE login SET health = $2 WHERE login = $1', login, JSON.stringify(health));
  const fresh = new Set<string>();
  for (let from = 0; from < commit.events.length; from += BATCH) {
    const stored = await addEvents(session, account, commit.events.slice(from, from + BATCH));
    for (const id of stored) fresh.add(id);
  }
  const told = commit.notifications.filter(({ eventId }) => fresh.has(eventId));
  for (let from = 0; from < told.length; from += BATCH) {
    await addNotifications(session, account, told.slice(from, from + BATCH), now);
  }
  const lanes = new Map(told.map((each) => [`${each.channel} ${each.recipient}`, each]));
  // News is a reason to try what waits for the same recipient: it comes before the news.
  for (const { channel, recipient } of lanes.values()) await wakeOldest(session, { account, channel, recipient, now });
  return commit.events.filter(({ id }) => fresh.has(id));
}

async function addEvents(session: Session, account: number, events: readonly Event[]): Promise<readonly string[]> {
  const rows = await session.rows(
    `INSERT INTO event (id, account_id, kind, time, upload_id, document)
     SELECT id, $1, kind, time, upload_id, document
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
          WITH ORDINALITY AS given (id, kind, time, upload_id, document, position)
     ORDER BY position ON CONFLICT (id) DO NOTHING RETURNING id`,
    account,
    events.map(({ id }) => id),
    events.map(({ kind }) => kind),
    events.map(({ time }) => time),
    events.map(({ upload }) => upload?.id ?? null),
    events.map((event) => JSON.stringify(event)),
  );
  return rows.map((row) => String(row['id']));
}

async function addNotifications(session: Session, account: number, some: readonly Notification[], now: number) {
  await session.rows(
    `INSERT INTO notification (account_id, event_id, channel, recipient, created_at)
     SELECT $1, event_id, channel, recipient, $2
     FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS given (event_id, channel, recipient, position)
     ORDER BY position`,
    account,
    now,
    some.map(({ eventId }) => eventId),
    some.map(({ channel }) => channel),
    some.map(({ recipient }) => recipient),
  );
}

export interface Lane {
  readonly account: number;
  readonly channel: string;
  readonly recipient: string;
  readonly now: number;
}

export async function wakeOldest(session: Session, { account, channel, recipient, now }: Lane): Promise<void> {
  await session.rows(
    `UPDATE delivery SET due_at = greatest($4, not_before)
     WHERE seq = (SELECT min(seq) FROM delivery WHERE account_id = $1 AND state = 'pending' AND channel = $2 AND recipient = $3)
       AND due_at > greatest($4, not_before)`,
    account,
    channel,
    recipient,
    now,
  );
}

export async function storeStanding(session: Session, commit: StandingCommit): Promise<void> {
  const { account, deliveries, reminded, digestedAt, now } = commit;
  for (const { id, channel, recipient, content } of deliveries) {
    await addDelivery(session, { id, account, channel, recipient, now }, JSON.stringify(content));
  }
  if (reminded.length > 0) {
    await session.rows(
      `INSERT INTO reminder SELECT $1, *, $3 FROM unnest($2::text[])
       ON CONFLICT (account_id, upload_id) DO UPDATE SET at = excluded.at`,
      account,
      reminded,
      now,
    );
  }
  if (digestedAt !== null) await session.rows('UPDATE account SET digested_at = $2 WHERE id = $1', account, digestedAt);
}

export async function addDelivery(
  session: Session,
  { id, account, channel, recipient, now }: Lane & { readonly id: string },
  document: string | null,
): Promise<void> {
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
