// Opens the state where the configuration says that it is: a SQLite file of one instance, or a PostgreSQL database that several share.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import { stateScopeOf } from './state-scope.ts';
import { hashOf } from '../jobs/hash.ts';
import { ALONE, type Leadership } from '../store/leadership.ts';
import { openPostgres } from '../store/postgres/state.ts';
import type { Reader } from '../store/reader.ts';
import { openSqliteReader } from '../store/sqlite/reader.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';

export interface State {
  readonly store: Store;
  readonly reader: Reader;
  readonly leadership: Leadership;
  /** The same for all instances that share this state, whichever way each reaches it, and revealing nothing of it; null: only this instance uses it. */
  readonly group: string | null;
  /** Rejects with StateError for what does not pass by itself. A server that does not answer may be back soon: that is no reason. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface StateOptions {
  readonly config: Config;
  readonly clock: () => number;
  /** Monotonic clock, ms with fractions. */
  readonly monotonic: () => number;
  /** Takes what an operator should know and that hinders nothing. */
  readonly warn: (note: string) => void;
  readonly onLead: (isLeading: boolean, why: string) => void;
}

/** Hexadecimal digits. */
const GROUP_LENGTH = 8;

/** Throws StateError when a SQLite state cannot be used. */
export function openState({ config, warn, ...options }: StateOptions): State {
  if (config.database === null) {
    const store = openSqliteStore(config.stateDir, warn);
    const reader = openSqliteReader(config.stateDir);
    return {
      store,
      reader,
      leadership: ALONE,
      group: null,
      open: () => Promise.resolve(),
      async close() {
        await reader.close();
        await store.close();
      },
    };
  }
  const instance = `${hostname()} ${process.pid} ${randomBytes(3).toString('hex')}`;
  const login = stateScopeOf(config);
  const group = hashOf(login, GROUP_LENGTH);
  return { ...openPostgres({ ...options, target: config.database, login, instance, warn }), group };
}
