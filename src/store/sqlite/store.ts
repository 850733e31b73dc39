// The store on SQLite: a file of one instance. A transaction reads no clock and makes no call outside.
import { randomBytes } from 'node:crypto';
import type { Session } from '../database.ts';
import { notShared } from '../sharing.ts';
import { createSqlStore } from '../sql/store.ts';
import { StateNotWrittenError, type Store } from '../store.ts';
import { databaseOn } from './database.ts';
import { sqliteFaultOf } from './errors.ts';
import { markIfUnused } from './lost-log.ts';
import { openStateFile } from './open.ts';
import { shrinkStep } from './shrink.ts';

/** A file has one owner, who sees all that is in it. */
const OWNER = '';

/** Throws StateError when the state is locked by another process, corrupt, newer or not writable. `warn`: takes what an operator should know. */
export function openSqliteStore(stateDir: string, warn: (note: string) => void = () => undefined): Store {
  const { db: file, unlock } = openStateFile(stateDir, warn);
  const db = databaseOn(file, { explain: (error) => notWritten(stateDir, error), onClose: unlock });
  // Another one with each start: a try that an earlier process began was ended by its end.
  const instance = randomBytes(6).toString('hex');
  const { store } = createSqlStore({ db, login: OWNER, sharing: notShared(db, instance) });
  return {
    ...store,
    shiftTimes: (by, now) => db.transaction((session) => shiftTimes(session, by, now)),
    shrink: () => db.alone(shrinkStep),
    async close() {
      // It does not matter where it cannot be written.
      await db.alone(markIfUnused).catch(() => undefined);
      await store.close();
    },
    async probe(now) {
      await db.rows(
        'INSERT INTO probe (id, time) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET time = excluded.time',
        now,
      );
    },
  };
}

function notWritten(stateDir: string, error: unknown): unknown {
  const fault = sqliteFaultOf(error);
  if (fault === null) return error;
  const what = `the state in ${stateDir} cannot be written (${fault.problem})`;
  return new StateNotWrittenError(`${what}: ${fault.advice}`, { cause: error });
}

async function shiftTimes(session: Session, by: number, now: number): Promise<void> {
  await session.rows(
    `UPDATE delivery SET due_at = $1, not_before = 0, lease_until = lease_until + $2, first_tried_at = first_tried_at + $2
     WHERE state = 'pending'`,
    now,
    by,
  );
  await session.rows('UPDATE refusal SET time = time + $1', by);
}
