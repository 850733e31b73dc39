// What a poll asks NOMAD about single uploads, between the listing and the comparison. An answer that does not come changes nothing.
import { missingToAsk, type MissingVerdict, type MissingVerdicts } from '../domain/diff/missing.ts';
import {
  type EntriesAnswer,
  type EntriesAnswers,
  entriesToAsk,
  firstToAsk,
  isToReport,
} from '../domain/diff/entry-check.ts';
import type { Entries, Listing, Snapshot } from '../domain/upload.ts';
import type { Nomad } from '../nomad/nomad.ts';
import { explain, lookAtEntries } from './failure-reasons.ts';
import type { PollLog } from './poll-log.ts';

export interface SideQuestions {
  readonly nomad: Nomad;
  readonly pollLog: Pick<PollLog, 'entries' | 'reasons'>;
  readonly before: Snapshot;
  readonly listing: Listing;
  /** Ours; null when not known. */
  readonly userId: string | null;
  /** ms. */
  readonly stuckAfter: number;
  /** NOMAD failed until now. */
  readonly isBack: boolean;
  readonly now: number;
  /** ms; only differences count. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal | undefined;
}

/** The entries can be asked about only while the search works; a few failures are enough to leave it alone for this poll. */
const MAX_UNANSWERED = 3;

/** What became of uploads that are not listed. */
export async function askAboutMissing({
  nomad,
  before,
  listing,
  userId,
  now,
  signal,
}: SideQuestions): Promise<MissingVerdicts> {
  const verdicts = new Map<string, MissingVerdict>();
  for (const id of missingToAsk(before, listing, now)) {
    if (signal?.aborted === true) break;
    verdicts.set(id, await nomad.verdict(id, userId, signal));
  }
  return verdicts;
}

/** What processing made of the entries, and whether they move. */
export async function askAboutEntries(about: SideQuestions): Promise<EntriesAnswers> {
  const { nomad, pollLog, before, listing, stuckAfter, now, signal } = about;
  const answers = new Map<string, EntriesAnswer>();
  let unanswered = 0;
  for (const { id, look } of entriesToAsk(before, listing, now, stuckAfter, about.isBack)) {
    if (signal?.aborted === true || unanswered >= MAX_UNANSWERED) break;
    const answer = await nomad.entries(id, look, signal);
    if (answer === 'unknown') unanswered += 1;
    answers.set(id, answer);
  }
  pollLog.entries(unanswered, answers.size, now);
  return withReasons(about, answers);
}

/** At the first poll: what processing made of the entries of the newest uploads; of the others that is asked later, step by step. */
export function askAtFirst({
  nomad,
  listing,
  now,
  monotonic,
  signal,
}: Omit<SideQuestions, 'before'>): Promise<EntriesAnswers> {
  return lookAtEntries(nomad, firstToAsk(listing, now), { monotonic, signal });
}

/** The answers, with the reasons of the failed entries that are to be reported. What is not answered is left out, and not asked again. */
async function withReasons(about: SideQuestions, answers: EntriesAnswers): Promise<EntriesAnswers> {
  const { nomad, pollLog, before, listing, now, monotonic, signal } = about;
  const clocks = { now, takenAt: listing.takenAt };
  const asked = listing.uploads.filter(({ id }) => hasFailed(answers.get(id)));
  const failed = asked.flatMap((upload) => {
    const answer = answers.get(upload.id);
    return hasFailed(answer) && isToReport(answer, upload, before, clocks) ? [[upload.id, answer] as const] : [];
  });
  if (failed.length === 0) return answers;
  const explained = await explain(nomad, failed, { monotonic, signal });
  pollLog.reasons(explained.refused, now);
  return new Map([...answers, ...explained.answers]);
}

function hasFailed(answer: EntriesAnswer | undefined): answer is Entries {
  return typeof answer === 'object' && answer.failed > 0;
}
