// Which uploads `wait` is about: ids, names, or the beginning of one. Beside a monitor from its state; what that does not know, and everything
// where none runs, from NOMAD's listing. An id of full length that neither knows is left to NOMAD: it may belong to somebody else's upload.
import { type Named, whichUploads } from '../domain/which-upload.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { type AnswerOptions, type NoAnswer, untilAnswered } from './wait-answer.ts';

export interface NamedOptions extends Omit<AnswerOptions<unknown, unknown>, 'ask' | 'accept'> {
  readonly nomad: Pick<Nomad, 'list'>;
  /** As typed, each once. */
  readonly words: readonly string[];
  /** What a running monitor knows: of these ids alone, or all. null: no monitor runs, or its state cannot be read. */
  readonly stored: (ids: readonly string[] | 'all') => Promise<readonly Named[] | null>;
  /** The command that lists the uploads. */
  readonly list: string;
}

export type FoundNamed =
  | { readonly why: 'found'; readonly ids: readonly string[] }
  /** A sentence for each word that is not clear. */
  | { readonly why: 'unclear'; readonly problems: readonly string[] }
  | NoAnswer;

/** As NOMAD makes them: 16 random bytes in base64. */
const FULL_ID = /^[\w-]{22}$/;

export async function findNamed({ nomad, words, stored, list, ...options }: NamedOptions): Promise<FoundNamed> {
  const full = words.filter((word) => FULL_ID.test(word));
  const others = words.length > full.length;
  const known = (full.length > 0 ? await stored(full) : null) ?? [];
  if (!others && full.every((word) => known.some(({ id }) => id === word))) return { why: 'found', ids: words };
  const fromState = resolved(words, (await stored('all')) ?? [], list);
  if (fromState.problems.length === 0) return { why: 'found', ids: fromState.ids };
  const answered = await untilAnswered({
    ...options,
    ask: (signal) => nomad.list(options.clock(), signal),
    accept: ({ uploads }) => resolved(words, uploads, list),
  });
  if (answered.why !== 'answered') return answered;
  const { ids, problems } = answered.answer;
  return problems.length > 0 ? { why: 'unclear', problems } : { why: 'found', ids };
}

function resolved(words: readonly string[], uploads: readonly Named[], list: string) {
  const ids = new Set<string>();
  const problems: string[] = [];
  for (const word of words) {
    const meant = whichUploads([word], uploads, list);
    const [upload] = meant.uploads;
    if (upload !== undefined) ids.add(upload.id);
    else if (FULL_ID.test(word) && !uploads.some(({ name }) => name === word)) ids.add(word);
    else problems.push(...meant.problems);
  }
  return { ids: [...ids], problems };
}
