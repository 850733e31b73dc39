// Text from outside in chats: it links nowhere, formats, mentions and draws nothing in Slack's mrkdwn, in the Markdown of Mattermost, Zulip
// and Discord, or in Rocket.Chat's. No escape works in all of them, so what they would make something of is replaced by a sign that looks
// alike or, where it is needed to read and copy the text, is broken by an invisible space. test/channels/chat-parsers.test.ts asks their parsers.

/** Text for `mrkdwn` and `text`. Slack reads `&` as the beginning of an entity, and the others know that one. */
export function escapeMarkup(text: string): string {
  return escapePlain(text).replace(/&/g, '&amp;');
}

/** Text for a header, which Slack shows as it is and Zulip as Markdown: an entity would be visible. */
export function escapePlain(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), lookAlike(text));
}

const LOOK_ALIKE: Readonly<Record<string, string>> = {
  '*': '\u2217',
  '~': '\u223c',
  '`': '\u02cb',
  '|': '\u01c0',
  '[': '\uff3b',
  ']': '\uff3d',
  '<': '\u2039',
  '>': '\u203a',
  $: '\uff04',
  '-': '\u2010',
  '+': '\uff0b',
  '=': '\uff1d',
};

function lookAlike(text: string): string {
  const other = (mark: string) => LOOK_ALIKE[mark] ?? '';
  return (
    text
      .replace(/[*~`|[\]<>$]/g, other)
      // Emphasis begins and ends at a word; within one (`my_file`) it is only a letter. O_O is an emoticon.
      .replace(/(?<![a-z\d])_|_(?![a-z\d])|(?<=(?<![a-z\d])O)_(?=O(?![a-z\d]))/gi, '\u02cd')
      // Before a letter it is only itself, as in C:\data; before a mark it escapes, and \( and \[ begin a formula.
      .replace(/\\(?=[!-/:-@[-`{-~\u01c0-\u223c\uff00-\uff3d]|[0O]\/|$)/g, '\u2216')
      // At the start of a line they make a list, a rule, or the line before them a heading.
      .replace(/^[-+](?=\s|$)|^[-=](?=[-=\s]*$)/, other)
  );
}

/** What is broken, by an invisible space. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Mentions, hashtags, headings, colours.
  [/[@#]/g, '$&\u200b'],
  // A numbered list.
  [/^\d+[.)](?=\s|$)/, '$&\u200b'],
  // Emoticons: D: 8) B-) X-P %-) (y) :) ;-) =D :'( :/ and their like.
  [/(?<![a-z\d])D(?=:(?![a-z\\/]))/gi, '$&\u200b'],
  [/(?<![a-z\d])[8BX%](?=-?\)|-?[DP](?![a-z\d]))/giu, '$&\u200b'],
  [/\((?=y\))/gi, '$&\u200b'],
  [/[:;](?=['\u2019^]?[-^]?[()/@#]|['\u2019^-]+[DPBÞLXOS3]|-\.|[DPBÞLXOS](?![a-z\d])|3(?![a-z\d]))/gi, '$&\u200b'],
  [/(?<![a-z\d])=(?=[()/#]|[DPLX](?![a-z\d]))/gi, '$&\u200b'],
  [/(?<![a-z\d])[:=](?=-?\\)/gi, '$&\u200b'],
  // Those that an end of the text and our own sign beside it would make: **x =** has =* in it, [x:](…) has :].
  [/[:;=][-^'\u2019]*$/, '$&\u200b'],
  // Names of emoji, but not 10:30:15.
  [/:(?=[a-z0-9_+-]+:)(?:(?<!\d:)|(?=\d*[a-z_+-]))/gi, '$&\u200b'],
  // Addresses: any scheme, a domain or what looks like one (data.py), an IPv4 address, localhost, a telephone number.
  [/(?<=[a-z][a-z\d+.-]*):(?=[\p{L}\p{N}/%])/giu, '$&\u200b'],
  [/\.(?=\p{L}{2}|(?<=\d\.)\d+\.\d+\.\d)/gu, '$&\u200b'],
  [/www\d{0,3}(?=\.)/gi, '$&\u200b'],
  [/\blocal(?=host\b)/gi, '$&\u200b'],
  [/\+(?=\(?\d[\d() -]{3})/g, '$&\u200b'],
];
