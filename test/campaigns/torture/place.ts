// Where the state of a run is, and how the campaign reads it.
import type { Crash, StoredState } from './evidence.ts';

export interface Place {
  /** What tells the program where it is. */
  readonly env: Readonly<Record<string, string>>;
  /** What a killed process left; null: there is no state yet. `scratch`: a folder for a copy. */
  crash(scratch: string): Promise<Crash | null>;
  /** How many things still wait in the outbox. */
  unfinished(): Promise<number>;
  read(): Promise<StoredState>;
  /** What waits because processes (by their ids) are dead, waits no longer. */
  passTime(processes: readonly number[]): Promise<void>;
  close(): Promise<void>;
}
