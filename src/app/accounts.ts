// The accounts that are watched: those of the start, until others take their place. What is as before goes on undisturbed.
import { isDeepStrictEqual } from 'node:util';
import type { LoadedAccount } from '../config/accounts.ts';
import type { AccountMonitor } from './account-monitor.ts';

export interface Accounts {
  /** In the order configured. The same array as long as nothing changes. */
  all(): readonly AccountMonitor[];
  /**
   * Resolves when those that are not there any more, or are different now, have come to rest. `keepsOthers`: those of other names stay as they
   * are: something in the file is wrong, and they may be what it is about.
   */
  set(setups: readonly LoadedAccount[], options: { readonly keepsOthers: boolean }): Promise<void>;
  onChange(listener: AccountsListener): void;
}

export interface AccountsListener {
  readonly added: (account: AccountMonitor) => void;
  /** Resolves when it has come to rest. */
  readonly removed: (account: AccountMonitor) => Promise<void>;
}

type Make = (setup: LoadedAccount, isOneOfMany: () => boolean) => AccountMonitor;

interface Watched {
  readonly setup: LoadedAccount;
  readonly monitor: AccountMonitor;
}

export function createAccounts(setups: readonly LoadedAccount[], make: Make): Accounts {
  const listeners: AccountsListener[] = [];
  let monitors: readonly AccountMonitor[] = [];
  const isOneOfMany = () => monitors.length > 1;
  let watched: readonly Watched[] = setups.map((setup) => ({ setup, monitor: make(setup, isOneOfMany) }));
  monitors = watched.map(({ monitor }) => monitor);

  async function end({ monitor }: Watched): Promise<void> {
    await Promise.all(listeners.map(({ removed }) => removed(monitor)));
    monitor.close();
  }

  return {
    all: () => monitors,
    async set(given, { keepsOthers }) {
      const isGiven = ({ name }: LoadedAccount) => given.some((each) => each.name === name);
      const others = keepsOthers ? watched.map(({ setup }) => setup).filter((setup) => !isGiven(setup)) : [];
      const wanted = [...given, ...others];
      const kept = watched.filter(({ setup }) => wanted.some((each) => isSame(each, setup)));
      const ended = watched.filter((each) => !kept.includes(each));
      await Promise.all(ended.map(end));
      const added: AccountMonitor[] = [];
      watched = wanted.map((setup) => {
        const before = kept.find((each) => isSame(each.setup, setup));
        if (before !== undefined) return before;
        const monitor = make(setup, isOneOfMany);
        added.push(monitor);
        return { setup, monitor };
      });
      monitors = watched.map(({ monitor }) => monitor);
      for (const listener of listeners) for (const monitor of added) listener.added(monitor);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Its rules it reads again by itself. */
function isSame(a: LoadedAccount, b: LoadedAccount): boolean {
  return a.name === b.name && isDeepStrictEqual(a.config, b.config);
}
