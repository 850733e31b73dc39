// What a target of the fuzzer is, and one round against it: many runs from one seed, until the time is over or something is found.
import fc from 'fast-check';

export interface Round {
  readonly seed: number;
  /** Where a counterexample was, to play it again. */
  readonly path?: string;
  readonly runs: number;
  /** No new run begins after this, ms. */
  readonly milliseconds: number;
  /** What is found is shown as it is, which takes less time. */
  readonly unshrunk?: true;
}

export interface Finding {
  /** As shown to people: the smallest input that breaks the property, and how. */
  readonly report: string;
  readonly path: string;
}

export interface Outcome {
  readonly runs: number;
  readonly finding: Finding | null;
}

/** A target that is started: its servers and files are there. */
export interface Running {
  round(round: Round): Promise<Outcome>;
  stop(): Promise<void>;
}

export type Start = () => Promise<Running>;

/** A run that takes longer hangs, ms. */
const HANGS = 20_000;

export function running<T>(
  inputs: fc.Arbitrary<T>,
  holds: (input: T) => void | Promise<void>,
  stop: () => Promise<void>,
): Running {
  let last: Promise<void> = Promise.resolve();
  const property = fc.asyncProperty(inputs, async (input) => {
    last = run(input);
    await last;
  });

  async function run(input: T): Promise<void> {
    const startedAt = performance.now();
    await holds(input);
    const took = performance.now() - startedAt;
    if (took > HANGS) throw new Error(`it took ${Math.round(took)} ms`);
  }

  return {
    async stop() {
      // The time can be over in the middle of a run, which fast-check then leaves to itself.
      await last.catch(() => undefined);
      await stop();
    },
    async round({ seed, path, runs, milliseconds, unshrunk = false }) {
      const details = await fc.check(property, {
        seed,
        numRuns: runs,
        timeout: 2 * HANGS,
        interruptAfterTimeLimit: milliseconds,
        markInterruptAsFailure: false,
        endOnFailure: unshrunk,
        ...(path !== undefined && { path }),
      });
      // Out of time before the first run is no finding.
      if (!details.failed || details.counterexample === null) return { runs: details.numRuns, finding: null };
      const { errorInstance: error, counterexample, counterexamplePath } = details;
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return {
        runs: details.numRuns,
        finding: { report: `${fc.stringify(counterexample)}\n${why}`, path: counterexamplePath },
      };
    },
  };
}
