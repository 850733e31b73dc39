// The same work on a store that nobody disturbs: what a state must hold after each use-case.
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { openContents } from './contents.ts';
import { createWork } from './work.ts';

export interface Twin {
  /** Takes the steps that were acknowledged, and the one that may be in progress. */
  follow(acknowledged: readonly string[]): Promise<void>;
  /** After how many use-cases a state holds this; null: after none. */
  momentOf(digest: string): number | null;
  close(): Promise<void>;
}

export async function startTwin(stateDir: string, seed: number): Promise<Twin> {
  const store = openSqliteStore(stateDir);
  const contents = openContents(stateDir);
  const work = createWork(store, seed);
  /** By digest: the latest moment with it. Use-cases that change nothing leave it as it was. */
  const moments = new Map<string, number>([[contents.digest(), 0]]);
  const did: string[] = [];
  let noted = 0;

  async function step(): Promise<void> {
    const number = did.length + 1;
    did.push(`${number} ${await work.next(number)}`);
    moments.set(contents.digest(), number);
  }

  return {
    async follow(acknowledged) {
      while (did.length <= noted + acknowledged.length) await step();
      for (const line of acknowledged) {
        const ours = did[noted];
        if (ours !== line) throw new Error(`the writer did "${line}", its twin "${String(ours)}"`);
        noted += 1;
      }
    },
    momentOf: (digest: string) => moments.get(digest) ?? null,
    async close() {
      contents.close();
      await store.close();
    },
  };
}
