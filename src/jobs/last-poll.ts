// The last poll of this process and the last that was good: what alerts, pages and the status line are made of.
import type { PollOutcome } from './poll-outcome.ts';

export interface LastPolls {
  readonly any: PollOutcome;
  /** null: none was good yet. */
  readonly good: PollOutcome | null;
}

export interface LastPoll {
  note(outcome: PollOutcome): void;
  /** Another instance polls from now on, or did until now. */
  forget(): void;
  /** null: none yet. */
  get(): LastPolls | null;
}

export function createLastPoll(): LastPoll {
  let latest: LastPolls | null = null;
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
