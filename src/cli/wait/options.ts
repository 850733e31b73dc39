// The arguments of `wait`, checked: what is wrong is said before anything is asked.
import { duration } from '../../config/value-parsers.ts';
import { commaSeparated } from '../../config/value-parsers.ts';
import { closest } from '../../config/unknown-variables.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { ALLOWABLE, type Allowed } from './text.ts';

export interface Given {
  readonly ids: readonly string[];
  /** null: the option was not given. */
  readonly name: string | null;
  /** As given, `2h`. */
  readonly span: string;
  /** null: the option was not given. */
  readonly allow: string | null;
}

export interface Wanted {
  /** Each once. */
  readonly ids: readonly string[];
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
export function wantedOf({ ids, name, span, allow }: Given): Wanted | { readonly problems: readonly string[] } {
  const unique = [...new Set(ids)];
  const read = duration(span);
  const problems: string[] = [];
  if ('problem' in read) problems.push(`--for: ${read.problem}`);
  else if (read.value > LONGEST) problems.push(`--for: "${span}" is too long; write at most 24d`);
  problems.push(...unique.flatMap(idProblem));
  if (unique.length > MAX_IDS) problems.push(`at most ${MAX_IDS} uploads can be waited for at once`);
  if (unique.length === 0 && name === null) problems.push('name the upload: its id, or --new and its name');
  if (unique.length > 0 && name !== null) problems.push('give either ids or --new, not both');
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
  return { ids: unique, name, span: read.value, allowed: ALLOWABLE.filter((each) => given.includes(each)) };
}

function idProblem(id: string): readonly string[] {
  if (/^[\w-]{1,64}$/.test(id)) return [];
  return [`"${oneLine(id, 80)}" is no upload id; an id looks like u8qN2QIQTO6zrZqYD2J5Bg; for a name: --new`];
}
