// A message as plain text, for clients and people that want no HTML. Everything in a Message is already one line and bounded.
import type { Item, Message } from '../../domain/message.ts';
import { timeText } from './times.ts';

export function mailText(message: Message, timeZone: string): string {
  const items = message.items.map((item) => itemText(item, timeZone));
  const more = message.more > 0 ? [`… and ${message.more} more changes that are not listed here.`] : [];
  return (
    [message.lead, ...items, ...more, '-- \nSent by nomad-upload-monitor, which watches your NOMAD uploads.'].join(
      '\n\n',
    ) + '\n'
  );
}

function itemText(item: Item, timeZone: string): string {
  return [
    `${item.title}: ${item.headline} (${timeText(item.time, timeZone)})`,
    ...item.lines.map((line) => `  ${line}`),
    ...(item.advice === null ? [] : [`  ${item.advice}`]),
    ...(item.link === null ? [] : [`  ${item.link}`]),
  ].join('\n');
}
