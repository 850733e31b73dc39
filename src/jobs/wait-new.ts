// Finds the upload that was just made, by its name: NOMAD itself is asked, since what a monitor saw last may lack the newest.
import { justMade } from '../domain/wait/newest.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { type AnswerOptions, type NoAnswer, untilAnswered } from './wait-answer.ts';

export interface FindOptions extends Omit<AnswerOptions<unknown, unknown>, 'ask' | 'accept'> {
  readonly nomad: Pick<Nomad, 'newest'>;
  readonly name: string;
}

/** `ids`: one or more, newest first. */
export type Found = { readonly why: 'found'; readonly ids: readonly string[] } | NoAnswer;

export async function findNew({ nomad, name, ...options }: FindOptions): Promise<Found> {
  let askedAt: number | null = null;
  const found = await untilAnswered({
    ...options,
    ask: (signal) => nomad.newest(signal),
    accept({ uploads, takenAt }) {
      askedAt ??= takenAt;
      const ids = justMade(uploads, name, askedAt);
      return ids.length > 0 ? ids : null;
    },
  });
  return found.why === 'answered' ? { why: 'found', ids: found.answer } : found;
}
