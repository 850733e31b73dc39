// A message in Slack's format. `text` is complete by itself, for chats that show nothing else (Discord takes 2,000 characters). `blocks` look
// better: Slack shows them, Zulip turns them into Markdown, headers included. Whatever comes from outside is escaped.
import type { Item, Line } from '../../domain/message/item.ts';
import type { Message } from '../../domain/message/message.ts';
import type { Group } from '../../domain/message/said.ts';
import type { Reader } from '../../domain/message/reader.ts';

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
const MARKS = { bad: '\u{1f534}', good: '\u{1f7e2}', plain: '\u{1f535}' } as const;

export function chatMessage(message: Message, { alsoBroken }: Pick<Reader, 'alsoBroken'>): ChatMessage {
  const { subject, items, more, lead, groups, note } = message;
  if (groups.length > 0) return byAuthor({ subject, lead, groups, note });
  const shown = items.slice(0, MAX_ITEMS);
  const left = more + items.length - shown.length;
  const rest = [...(left > 0 ? [`… and ${left} more`] : []), ...(alsoBroken === null ? [] : [linkedText(alsoBroken)])];
  const headline = subject.replace(/^\[NOMAD\] /, 'NOMAD: ');
  const sections = shown.map(sectionOf);
  return {
    text: joinWithin(MAX_TEXT, [
      `*${escapeMarkup(headline)}*`,
      ...(shown.length > 1 ? shown.map(headlineOf) : sections),
      ...rest,
    ]),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(escapePlain(headline), 150), emoji: false } },
      ...[...(sections.length > 0 ? sections : [escapeMarkup(lead)]), ...rest].map((text) => section(text)),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** A summary by author: one section each. */
function byAuthor({ subject, lead, groups, note }: Pick<Message, 'subject' | 'lead' | 'groups' | 'note'>): ChatMessage {
  const headline = subject.replace(/^\[NOMAD\] /, 'NOMAD: ');
  const sections = [escapeMarkup(lead), ...groups.map(groupOf), ...(note === null ? [] : [escapeMarkup(note)])];
  return {
    text: joinWithin(MAX_TEXT, [`*${escapeMarkup(headline)}*`, ...sections.flatMap((each) => each.split('\n'))]),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(escapePlain(headline), 150), emoji: false } },
      ...sections.map((text) => section(text)),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function groupOf({ title, headline, tone, lines, items, more }: Group): string {
  return joinWithin(MAX_IN_SECTION, [
    `${MARKS[tone]} *${escapeMarkup(title)}*: ${escapeMarkup(headline)}`,
    ...items.map((item) => [`${linkedTitle(item)} ${escapeMarkup(item.headline)}`, ...reasonOf(item)].join(': ')),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...lines.map(escapeMarkup),
  ]);
}

function reasonOf({ lines: [first] }: Item): readonly string[] {
  return first === undefined ? [] : [escapeMarkup(first.text)];
}

function sectionOf(item: Item): string {
  const { history, facts, lines, advice } = item;
  return [
    headlineOf(item),
    ...(facts.length > 0 ? [`> ${escapeMarkup(facts.join(', '))}`] : []),
    ...history.map(({ text }) => `> ${escapeMarkup(text)}`),
    ...lines.map(({ text }) => `> ${escapeMarkup(text)}`),
    ...(advice === null ? [] : advice.split('\n').map(escapeMarkup)),
  ].join('\n');
}

function headlineOf(item: Item): string {
  return `${MARKS[item.tone]} ${linkedTitle(item)} ${escapeMarkup(item.headline)}`;
}

/** The only links are our own. */
function linkedTitle({ title, link }: Item): string {
  return isOurs(link) ? linkedText({ text: title, link }) : `*${escapeMarkup(title)}*`;
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

/**
 * The text without markup, mentions or links, in each of these chats. Markup characters are replaced by ones that look alike, as no escape
 * works everywhere (a zero-width space does not end emphasis in CommonMark). A zero-width space breaks mentions, addresses and emoji names.
 * The three characters that Slack treats as special become entities, which the other chats understand too.
 */
function escapeMarkup(text: string): string {
  return withoutMarkup(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** For a header: Slack shows it as it is, Zulip as Markdown; entities would be visible. */
function escapePlain(text: string): string {
  return withoutMarkup(text).replace(/</g, '\u2039').replace(/>/g, '\u203a');
}

function withoutMarkup(text: string): string {
  return text
    .replace(/[*~`|[\]]/g, (mark) => LOOK_ALIKE[mark] ?? '')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u02cd')
    .replace(/[@#$]/g, '$&\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/\b(www)\./gi, '$1\u200b.')
    .replace(/\.(?=\p{L}{2})/gu, '.\u200b')
    .replace(/:(?=[a-z0-9_+-]+:)/gi, ':\u200b');
}

const LOOK_ALIKE: Readonly<Record<string, string>> = {
  '*': '\u2217',
  '~': '\u223c',
  '`': '\u02cb',
  '|': '\u01c0',
  '[': '\uff3b',
  ']': '\uff3d',
};

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
