// Looks at a SQLite state without opening it as a monitor does: it makes nothing, brings nothing up to date, holds no lock beyond the look.
// The one thing that it may add is a refused login, because those are counted together with the monitor's.
import { textOf } from '../../domain/text/error.ts';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StateFact } from '../../domain/doctor/local-checks.ts';
import type { Snapshot } from '../../domain/upload.ts';
import type { Database } from '../database.ts';
import { type RefusalNotes, addRefusal, recentRefusals } from '../sql/refusals.ts';
import { type StoredSight, sightOf } from '../sql/sight.ts';
import { snapshotOf } from '../sql/snapshot.ts';
import { databaseOn } from './database.ts';
import { lostFileProblem } from './lost-log.ts';
import { knownVersion, newerProblem, fileVersionOf } from './schema-version.ts';

/** ms that a running monitor may keep us waiting. */
const TIMEOUT_MS = 5000;

export function lookAtState(stateDir: string): StateFact {
  const folder = resolve(stateDir);
  const file = join(folder, 'state.sqlite');
  try {
    if (!existsSync(folder)) return lookAtAbsent(folder);
    if (!statSync(folder).isDirectory()) return unusable(folder, 'not writable', 'is not a folder');
    writeProbe(folder);
  } catch (error) {
    const us = process.geteuid?.() ?? 0;
    const owner = statSync(folder, { throwIfNoEntry: false })?.uid ?? us;
    if (us !== owner) return unusable(folder, 'not ours', `belongs to another user (${textOf(error)})`);
    return unusable(folder, 'not writable', `cannot be written (${textOf(error)})`);
  }
  try {
    if (isLocked(join(folder, 'lock'))) return { kind: 'in use', at: folder };
    const lost = lostFileProblem(file);
    if (lost !== null) return unusable(file, 'corrupt', lost);
    if (!existsSync(file)) return { kind: 'usable', at: folder, isNew: true, isOlder: false };
    return lookAtFile(file);
  } catch (error) {
    const why = /readonly|permission|unable to open/i.test(textOf(error)) ? 'not writable' : 'corrupt';
    return unusable(file, why, `cannot be used (${textOf(error)})`);
  }
}

/** The folder is made at the start: it must be possible below what is there. */
function lookAtAbsent(folder: string): StateFact {
  let above = dirname(folder);
  while (!existsSync(above)) above = dirname(above);
  if (!statSync(above).isDirectory())
    return unusable(folder, 'not writable', `cannot be created: ${above} is not a folder`);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
  } catch (error) {
    return unusable(folder, 'not writable', `cannot be created (${textOf(error)})`);
  }
  return { kind: 'usable', at: folder, isNew: true, isOlder: false };
}

/** Synced to the disk: permissions alone do not show that it is full. */
function writeProbe(folder: string): void {
  const path = join(folder, `.doctor-${randomBytes(6).toString('hex')}`);
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeSync(descriptor, Buffer.alloc(4096));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(path, { force: true });
  }
}

/** A running monitor keeps a transaction open on this file, so that it cannot even be read. */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (textOf(error).includes('locked')) return true;
    throw error;
  } finally {
    db.close();
  }
}

function lookAtFile(file: string): StateFact {
  const newer = newerProblem(file);
  if (newer !== null) return unusable(file, 'newer', newer);
  const db = new DatabaseSync(file, { timeout: TIMEOUT_MS });
  try {
    const [verdict] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {});
    if (verdict !== 'ok') return unusable(file, 'corrupt', `is damaged (${String(verdict)})`);
    db.exec('BEGIN IMMEDIATE; ROLLBACK;');
    return { kind: 'usable', at: file, isNew: false, isOlder: fileVersionOf(db) < knownVersion() };
  } finally {
    db.close();
  }
}

function unusable(at: string, why: 'not writable' | 'not ours' | 'corrupt' | 'newer', problem: string): StateFact {
  return { kind: 'unusable', at, why, problem };
}

/**
 * The refused logins that a state remembers, read and added to beside a running monitor. Where there is no state, or it cannot be used,
 * nothing is known and nothing is kept: a state is not begun for this.
 */
export function refusalNotes(stateDir: string): RefusalNotes {
  return {
    recent: async (login, since) => (await within(stateDir, (db) => recentRefusals(db, login, since))) ?? [],
    add: async (login, time) => {
      await within(stateDir, (db) => db.transaction((session) => addRefusal(session, login, time)));
    },
  };
}

/** Whether a monitor runs on this state now. */
export function isInUse(stateDir: string): boolean {
  try {
    return isLocked(join(resolve(stateDir), 'lock'));
  } catch {
    return false;
  }
}

/** What it says of a few uploads, read beside its monitor; null: nothing, or it cannot be read. */
export function sightInState(
  stateDir: string,
  deployment: string,
  login: string,
  ids: readonly string[],
): Promise<StoredSight | null> {
  return within(stateDir, async (db, version) =>
    version === knownVersion() ? sightOf(db, deployment, login, ids) : null,
  );
}

/** What a monitor remembers of an account, read beside it; null: nothing, or it cannot be read. */
export function rememberedSnapshot(stateDir: string, deployment: string, user: string): Promise<Snapshot | null> {
  return within(stateDir, async (db, version) =>
    version === knownVersion() ? snapshotOf(db, deployment, user) : null,
  );
}

/** `version`: of its schema, which may be an earlier one. null: there is no state, or it cannot be used. */
async function within<T>(stateDir: string, work: (db: Database, version: number) => Promise<T>): Promise<T | null> {
  const file = join(resolve(stateDir), 'state.sqlite');
  if (!existsSync(file) || lostFileProblem(file) !== null || newerProblem(file) !== null) return null;
  try {
    const opened = new DatabaseSync(file, { timeout: TIMEOUT_MS });
    const db = databaseOn(opened);
    try {
      return await work(db, fileVersionOf(opened));
    } finally {
      await db.close();
    }
  } catch {
    return null;
  }
}
