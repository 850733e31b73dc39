// Mail addresses as people write them: `ada@lab.example`, `Ada <ada@lab.example>`, `"Lovelace, Ada" <ada@lab.example>`,
// `Ada (Lab 3) <ada@lab.example>`, and lists of them with commas between (RFC 5322, 3.4). Groups are not understood. Pure.

export interface Mailbox {
  /** Empty: none was given. */
  readonly name: string;
  readonly address: string;
}

const ATOM = String.raw`[^\s@,;:<>()[\]"\\]+`;
const ADDRESS = new RegExp(
  String.raw`^(?:${ATOM}|"[^"\\]+")@(?:${ATOM}|\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]+)\])$`,
  'i',
);
/** A control character or a line break would let a name write headers. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
/** In a name, outside quotes and parentheses, these have a meaning of their own. */
const SPECIAL = /[<>@,;:[\]\\]/;

/** The parts of a list, between separators that are in no quotes, parentheses or angle brackets. Empty parts are left out. */
export function splitMailboxes(text: string, separator: ',' | ';' = ','): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { at, character, isPlain } of characters(text)) {
    if (character !== separator || !isPlain) continue;
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

/** null: it is not one address. A comment is taken as part of the name, as people mean it. */
export function mailboxOf(text: string): Mailbox | null {
  if (UNSEEN.test(text)) return null;
  const open = [...characters(text)].find(({ character, isPlain }) => character === '<' && isPlain)?.at ?? null;
  if (open === null) {
    const [, address = '', comment = ''] = /^(.*?)\s*(?:\(([^()\\]*)\))?$/.exec(text) ?? [];
    return ADDRESS.test(address) ? { name: comment.trim(), address } : null;
  }
  const [name, address] = [text.slice(0, open).trim(), /^<\s*(.*?)\s*>$/.exec(text.slice(open))?.[1] ?? ''];
  const plain = nameOf(name);
  return plain !== null && ADDRESS.test(address) ? { name: plain, address } : null;
}

/** Without its quotes. null: it is no name. */
function nameOf(text: string): string | null {
  let name = '';
  let [quotes, depth] = [0, 0];
  for (const { character, isPlain, isEscape, depth: now } of characters(text)) {
    if (isPlain && SPECIAL.test(character)) return null;
    if (character === '"' && !isEscape && now === 0) quotes += 1;
    else if (character !== '\\' || isEscape) name += character;
    depth = now - (character === ')' && !isEscape ? 1 : 0);
  }
  return quotes % 2 === 0 && depth === 0 ? name.replace(/\s+/g, ' ').trim() : null;
}

interface Character {
  readonly at: number;
  readonly character: string;
  /** In no quotes, parentheses or angle brackets. */
  readonly isPlain: boolean;
  /** A backslash before it takes its meaning away. */
  readonly isEscape: boolean;
  /** Of parentheses, its own included. */
  readonly depth: number;
}

function* characters(text: string): Generator<Character> {
  let [isQuoted, isAngle, isEscape, depth] = [false, false, false, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (!isEscape && !isQuoted && character === '(') depth += 1;
    yield {
      at,
      character,
      isPlain: !isQuoted && !isAngle && depth === 0 && !isEscape && character !== '"',
      isEscape,
      depth,
    };
    if (isEscape) isEscape = false;
    else if (character === '\\' && (isQuoted || depth > 0)) isEscape = true;
    else if (isQuoted) isQuoted = character !== '"';
    else if (character === '"') isQuoted = depth === 0;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0 && character === '<') isAngle = true;
    else if (character === '>') isAngle = false;
  }
}
