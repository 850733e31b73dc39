// The last poll of this process and the last that was good: what alerts, pages and the status line are made of.
import type { PollOutcome } from './poll.ts';

export interface Latest {
  readonly any: PollOutcome;
  /** null: none was good yet. */
  readonly good: PollOutcome | null;
}

export interface LatestPoll {
  note(outcome: PollOutcome): void;
  /** Another instance polls from now on, or did until now. */
  forget(): void;
  /** null: none yet. */
  get(): Latest | null;
}

export function createLatest(): LatestPoll {
  let latest: Latest | null = null;
  return {
    note(outcome) {
      latest = { any: outcome, good: outcome.snapshot === null ? (latest?.good ?? null) : outcome };
    },
    forget() {
      latest = null;
    },
    get: () => latest,
  };
}
