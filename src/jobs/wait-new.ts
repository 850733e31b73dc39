// Finds the upload that was just made, by its name: NOMAD itself is asked, since what a monitor saw last may lack the newest.
import { pollDelay } from '../domain/notify/backoff.ts';
import { justMade } from '../domain/wait/newest.ts';
import { lookPause } from '../domain/wait/pace.ts';
import type { Nomad } from '../nomad/nomad.ts';
import type { WaitOptions } from './wait.ts';

export interface FindOptions extends Pick<WaitOptions, 'clock' | 'random' | 'pause' | 'signal'> {
  readonly nomad: Pick<Nomad, 'newest'>;
  readonly name: string;
  /** After each question. `problem`: why NOMAD gave no answer; null: it did. */
  readonly onStep: (problem: string | null) => void;
}

export type Found =
  /** One id or more, newest first. */
  | { readonly why: 'found'; readonly ids: readonly string[] }
  /** `problem`: why NOMAD gave no answer to the last question; null: it did. */
  | { readonly why: 'aborted'; readonly problem: string | null }
  | { readonly why: 'refused'; readonly problem: string };

export async function findNew({ nomad, name, ...options }: FindOptions): Promise<Found> {
  const { clock, random, pause, onStep, signal } = options;
  const startedAt = clock();
  let [askedAt, failures]: [number | null, number] = [null, 0];
  let problem: string | null = 'it has not answered yet';
  for (;;) {
    const listed = await nomad.newest(signal);
    if (signal.aborted) return { why: 'aborted', problem };
    if (!listed.ok && listed.reason === 'unauthorized') return { why: 'refused', problem: listed.problem };
    problem = listed.ok ? null : listed.problem;
    failures = listed.ok ? 0 : failures + 1;
    if (listed.ok) {
      askedAt ??= listed.value.takenAt;
      const ids = justMade(listed.value.uploads, name, askedAt);
      if (ids.length > 0) return { why: 'found', ids };
    }
    onStep(problem);
    const own = lookPause(clock() - startedAt, 1);
    const wait = listed.ok ? own : Math.max(own, pollDelay(failures, listed.retryAfter, random()));
    if (!(await pause(wait, signal))) return { why: 'aborted', problem };
  }
}
