// Reads why entries failed, within bounds: what follows is waiting for it, and NOMAD has other work.
import { type FailingEntry, type LoggedFailure, entriesToRead, explanationOf } from '../domain/failure-reasons.ts';
import { SECOND } from '../domain/text/durations.ts';
import type { Entries } from '../domain/upload.ts';
import type { Nomad } from '../nomad/nomad.ts';

type Failed = readonly [uploadId: string, answer: Entries];

export interface ExplainOptions {
  /** ms; only differences count. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal | undefined;
}

export interface Explained {
  /** Those of which something was read. */
  readonly answers: readonly Failed[];
  /** The token may not read entries. */
  readonly refused: boolean;
}

/** Logs of an upload; requests of a poll; how long they may take together. */
const MAX_LOGS = 5;
const MAX_REQUESTS = 20;
const MAX_TIME = 20 * SECOND;
/** ms, of one. */
const PATIENCE = 10 * SECOND;
const MAX_UNANSWERED = 2;

/** What is left of a poll's bounds. */
interface Budget {
  readonly nomad: Nomad;
  readonly signal: AbortSignal | undefined;
  /** Before a request: how long it may take, ms; null: no more may be sent. */
  next(): number | null;
  /** null: none came. */
  answered(value: unknown): void;
}

/** Shared out: of one upload five entries, of many at least one as far as the requests go. */
export async function explain(nomad: Nomad, failed: readonly Failed[], options: ExplainOptions): Promise<Explained> {
  const logs = Math.max(1, Math.min(MAX_LOGS, Math.floor(MAX_REQUESTS / failed.length) - 1));
  const budget = createBudget(nomad, options);
  const answers: Failed[] = [];
  for (const [id, answer] of failed) {
    const { read, failing, refused } = await explainOne(budget, id, answer, logs);
    if (read.size > 0) answers.push([id, { ...answer, explanation: explanationOf(failing, read) }]);
    if (refused) return { answers, refused };
  }
  return { answers, refused: false };
}

/** What the entries of these uploads came to, and why those that failed did, as far as NOMAD answers. */
export async function lookAtEntries(
  nomad: Nomad,
  uploadIds: readonly string[],
  options: ExplainOptions,
): Promise<ReadonlyMap<string, Entries>> {
  const answers = new Map<string, Entries>();
  for (const id of uploadIds) {
    if (options.signal?.aborted === true) break;
    const answer = await nomad.entries(id, 'counts', options.signal);
    if (answer === 'unknown') break;
    if (answer !== 'gone') answers.set(id, answer);
  }
  const failed = [...answers].filter(([, { failed: count }]) => count > 0);
  const explained = await explain(nomad, failed, options);
  return new Map([...answers, ...explained.answers]);
}

async function explainOne(budget: Budget, uploadId: string, answer: Entries, logs: number) {
  const failing = await seenOf(budget, uploadId, answer);
  const read = new Map<string, LoggedFailure>();
  for (const { id } of entriesToRead(failing, logs)) {
    const timeout = budget.next();
    if (timeout === null) break;
    const log = await budget.nomad.entryLog(id, timeout, budget.signal);
    if (log === 'scope') return { read, failing, refused: true };
    budget.answered(log === 'silence' ? null : log);
    if (typeof log === 'object') read.set(id, log);
  }
  return { read, failing, refused: false };
}

/** The list of entries names only the first few. */
async function seenOf(
  budget: Budget,
  uploadId: string,
  { failed, failing }: Entries,
): Promise<readonly FailingEntry[]> {
  if (failed <= failing.length || budget.next() === null) return failing;
  const more = await budget.nomad.failing(uploadId, failed, budget.signal);
  budget.answered(more);
  return more ?? failing;
}

function createBudget(nomad: Nomad, { monotonic, signal }: ExplainOptions): Budget {
  const endsAt = monotonic() + MAX_TIME;
  let [requests, unanswered] = [0, 0];
  return {
    nomad,
    signal,
    next() {
      const left = endsAt - monotonic();
      if (signal?.aborted === true || left <= 0 || requests >= MAX_REQUESTS || unanswered >= MAX_UNANSWERED)
        return null;
      requests += 1;
      return Math.min(PATIENCE, left);
    },
    answered(value) {
      if (value === null) unanswered += 1;
    },
  };
}
