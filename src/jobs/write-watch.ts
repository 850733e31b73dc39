// Watches the loops for a disk that refuses: says once that the state cannot be written, and once that it can again. A loop that met it is
// quiet until then, and asks nobody for what could not be kept. Nothing is lost by that: what is not stored is found or tried again.
import { MINUTE } from '../domain/text/durations.ts';
import { textOf } from '../domain/text/error.ts';
import type { Log } from '../log.ts';
import { StateNotWrittenError, type Store } from '../store/store.ts';

export interface WriteWatchOptions {
  readonly store: Pick<Store, 'probe'>;
  readonly log: Log;
  readonly clock: () => number;
}

type Run = (now: number, signal: AbortSignal) => Promise<void>;

export interface WriteWatch {
  /** The run of a loop that comes again within minutes. */
  watched(loop: string, run: Run): Run;
  /** Why the state cannot be written, in a sentence; null: it can. */
  problem(): Promise<string | null>;
}

export function createWriteWatch({ store, log, clock }: WriteWatchOptions): WriteWatch {
  /** By loop: what it met. */
  const failing = new Map<string, StateNotWrittenError>();
  let since = 0;

  /** What a small write comes to; null: it is good. */
  async function refusal(now: number): Promise<string | null> {
    try {
      await store.probe(now);
      return null;
    } catch (error) {
      return textOf(error);
    }
  }

  function begin(loop: string, error: StateNotWrittenError): void {
    if (failing.size === 0) {
      since = clock();
      log.error({}, `${error.message}; until then no messages are sent; they resume automatically`);
    }
    failing.set(loop, error);
  }

  /** Its run was good. That proves something only together with a write that was: a run may have had nothing to store. */
  function end(loop: string): void {
    if (!failing.delete(loop) || failing.size > 0) return;
    log.warn({ minutes: Math.round((clock() - since) / MINUTE) }, 'the state can be written again: resuming');
  }

  return {
    watched: (loop, run) => async (now, signal) => {
      const wasFailing = failing.has(loop);
      if (wasFailing && (await refusal(now)) !== null) return;
      try {
        await run(now, signal);
      } catch (error) {
        if (!(error instanceof StateNotWrittenError)) throw error;
        begin(loop, error);
        return;
      }
      if (wasFailing) end(loop);
    },
    async problem() {
      const [met] = failing.values();
      return met?.message ?? (await refusal(clock()));
    },
  };
}
