// What `outbox --delivered` prints: what was accepted, with the server's answer, which holds its queue id.
import { messageOf } from '../../domain/message/message.ts';
import { oneLine, spanText } from '../../domain/text/one-line.ts';
import type { Delivered } from '../../store/operator.ts';
import { type TableColumn, table } from '../terminal/table.ts';
import type { Layout } from './outbox-text.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'CHANNEL', spare: 3 },
  { title: 'RECIPIENT', least: 8, spare: 5 },
  { title: 'AGE', spare: 4 },
  { title: 'TRIES', isNumber: true, spare: 6 },
  { title: 'WHAT', least: 10 },
];

/** For --json. */
export function deliveredDocument(delivered: readonly Delivered[]) {
  return {
    delivered: delivered.map(({ content, at, ...rest }) => ({
      ...rest,
      subject: messageOf(content).subject,
      delivered_at: new Date(at).toISOString(),
    })),
  };
}

export function deliveredText(
  delivered: readonly Delivered[],
  { now, scrub, width }: Omit<Layout, 'timeZone'>,
): string {
  if (delivered.length === 0) return 'no delivery is recorded';
  const rows = delivered.map(({ id, channel, recipient, content, tries, at, answer }) => [
    id,
    channel,
    oneLine(recipient, 300),
    spanText(now - at),
    String(tries),
    oneLine(`${messageOf(content).subject}${answer === null ? '' : ` — ${answer}`}`, 500),
  ]);
  return table(
    COLUMNS,
    rows.map((row) => row.map(scrub)),
    width,
  ).join('\n');
}
