// Makes hostile text from outside fit to be shown: no control characters, no tricks with direction, bounded length.

/** C0 and C1 controls, line and paragraph separators, zero-width and bidirectional controls; joiners stay, scripts and emoji need them. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** No script needs more marks on one letter; piles of them climb over the lines above. */
const PILE = /(\p{M}{3})\p{M}+/gu;
/** Half a character, and what is none (U+FFFE and the like): HTML and XML allow neither. */
const NO_CHARACTER = /[\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;

/** One line of at most `limit` characters, ended by … when it was longer. */
export function oneLine(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(INVISIBLE, ' ')
    .replace(NO_CHARACTER, '\ufffd')
    .replace(PILE, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length <= limit ? line : cut(line, limit);
}

/** Letters, digits, signs; without those that look like nothing: the fillers of Hangul, the blank of Braille. */
const VISIBLE = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

/** The first text of which anything can be seen, as one line of at most `limit` characters; empty when there is none. */
export function firstVisible(texts: readonly (string | null | undefined)[], limit: number): string {
  for (const text of texts) {
    const line = oneLine(text ?? '', limit);
    if (VISIBLE.test(line)) return line;
  }
  return '';
}

function cut(text: string, limit: number): string {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, limit + 40))) {
    if (index + segment.length > limit - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}

/** `1 upload`, `3 uploads`, `2 entries`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') && noun !== 'day' ? `${noun.slice(0, -1)}ie` : noun}s`;
}

/** A length of time in its two largest units: `45 s`, `2 h 5 min`, `3 days 4 h`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts = [days > 0 ? counted(days, 'day') : '', hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''];
  return parts
    .filter((part) => part !== '')
    .slice(0, 2)
    .join(' ');
}

/** `30,000`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}
