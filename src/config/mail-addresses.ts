// Reads mail addresses, alone and in lists, and says what was probably meant where they cannot be read.
import { mailboxOf, splitMailboxes } from '../domain/mail/mailbox.ts';
import { type Read, type ValueParser, excerpt } from './value-parsers.ts';

const MAX_ADDRESS = 320;
const EXAMPLE = 'write for example ada@lab.example';

/** An address alone, or with a name. The text is kept as it is: it is what a recipient is known by. */
export const mailAddress: ValueParser<string> = (text) => {
  if (text.length <= MAX_ADDRESS && mailboxOf(text) !== null) return { value: text };
  return { problem: `"${excerpt(text)}" is not a valid mail address; ${hint(text) ?? EXAMPLE}` };
};

/** Several, with commas between. */
export const mailAddresses: ValueParser<readonly string[]> = (text) => {
  const read = splitMailboxes(text).map(mailAddress);
  const bad = read.find((each) => 'problem' in each);
  if (bad === undefined) return { value: read.flatMap((each) => ('value' in each ? [each.value] : [])) };
  return splitName(text) ?? bad;
};

/** Several in one text, with something else than commas between. */
function hint(text: string): string | null {
  if (areAddresses(splitMailboxes(text, ';'))) return 'separate addresses by commas, not semicolons';
  if (areAddresses(splitMailboxes(text)))
    return 'give one address; several in a rules file are a list, [ada@lab.example, grace@lab.example]';
  if (areAddresses(text.split(/\s+/))) return 'separate addresses by commas, not spaces';
  return null;
}

function areAddresses(parts: readonly string[]): boolean {
  return (
    parts.length > 1 &&
    parts.every((part) => part === '' || splitMailboxes(part).every((each) => mailboxOf(each) !== null))
  );
}

/** `Lovelace, Ada <ada@lab.example>`: the comma of the name has cut it in two. */
function splitName(text: string): Read<readonly string[]> | null {
  const parts = splitMailboxes(text);
  const at = parts.findIndex((part, index) => !/[@;<>"]/.test(part) && mailboxOf(parts[index + 1] ?? '')?.name);
  if (at === -1) return null;
  const { name = '', address = '' } = mailboxOf(parts[at + 1] ?? '') ?? {};
  const whole = `${parts[at] ?? ''}, ${name}`;
  return {
    problem: `"${excerpt(parts[at] ?? '')}" is not a valid mail address; a name with a comma must be in quotes: "${excerpt(whole)}" <${excerpt(address)}>`,
  };
}
