// The arguments of `wait`, checked: what is wrong is said before anything is asked.
import { duration } from '../../config/value-parsers.ts';
import { commaSeparated } from '../../config/value-parsers.ts';
import { closest } from '../../domain/text/closest.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { ALLOWABLE, type Allowed } from './text.ts';

export interface Given {
  /** Ids, names, or the beginning of one. */
  readonly words: readonly string[];
  /** null: the option was not given. */
  readonly name: string | null;
  /** As given, `2h`. */
  readonly span: string;
  /** null: the option was not given. */
  readonly allow: string | null;
}

export interface Wanted {
  /** Each once. */
  readonly words: readonly string[];
  readonly name: string | null;
  /** ms. */
  readonly span: number;
  readonly allowed: Allowed;
}

/** More than these would keep NOMAD busy with us. */
const MAX_IDS = 100;
/** A timer takes no more. */
const LONGEST = 2 ** 31 - 1;

/** Every problem, in a sentence each, or what is wanted. */
export function wantedOf({ words, name, span, allow }: Given): Wanted | { readonly problems: readonly string[] } {
  const unique = [...new Set(words)];
  const read = duration(span);
  const problems: string[] = [];
  if ('problem' in read) problems.push(`--for: ${read.problem}`);
  else if (read.value > LONGEST) problems.push(`--for: "${span}" is too long; write at most 24d`);
  if (unique.some((word) => oneLine(word, 80) === '')) problems.push('a name of an upload is empty');
  if (unique.length > MAX_IDS) problems.push(`at most ${MAX_IDS} uploads can be waited for at once`);
  if (unique.length === 0 && name === null) problems.push('name the upload: its name or id, or --new and its name');
  if (unique.length > 0 && name !== null) problems.push('give either uploads or --new, not both');
  if (name?.trim() === '') problems.push('--new: it contains no name; write for example --new batch-42');
  const given = allow === null ? [] : commaSeparated(allow);
  if (allow !== null && given.length === 0) problems.push(`--allow: it is empty; write ${ALLOWABLE.join(',')}`);
  for (const word of given) {
    if (ALLOWABLE.some((each) => each === word)) continue;
    const near = closest(word, ALLOWABLE);
    const right = near === null ? `write ${ALLOWABLE.join(' or ')}` : `did you mean ${near}?`;
    problems.push(`--allow: "${oneLine(word, 80)}" cannot be allowed; ${right}`);
  }
  if (problems.length > 0 || 'problem' in read) return { problems };
  return { words: unique, name, span: read.value, allowed: ALLOWABLE.filter((each) => given.includes(each)) };
}
