// The refused logins of the last hour: kept in the state; while that cannot be written here, so that no more are made than are allowed.
import { StateNotWrittenError, type Store } from '../store/store.ts';

export interface Refusals {
  recent(login: string, since: number): Promise<readonly number[]>;
  add(login: string, time: number): Promise<void>;
}

export function createLoginRefusals(store: Pick<Store, 'recentRefusals' | 'addRefusal'>): Refusals {
  let unwritten: readonly { readonly login: string; readonly time: number }[] = [];

  return {
    async recent(login, since) {
      unwritten = unwritten.filter(({ time }) => time >= since);
      const here = unwritten.filter((each) => each.login === login).map(({ time }) => time);
      return [...(await store.recentRefusals(login, since)), ...here].sort((a, b) => a - b);
    },
    async add(login, time) {
      try {
        await store.addRefusal(login, time);
      } catch (error) {
        if (!(error instanceof StateNotWrittenError)) throw error;
        unwritten = [...unwritten, { login, time }];
      }
    },
  };
}
