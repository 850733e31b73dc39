// Asks NOMAD again and again until it gives the answer that somebody waits for, or refuses the login.
import { pollDelay } from '../domain/notify/backoff.ts';
import { lookPause } from '../domain/wait/pace.ts';
import type { Result } from '../nomad/failure.ts';
import type { WaitOptions } from './wait.ts';

export interface AnswerOptions<T, A> extends Pick<WaitOptions, 'clock' | 'random' | 'pause' | 'signal'> {
  readonly ask: (signal: AbortSignal) => Promise<Result<T>>;
  /** null: it is not the answer yet. */
  readonly accept: (value: T) => A | null;
  /** After each question. `problem`: why NOMAD gave no answer; null: it did. */
  readonly onStep: (problem: string | null) => void;
}

export type NoAnswer =
  /** `problem`: why NOMAD gave no answer to the last question; null: it did. */
  { readonly why: 'aborted'; readonly problem: string | null } | { readonly why: 'refused'; readonly problem: string };

export async function untilAnswered<T, A>({
  ask,
  accept,
  onStep,
  ...options
}: AnswerOptions<T, A>): Promise<{ readonly why: 'answered'; readonly answer: A } | NoAnswer> {
  const { clock, random, pause, signal } = options;
  const startedAt = clock();
  let failures = 0;
  let problem: string | null = 'it has not answered yet';
  for (;;) {
    const asked = await ask(signal);
    if (signal.aborted) return { why: 'aborted', problem };
    if (!asked.ok && asked.reason === 'unauthorized') return { why: 'refused', problem: asked.problem };
    problem = asked.ok ? null : asked.problem;
    failures = asked.ok ? 0 : failures + 1;
    const answer = asked.ok ? accept(asked.value) : null;
    if (answer !== null) return { why: 'answered', answer };
    onStep(problem);
    const own = lookPause(clock() - startedAt, 1);
    const wait = asked.ok ? own : Math.max(own, pollDelay(failures, asked.retryAfter, random()));
    if (!(await pause(wait, signal))) return { why: 'aborted', problem };
  }
}
