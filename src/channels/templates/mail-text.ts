// A message as plain text, for those who do not want HTML. Every text in a Message is already one line and of limited length.
import type { Item, Line } from '../../domain/message/item.ts';
import { type Message, firstLine } from '../../domain/message/message.ts';
import type { Group } from '../../domain/message/said.ts';
import { type Reader, pageLink } from '../../domain/message/reader.ts';
import { clockText, timeText } from '../../domain/text/time-format.ts';
import { wrap } from '../../domain/text/wrap.ts';

const WIDTH = 76;

export function mailText(message: Message, reader: Reader): string {
  const { items, note, more } = message;
  const { timeZone, why, page, alsoBroken } = reader;
  return (
    [
      wrapped(firstLine(message, timeZone), ''),
      ...items.map((item) => itemText(item, reader, items.length > 1)),
      ...message.groups.map((group) => groupText(group, reader)),
      ...(more > 0 ? [`… and ${more} more that are not listed here.`] : []),
      ...(note === null ? [] : [withCommands(note, '')]),
      ...(alsoBroken === null ? [] : [lineText(alsoBroken, '').join('\n')]),
      `-- \n${[...why.map((line) => wrapped(line, '')), ...(page === null ? [] : [`The page of the monitor: ${page}/`])].join('\n')}`,
    ].join('\n\n') + '\n'
  );
}

/** Above a text to copy. */
export const REPORT_TITLE = "For NOMAD's administrators, ready to copy:";

function groupText({ title, headline, lines, items, more }: Group, reader: Reader): string {
  const heading = wrapped(`${title}: ${headline}`, '');
  const longest = Math.max(...heading.split('\n').map((line) => line.length));
  return [
    `${heading}\n${'-'.repeat(longest)}`,
    ...items.map((item) => itemText(item, reader, true)),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...(lines.length > 0 ? [lines.map((line) => wrapped(line, '')).join('\n')] : []),
  ].join('\n\n');
}

/** `withFacts`: of a single item the first line says them. */
function itemText(item: Item, { timeZone, page }: Reader, withFacts: boolean): string {
  const { uploadId, facts, title, headline, time, history, lines, advice, report, link } = item;
  return [
    wrapped(`${title}: ${headline} (${[timeText(time, timeZone), ...(withFacts ? facts : [])].join('; ')})`, ''),
    ...history.map((each) => wrapped(`${clockText(each.time, timeZone)} ${each.text}`, '  ')),
    ...lines.flatMap((line) => lineText(line, '  ')),
    ...(advice === null ? [] : [withCommands(advice, '  ')]),
    ...(link === null ? [] : [`  ${link}`]),
    ...(page === null || uploadId === null ? [] : [`  History: ${pageLink(page, uploadId)}`]),
    ...(report === undefined ? [] : ['', `  ${REPORT_TITLE}`, '', indented(report, '    ')]),
  ].join('\n');
}

/** As it is: to be copied. */
function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

function lineText({ text, link }: Line, indent: string): readonly string[] {
  return [wrapped(text, indent), ...(link === null ? [] : [`${indent}  ${link}`])];
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
