// Once a day: removes events and messages older than the retention, step by step, and gives their room back. Between two steps the other
// loops have their turn.
import { setImmediate } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

export interface PruneOptions {
  readonly store: Store;
  /** ms. */
  readonly retention: number;
  readonly log: Log;
}

export interface PruneJob {
  runOnce(now: number, signal?: AbortSignal): Promise<void>;
}

export function createPrune({ store, retention, log }: PruneOptions): PruneJob {
  return {
    async runOnce(now, signal) {
      const removed = { events: 0, deliveries: 0 };
      for (let isDone = false; !isDone && signal?.aborted !== true;) {
        const step = await store.prune(now - retention);
        removed.events += step.events;
        removed.deliveries += step.deliveries;
        ({ isDone } = step);
        await setImmediate();
      }
      while (signal?.aborted !== true && !(await store.shrink())) await setImmediate();
      log.info(removed, 'old events and messages removed');
    },
  };
}
