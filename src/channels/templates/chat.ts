// A message in Slack's format. `text` is complete by itself, in Markdown, for chats that show nothing else: Mattermost, Rocket.Chat, Discord (which
// takes 2,000 characters). `blocks` are in Slack's mrkdwn: Slack shows them, Zulip turns them into Markdown, headers included. Only links are
// written alike in both: all of these chats understand <address|text>. Whatever comes from outside is escaped.
import type { Item, Line } from '../../domain/message/item.ts';
import type { Message } from '../../domain/message/message.ts';
import type { Group } from '../../domain/message/said.ts';
import type { Reader } from '../../domain/message/reader.ts';
import { escapeMarkup, escapePlain } from './chat-text.ts';

export interface ChatMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** For Slack: no previews of links. */
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

type Block =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };
    }
  | {
      readonly type: 'section';
      readonly text: { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
    };

/** Slack takes 50 blocks of 3,000 characters, but nobody reads that many in a chat. */
const MAX_ITEMS = 10;
const MAX_IN_SECTION = 2900;
const MAX_TEXT = 1900;
/** Bold in Markdown and in Slack's mrkdwn. One sign is italic in Markdown, two are shown by Slack. */
type Bold = '**' | '*';
const MARKS = { bad: '\u{1f534}', good: '\u{1f7e2}', plain: '\u{1f535}' } as const;

export function chatMessage(message: Message, { alsoBroken }: Pick<Reader, 'alsoBroken'>): ChatMessage {
  const { subject, items, more, lead, groups, note } = message;
  if (groups.length > 0) return byAuthor({ subject, lead, groups, note });
  const shown = items.slice(0, MAX_ITEMS);
  const left = more + items.length - shown.length;
  const rest = [...(left > 0 ? [`… and ${left} more`] : []), ...(alsoBroken === null ? [] : [linkedText(alsoBroken)])];
  const headline = subject.replace(/^\[NOMAD\] /, 'NOMAD: ');
  const sections = shown.length > 0 ? shown.map((item) => sectionOf(item, '*')) : [escapeMarkup(lead)];
  return {
    text: joinWithin(MAX_TEXT, [
      `**${escapeMarkup(headline)}**`,
      ...shown.map((item) => (shown.length > 1 ? headlineOf(item, '**') : sectionOf(item, '**'))),
      // After an empty line, or Markdown draws it inside the quote before it.
      ...(rest.length > 0 && shown.length === 1 ? [''] : []),
      ...rest,
    ]),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(escapePlain(headline), 150), emoji: false } },
      ...[...sections, ...rest].map((text) => section(text)),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** A summary by author: one section each. */
function byAuthor({ subject, lead, groups, note }: Pick<Message, 'subject' | 'lead' | 'groups' | 'note'>): ChatMessage {
  const headline = subject.replace(/^\[NOMAD\] /, 'NOMAD: ');
  const sectionsIn = (bold: Bold) => [
    escapeMarkup(lead),
    ...groups.map((group) => groupOf(group, bold)),
    ...(note === null ? [] : [escapeMarkup(note)]),
  ];
  return {
    text: joinWithin(MAX_TEXT, [
      `**${escapeMarkup(headline)}**`,
      ...sectionsIn('**').flatMap((each) => each.split('\n')),
    ]),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(escapePlain(headline), 150), emoji: false } },
      ...sectionsIn('*').map((text) => section(text)),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function groupOf({ title, headline, tone, lines, items, more }: Group, bold: Bold): string {
  return joinWithin(MAX_IN_SECTION, [
    `${MARKS[tone]} ${bold}${escapeMarkup(title)}${bold}: ${escapeMarkup(headline)}`,
    ...items.map((item) => [`${linkedTitle(item, bold)} ${escapeMarkup(item.headline)}`, ...reasonOf(item)].join(': ')),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...lines.map(escapeMarkup),
  ]);
}

function reasonOf({ lines: [first] }: Item): readonly string[] {
  return first === undefined ? [] : [escapeMarkup(first.text)];
}

/** The advice comes after an empty line: in Markdown a quote goes on to the next one. */
function sectionOf(item: Item, bold: Bold): string {
  const { history, facts, lines, advice } = item;
  const quoted = [...(facts.length > 0 ? [facts.join(', ')] : []), ...[...history, ...lines].map(({ text }) => text)];
  return [
    headlineOf(item, bold),
    ...quoted.map((text) => `> ${escapeMarkup(text)}`),
    ...(quoted.length > 0 && advice !== null ? [''] : []),
    ...(advice === null ? [] : advice.split('\n').map(escapeMarkup)),
  ].join('\n');
}

function headlineOf(item: Item, bold: Bold): string {
  return `${MARKS[item.tone]} ${linkedTitle(item, bold)} ${escapeMarkup(item.headline)}`;
}

/** The only links are our own. */
function linkedTitle({ title, link }: Item, bold: Bold): string {
  return isOurs(link) ? linkedText({ text: title, link }) : `${bold}${escapeMarkup(title)}${bold}`;
}

function linkedText({ text, link }: Line): string {
  return isOurs(link) ? `<${link.replaceAll('&', '&amp;')}|${escapeMarkup(text)}>` : escapeMarkup(text);
}

function isOurs(link: string | null): link is string {
  return link !== null && /^https?:\/\/[^\s<>|]+$/.test(link);
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: clip(text, MAX_IN_SECTION), verbatim: true } };
}

/** As many whole lines as fit. */
function joinWithin(limit: number, lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > limit) return text === '' ? clip(line, limit) : `${text}\n…`;
    text = text === '' ? line : `${text}\n${line}`;
  }
  return text;
}

/** Cuts no entity and no character in half. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit - 1)
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/\p{Surrogate}$/u, '')}…`;
}
