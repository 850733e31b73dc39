// The port to leadership: of several instances on one state, one does the work (polls, reminds, prunes); every one may deliver.

export interface Leadership {
  /** Whether this instance does the work. */
  isLeading(): boolean;
  /** Why this instance cannot lead now; null: it leads, or another one does. */
  problem(): string | null;
  /** To be called every two seconds: takes the lead when nobody has it, and notices when it was lost. Does not reject. */
  tick(): Promise<void>;
  /** Keeps what this instance is sending: to be called every two seconds. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/** Another instance leads by now: nothing of the use-case is stored. */
export class NotLeading extends Error {
  readonly code = 'NOT_LEADING';
}

/** One instance alone has the state: it always leads. */
export const ALONE: Leadership = {
  isLeading: () => true,
  problem: () => null,
  tick: () => Promise.resolve(),
  renew: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
