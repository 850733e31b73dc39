// The same work on a store that nobody disturbs: what a state must hold after each use-case.
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { openContents } from './contents.ts';
import { createWork } from './work.ts';

export interface Moments {
  readonly first: number;
  readonly last: number;
}

export interface Twin {
  /** Takes the steps that were acknowledged, and the one that may be in progress. */
  follow(acknowledged: readonly string[]): Promise<void>;
  /** After how many use-cases a state holds this, at least and at most: some change nothing. null: after none. */
  momentsOf(digest: string): Moments | null;
  close(): Promise<void>;
}

export async function startTwin(stateDir: string, seed: number): Promise<Twin> {
  const store = openSqliteStore(stateDir);
  const contents = openContents(stateDir);
  const work = createWork(store, seed);
  const moments = new Map<string, Moments>([[contents.digest(), { first: 0, last: 0 }]]);
  const did: string[] = [];
  let noted = 0;

  async function step(): Promise<void> {
    const number = did.length + 1;
    did.push(`${number} ${await work.next(number)}`);
    const digest = contents.digest();
    moments.set(digest, { first: moments.get(digest)?.first ?? number, last: number });
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
    momentsOf: (digest: string) => moments.get(digest) ?? null,
    async close() {
      contents.close();
      await store.close();
    },
  };
}
