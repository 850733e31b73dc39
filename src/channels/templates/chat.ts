// A message as a Slack-compatible one: `text` says it all by itself (for those that show only that; Discord takes 2,000 characters), `blocks`
// say it more beautifully: Slack shows them, Zulip makes Markdown of them, headers included. All that comes from outside is made harmless.
import type { Item } from '../../domain/message/item.ts';
import type { Message } from '../../domain/message/message.ts';

export interface ChatMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Slack's own: no link becomes a preview. */
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

/** Slack takes 50 blocks of 3,000 characters; nobody reads so many in a chat. */
const MAX_ITEMS = 10;
const MAX_IN_SECTION = 2900;
const MAX_TEXT = 1900;
const MARKS = { bad: '\u{1f534}', good: '\u{1f7e2}', plain: '\u{1f535}' } as const;

export function chatMessage({ subject, items, more, lead }: Message): ChatMessage {
  const shown = items.slice(0, MAX_ITEMS);
  const left = more + items.length - shown.length;
  const rest = left > 0 ? [`… and ${left} more`] : [];
  const headline = subject.replace(/^\[NOMAD\] /, 'NOMAD: ');
  const short = shown.map((item) => `${MARKS[item.tone]} ${linked(item)} ${harmless(item.headline)}`);
  const sections = shown.map(sectionOf);
  return {
    text: fitting(
      [`*${harmless(headline)}*`, ...(shown.length > 1 ? short : shown.map((item) => sectionOf(item))), ...rest],
      MAX_TEXT,
    ),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: clip(harmlessPlain(headline), 150), emoji: false } },
      ...[...(sections.length > 0 ? sections : [harmless(lead)]), ...rest].map((text) => section(text)),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function sectionOf(item: Item): string {
  const { tone, headline, history, lines, advice } = item;
  return [
    `${MARKS[tone]} ${linked(item)} ${harmless(headline)}`,
    ...history.map(({ text }) => `> ${harmless(text)}`),
    ...lines.map(({ text }) => `> ${harmless(text)}`),
    ...(advice === null ? [] : advice.split('\n').map(harmless)),
  ].join('\n');
}

/** The only links are ours. */
function linked({ title, link }: Item): string {
  const isOurs = link !== null && /^https?:\/\/[^\s<>|]+$/.test(link);
  return isOurs ? `<${link.replaceAll('&', '&amp;')}|${harmless(title)}>` : `*${harmless(title)}*`;
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: clip(text, MAX_IN_SECTION), verbatim: true } };
}

/**
 * Nothing of it is markup, mention or link in any of them. Marks give way to signs that look alike, for no escape is understood by all
 * (a zero-width space does not end emphasis in CommonMark); mentions, addresses and emoji names are broken by a zero-width space; Slack's
 * three characters become entities, which the others understand as well.
 */
function harmless(text: string): string {
  return broken(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** For a header: Slack shows it as it is, Zulip as Markdown, so entities would be seen. */
function harmlessPlain(text: string): string {
  return broken(text).replace(/</g, '\u2039').replace(/>/g, '\u203a');
}

function broken(text: string): string {
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

/** Whole lines, as many as fit. */
function fitting(lines: readonly string[], limit: number): string {
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
