// What `outbox` prints: a table with a line for each held lane, or a document for --json.
import { messageOf } from '../../domain/message/message.ts';
import type { Hold } from '../../domain/notify/hold.ts';
import { counted, oneLine, spanText } from '../../domain/text/one-line.ts';
import { timeText } from '../../domain/text/time-format.ts';
import type { Undelivered } from '../../store/operator.ts';
import { type TableColumn, paragraph, table } from '../terminal/table.ts';

/** What waits for one recipient for one reason. */
export interface HeldLane {
  readonly channel: string;
  readonly recipient: string;
  readonly events: number;
  readonly since: number;
  /** `due`: nothing holds it; it has no delivery yet. */
  readonly reason: Hold['reason'] | 'due';
  /** ms; null: until something else is over. */
  readonly until: number | null;
}

export interface Outbox {
  readonly undelivered: readonly Undelivered[];
  readonly held: readonly HeldLane[];
  /** What is said of mail that has no recipient; null: there is none. */
  readonly noRecipient: string | null;
}

/** For --json. */
export function outboxDocument({ undelivered, held, noRecipient }: Outbox) {
  return {
    deliveries: undelivered.map(({ content, createdAt, dueAt, isBeingSent, ...rest }) => ({
      ...rest,
      subject: messageOf(content).subject,
      content: content.kind,
      events: content.kind === 'events' ? content.events.map(({ id }) => id) : [],
      created_at: iso(createdAt),
      due_at: dueAt === null ? null : iso(dueAt),
      is_being_sent: isBeingSent,
    })),
    held: held.map(({ since, until, ...rest }) => ({
      ...rest,
      since: iso(since),
      until: until === null ? null : iso(until),
    })),
    no_recipient: noRecipient,
  };
}

const REASONS: Readonly<Record<HeldLane['reason'], string>> = {
  muted: 'muted',
  quiet: 'quiet hours',
  limit: 'MAIL_MAX_PER_HOUR is reached',
  behind: 'waits for an earlier one',
  gathering: 'more of the same is being looked up',
  due: 'the running monitor sends this next, with more of the same if it finds any',
};

const COLUMNS: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'STATE', spare: 1 },
  { title: 'CHANNEL', spare: 3 },
  { title: 'RECIPIENT', least: 8, spare: 5 },
  { title: 'AGE', spare: 4 },
  { title: 'TRIES', isNumber: true, spare: 6 },
  { title: 'NEXT', spare: 2 },
  { title: 'WHAT', least: 10 },
];

export interface Layout {
  readonly now: number;
  /** Removes our secrets. */
  readonly scrub: (text: string) => string;
  /** Columns of the terminal; null: nothing is cut. */
  readonly width: number | null;
  readonly timeZone: string;
}

export function outboxText(
  { undelivered, held, noRecipient }: Outbox,
  { now, scrub, width, timeZone }: Layout,
): string {
  const isEmpty = undelivered.length + held.length === 0;
  if (isEmpty && noRecipient === null) return 'the outbox is empty: everything was delivered';
  if (isEmpty) return paragraph(`the outbox is empty, but ${noRecipient ?? ''}`, width, 0);
  const rows = undelivered.map((each) => [
    each.id,
    each.isBeingSent ? 'sending' : each.state,
    each.channel,
    oneLine(each.recipient, 300),
    spanText(now - each.createdAt),
    String(each.tries),
    each.dueAt === null ? '-' : each.dueAt <= now ? 'now' : `in ${spanText(each.dueAt - now)}`,
    oneLine(`${messageOf(each.content).subject}${each.reason === null ? '' : ` — ${each.reason}`}`, 500),
  ]);
  const lanes = held.map(
    ({ channel, recipient, events, since, reason, until }) =>
      `${reason === 'due' ? 'waiting' : 'held'}: ${counted(events, 'event')} for ${channel} ${oneLine(recipient, 300)}, the oldest since ${spanText(now - since)}: ` +
      `${REASONS[reason]}${until === null ? '' : `, until ${timeText(until, timeZone)}`}`,
  );
  const deliveries =
    rows.length === 0
      ? []
      : table(
          COLUMNS,
          rows.map((row) => row.map(scrub)),
          width,
        );
  const missing = noRecipient === null ? [] : [paragraph(noRecipient, width, 0)];
  return [...deliveries, ...lanes.map((lane) => paragraph(scrub(lane), width, 6)), ...missing].join('\n');
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
