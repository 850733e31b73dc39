// What a poll and the reminders store, each within one transaction of the caller.
import type { Event } from '../../domain/event.ts';
import type { TrackedUpload } from '../../domain/upload.ts';
import type { Into, Session } from '../database.ts';
import { number } from '../rows.ts';
import { type HealthCommit, type PollCommit, type StandingCommit, StateError } from '../store.ts';
import { addDelivery, wakeOldest } from './outbox.ts';
import { withoutSameNews } from './same-news.ts';

const UPLOAD: Into = {
  table: 'upload',
  columns: { account_id: 'bigint', upload_id: 'text', document: 'text' },
  then: 'ON CONFLICT (account_id, upload_id) DO UPDATE SET document = excluded.document',
};
const EVENT: Into = {
  table: 'event',
  columns: { id: 'text', account_id: 'bigint', kind: 'text', time: 'bigint', upload_id: 'text', document: 'text' },
  then: 'ON CONFLICT (id) DO NOTHING RETURNING id',
};
const NOTIFICATION: Into = {
  table: 'notification',
  columns: { account_id: 'bigint', event_id: 'text', channel: 'text', recipient: 'text', created_at: 'bigint' },
};
const REMINDER: Into = {
  table: 'reminder',
  columns: { account_id: 'bigint', upload_id: 'text', at: 'bigint' },
  then: 'ON CONFLICT (account_id, upload_id) DO UPDATE SET at = excluded.at',
};

const SUMMARY: Into = {
  table: 'summary',
  columns: { account_id: 'bigint', schedule: 'text', at: 'bigint' },
};

/** `login`: whose outbox it is. Returns the events that were new. */
export async function storePoll(session: Session, login: string, commit: PollCommit): Promise<readonly Event[]> {
  const { account, comparedWith, takenAt, changed, removed } = commit;
  const [row] = await session.rows(`SELECT sequence FROM account WHERE id = $1 ${session.dialect.forUpdate}`, account);
  const stored = number(row?.['sequence']);
  if (stored !== comparedWith) {
    throw new StateError(
      `state: stored snapshot is ${String(stored)}, expected ${String(comparedWith)}; another monitor writes to it; stop one of the two`,
    );
  }
  await session.rows(
    'UPDATE account SET sequence = $2, taken_at = $3 WHERE id = $1',
    account,
    (stored ?? 0) + 1,
    takenAt,
  );
  await session.insert(UPLOAD, uploadRows(account, changed));
  for (const table of removed.length > 0 ? ['upload', 'reminder', 'ack'] : []) {
    await session.rows(
      `DELETE FROM ${table} WHERE account_id = $1 AND ${session.dialect.oneOf('upload_id', 2)}`,
      account,
      removed,
    );
  }
  return storeHealth(session, login, commit);
}

/** One text at a time: all together are as large as the snapshot itself. */
function* uploadRows(account: number, changed: readonly TrackedUpload[]) {
  for (const watched of changed) yield [account, watched.upload.id, JSON.stringify(watched)];
}

export async function storeHealth(session: Session, login: string, commit: HealthCommit): Promise<readonly Event[]> {
  const { account, events, now } = commit;
  await session.rows(
    'INSERT INTO login (login, health) VALUES ($1, $2) ON CONFLICT (login) DO UPDATE SET health = excluded.health',
    commit.login,
    JSON.stringify(commit.health),
  );
  const stored = await session.insert(
    EVENT,
    events.map((event) => {
      const { id, kind, time, upload } = event;
      return [id, account, kind, time, upload?.id ?? null, JSON.stringify(event)];
    }),
  );
  const fresh = new Set(stored.map((row) => String(row['id'])));
  const notifications = await withoutSameNews(session, login, {
    account,
    events,
    notifications: commit.notifications.filter(({ eventId }) => fresh.has(eventId)),
  });
  await session.insert(
    NOTIFICATION,
    notifications.map(({ eventId, channel, recipient }) => [account, eventId, channel, recipient, now]),
  );
  const lanes = new Map(notifications.map((each) => [`${each.channel} ${each.recipient}`, each]));
  // News is a reason to try what waits for the same recipient: it comes before the news.
  for (const { channel, recipient } of lanes.values()) await wakeOldest(session, { login, channel, recipient, now });
  return events.filter(({ id }) => fresh.has(id));
}

export async function storeStanding(session: Session, commit: StandingCommit): Promise<void> {
  const { account, deliveries, reminded, summarised, now } = commit;
  for (const { id, channel, recipient, content } of deliveries) {
    await addDelivery(session, { id, account, channel, recipient, document: JSON.stringify(content), now });
  }
  await session.insert(
    REMINDER,
    reminded.map((uploadId) => [account, uploadId, now]),
  );
  if (summarised === null) return;
  await session.rows('DELETE FROM summary WHERE account_id = $1', account);
  await session.insert(
    SUMMARY,
    [...summarised].map(([schedule, at]) => [account, schedule, at]),
  );
}
