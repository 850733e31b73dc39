// A message as plain text, for those who do not want HTML. Every text in a Message is already one line and of limited length.
import type { Item } from '../../domain/message/item.ts';
import type { Message } from '../../domain/message/message.ts';
import type { Group } from '../../domain/message/said.ts';
import { clockText, spanLine, timeText } from '../../domain/text/time-format.ts';
import { wrap } from '../../domain/text/wrap.ts';

const WIDTH = 76;

export function mailText(message: Message, timeZone: string): string {
  const { lead, span, note, more } = message;
  return (
    [
      wrapped(lead, ''),
      ...(span === null ? [] : [wrapped(spanLine(span, timeZone), '')]),
      ...message.items.map((item) => itemText(item, timeZone)),
      ...message.groups.map((group) => groupText(group, timeZone)),
      ...(more > 0 ? [`… and ${more} more that are not listed here.`] : []),
      ...(note === null ? [] : [withCommands(note, '')]),
      `-- \n${FOOTER.join('\n')}`,
    ].join('\n\n') + '\n'
  );
}

/** Who sent it, and how to get fewer. */
export const FOOTER = [
  'Sent by nomad-upload-monitor, which watches your NOMAD uploads.',
  'To get fewer mails: NOTIFY_ON, RULES_FILE, or nomad-upload-monitor mute --for 8h',
] as const;

function groupText({ title, headline, lines, items, more }: Group, timeZone: string): string {
  const heading = wrapped(`${title}: ${headline}`, '');
  const longest = Math.max(...heading.split('\n').map((line) => line.length));
  return [
    `${heading}\n${'-'.repeat(longest)}`,
    ...items.map((item) => itemText(item, timeZone)),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...(lines.length > 0 ? [lines.map((line) => wrapped(line, '')).join('\n')] : []),
  ].join('\n\n');
}

function itemText({ title, headline, time, history, lines, advice, link }: Item, timeZone: string): string {
  return [
    wrapped(`${title}: ${headline} (${timeText(time, timeZone)})`, ''),
    ...history.map((each) => wrapped(`${clockText(each.time, timeZone)} ${each.text}`, '  ')),
    ...lines.flatMap((line) => [wrapped(line.text, '  '), ...(line.link === null ? [] : [`    ${line.link}`])]),
    ...(advice === null ? [] : [withCommands(advice, '  ')]),
    ...(link === null ? [] : [`  ${link}`]),
  ].join('\n');
}

/** Commands stay on one line, so that they can be copied. */
function withCommands(text: string, indent: string): string {
  const [first = '', ...commands] = text.split('\n');
  return [wrapped(first, indent), ...commands.map((command) => `${indent}  ${command}`)].join('\n');
}

function wrapped(text: string, indent: string): string {
  return wrap(text, WIDTH - indent.length)
    .map((line) => `${indent}${line}`)
    .join('\n');
}
