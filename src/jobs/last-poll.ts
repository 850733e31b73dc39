// The last poll of this process and the last that was good: what alerts, pages and the status line are made of.
import type { PollOutcome } from './poll-outcome.ts';

export interface LastPolls {
  readonly any: PollOutcome;
  /** null: none was good yet. */
  readonly good: PollOutcome | null;
  /** When the last one began that listed all uploads, ms; null: none yet. */
  readonly wholeAt: number | null;
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
      const { snapshot, startedAt } = outcome;
      const isWhole = snapshot !== null && snapshot.wholeAt === undefined;
      latest = {
        any: outcome,
        good: snapshot === null ? (latest?.good ?? null) : outcome,
        wholeAt: isWhole ? startedAt : (latest?.wholeAt ?? null),
      };
    },
    forget() {
      latest = null;
    },
    get: () => latest,
  };
}
