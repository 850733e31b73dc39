// What a poll asks NOMAD about single uploads, between the listing and the comparison. An answer that does not come changes nothing.
import {
  MAX_MISSING_QUESTIONS,
  missingToAsk,
  type MissingVerdict,
  type MissingVerdicts,
} from '../domain/diff/missing.ts';
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
  /** So many accounts ask this deployment. */
  readonly sharers: number;
  readonly now: number;
  /** ms; only differences count. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal | undefined;
}

export interface Asked<Answers> {
  readonly answers: Answers;
  /** Some that may be news are left for the next poll. */
  readonly isMore: boolean;
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
}: SideQuestions): Promise<Asked<MissingVerdicts>> {
  const verdicts = new Map<string, MissingVerdict>();
  const missing = missingToAsk(before, listing, now);
  for (const id of missing.slice(0, MAX_MISSING_QUESTIONS)) {
    if (signal?.aborted === true) break;
    verdicts.set(id, await nomad.verdict(id, userId, signal));
  }
  return { answers: verdicts, isMore: missing.length > MAX_MISSING_QUESTIONS };
}

/** What processing made of the entries, and whether they move. */
export async function askAboutEntries(about: SideQuestions): Promise<Asked<EntriesAnswers>> {
  const { nomad, pollLog, before, listing, stuckAfter, now, signal } = about;
  const answers = new Map<string, EntriesAnswer>();
  let unanswered = 0;
  const { questions, isMore } = entriesToAsk(before, listing, now, stuckAfter, about.isBack, about.sharers);
  for (const { id, look } of questions) {
    if (signal?.aborted === true || unanswered >= MAX_UNANSWERED) break;
    const answer = await nomad.entries(id, look, signal);
    if (answer === 'unknown') unanswered += 1;
    answers.set(id, answer);
  }
  pollLog.entries(unanswered, answers.size, now);
  return { answers: await withReasons(about, answers), isMore };
}

/** At the first poll: what processing made of the entries of the newest uploads; of the others that is asked later, step by step. */
export async function askAtFirst(about: Omit<SideQuestions, 'before'>): Promise<Asked<EntriesAnswers>> {
  const { nomad, listing, sharers, now, monotonic, signal } = about;
  const ids = firstToAsk(listing, now, sharers);
  return { answers: await lookAtEntries(nomad, ids, { monotonic, signal }), isMore: false };
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
