// Makes hostile text from outside fit to be shown: no control characters, no tricks with direction, bounded length.

/** C0 and C1 controls, line and paragraph separators, zero-width and bidirectional controls. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** One line of at most `most` characters, ended by … when it was longer. */
export function oneLine(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .replace(INVISIBLE, ' ')
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(/ {2,}/g, ' ')
    .trim();
  return cut(line, most);
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text
    .slice(0, most - 1)
    .replace(LONE_SURROGATE, '')
    .trimEnd()}…`;
}

/** `1 upload`, `3 uploads`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
