// A store on a disk that refuses on order, as a full one does: nothing of the use-case is stored.
import { StateNotWrittenError, type Store } from '../../src/store/store.ts';

export interface Refusing {
  readonly store: Store;
  /** From now on these use-cases are refused; `all`: every one that writes; none: the disk is well. */
  refuse(...names: readonly (keyof Store | 'all')[]): void;
}

const READS: readonly PropertyKey[] = [
  'loadSnapshot',
  'loadHealth',
  'loadQueue',
  'loadMutes',
  'loadMemory',
  'happened',
  'outboxCounts',
  'runEnds',
  'recentRefusals',
  'close',
] satisfies readonly (keyof Store)[];

const FULL = new StateNotWrittenError('the state in /s cannot be written (database or disk is full): free some space');

export function refusing(inner: Store, refusal: Error = FULL): Refusing {
  let refused: readonly PropertyKey[] = [];
  const isRefused = (name: PropertyKey) => refused.includes(name) || (refused.includes('all') && !READS.includes(name));
  const store = new Proxy(inner, {
    get(target, name) {
      const use: unknown = Reflect.get(target, name);
      if (!isRefused(name)) return use;
      return () => Promise.reject(refusal);
    },
  });
  return {
    store,
    refuse(...names) {
      refused = names;
    },
  };
}
