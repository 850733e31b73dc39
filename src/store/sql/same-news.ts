// Notifications that somebody already has, of the same thing, for another account of the deployment.
import { SAME_NEWS_WITHIN, isSameNews } from '../../domain/notify/same-news.ts';
import type { Event } from '../../domain/event.ts';
import type { Notification } from '../../domain/notify/hold.ts';
import type { Session } from '../database.ts';
import { eventOf } from '../documents.ts';

export interface News {
  readonly account: number;
  /** Those found. */
  readonly events: readonly Event[];
  readonly notifications: readonly Notification[];
}

/** Without those; `login`: whose accounts are looked at. */
export async function withoutSameNews(
  session: Session,
  login: string,
  { account, events, notifications }: News,
): Promise<readonly Notification[]> {
  if (notifications.length === 0) return notifications;
  const others = await session.rows(
    `SELECT account_id FROM (SELECT id AS account_id, deployment FROM account WHERE id <> $2) AS other
     WHERE deployment = (SELECT deployment FROM account WHERE id = $2) AND ${session.dialect.ours}`,
    login,
    account,
  );
  if (others.length === 0) return notifications;
  const { oneOf } = session.dialect;
  const rows = await session.rows(
    `SELECT document, channel, recipient FROM event JOIN notification ON event_id = event.id
     WHERE ${oneOf('event.account_id', 1)} AND ${oneOf('kind', 2)} AND time >= $3`,
    others.map((row) => Number(row['account_id'])),
    [...new Set(events.map(({ kind }) => kind))],
    Math.min(...events.map(({ time }) => time)) - SAME_NEWS_WITHIN,
  );
  const known = Map.groupBy(rows, ({ channel, recipient }) => `${String(channel)} ${String(recipient)}`);
  const byId = new Map(events.map((event) => [event.id, event]));
  return notifications.filter(({ eventId, channel, recipient }) => {
    const event = byId.get(eventId);
    const told = known.get(`${channel} ${recipient}`) ?? [];
    return event === undefined || !told.some((row) => isSameNews(eventOf(row), event));
  });
}
