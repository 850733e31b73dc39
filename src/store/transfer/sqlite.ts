// SQLite as one end of a copy from database to database. What is written gets its name when it is complete, compared and on the disk.
import { textOf } from '../../domain/text/error.ts';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CopySource, CopyTarget } from './transfer.ts';
import { BATCH, type Cell, type Cells, TABLES, type Table } from './tables.ts';
import { syncFolder } from '../sqlite/snapshot-file.ts';
import { sqliteFaultOf } from '../sqlite/errors.ts';
import { migrate } from '../sqlite/migrate.ts';
import { refuseLostFile } from '../sqlite/lost-log.ts';
import { lockState } from '../sqlite/open.ts';
import { fileVersionOf, knownVersion, refuseNewer } from '../sqlite/schema-version.ts';
import { StateError } from '../store.ts';

/** Throws StateError when there is no state, a monitor runs on it, or it cannot be used as it is. Nothing in it changes. */
export async function fromSqlite<T>(stateDir: string, work: (source: CopySource) => Promise<T>): Promise<T> {
  const file = join(resolve(stateDir), 'state.sqlite');
  if (!existsSync(file)) throw new StateError(`state: none in ${resolve(stateDir)}; name a folder with a state`);
  refuseLostFile(file);
  const unlock = lockState(resolve(stateDir));
  try {
    return await withFile(file, work);
  } finally {
    unlock();
  }
}

/** The same; an empty folder, or none, is a good target. */
export async function intoSqlite<T>(stateDir: string, work: (target: CopyTarget) => Promise<T>): Promise<T> {
  const folder = resolve(stateDir);
  makeFolder(folder);
  const unlock = lockState(folder);
  try {
    const file = join(folder, 'state.sqlite');
    refuseLostFile(file);
    const holdsSome = existsSync(file) && (await withFile(file, holdsRows));
    const nothing = () => Promise.resolve();
    if (holdsSome) {
      return await withFile(file, (there) => work({ ...there, isEmpty: false, write: nothing, finish: nothing }));
    }
    return await build(folder, file, work);
  } finally {
    unlock();
  }
}

async function holdsRows(there: CopySource): Promise<boolean> {
  for (const table of TABLES) {
    if ((await there.count(table)) > 0) return true;
  }
  return false;
}

async function build<T>(folder: string, file: string, work: (target: CopyTarget) => Promise<T>): Promise<T> {
  const temporary = join(folder, 'state.sqlite.copy.partial');
  // Of a copy that was ended in the middle; we hold the lock, so nobody is making it.
  rmSync(temporary, { force: true });
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    const db = new DatabaseSync(temporary, { enableForeignKeyConstraints: true });
    let result: T;
    try {
      // What is not complete is thrown away, so nothing needs to be safe before the end.
      db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;');
      migrate(db, temporary, () => undefined);
      db.exec('BEGIN');
      result = await work(targetOf(db));
      db.exec('COMMIT');
    } finally {
      db.close();
    }
    sync(temporary);
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    renameSync(temporary, file);
    syncFolder(folder);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable(file, error);
  }
}

async function withFile<T>(file: string, work: (source: CopySource) => Promise<T>): Promise<T> {
  refuseNewer(file);
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    if (fileVersionOf(db) !== knownVersion()) {
      throw new StateError(
        `state: ${file} was written by an older version; start the monitor once, this migrates the state`,
      );
    }
    // All that is read is of one moment.
    db.exec('BEGIN');
    return await work(sourceOf(db));
  } catch (error) {
    throw unusable(file, error);
  } finally {
    db?.close();
  }
}

function sourceOf(db: DatabaseSync): CopySource {
  return {
    count: (table) => {
      const row = db.prepare(`SELECT count(*) AS n FROM ${table.name}`).get();
      return Promise.resolve(Number(row?.['n']));
    },
    greatest: (table, column) => {
      const row = db.prepare(`SELECT max(${column}) AS n FROM ${table}`).get();
      return Promise.resolve(Number(row?.['n'] ?? 0));
    },
    async *read(table) {
      const select = `SELECT ${namesIn(table).join(', ')} FROM ${table.name} ORDER BY ${table.order.join(', ')}`;
      let rows: Cells[] = [];
      for (const row of db.prepare(select).iterate()) {
        rows.push(Object.values(row) as Cell[]);
        if (rows.length < BATCH) continue;
        yield rows;
        rows = [];
      }
      if (rows.length > 0) yield rows;
    },
  };
}

function targetOf(db: DatabaseSync): CopyTarget {
  const inserts = new Map<Table, StatementSync>();
  const insertInto = (table: Table): StatementSync => {
    const made = inserts.get(table) ?? db.prepare(insertOf(table));
    inserts.set(table, made);
    return made;
  };
  return {
    ...sourceOf(db),
    isEmpty: true,
    write(table, rows) {
      const insert = insertInto(table);
      for (const row of rows) insert.run(...row);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(),
  };
}

function insertOf(table: Table): string {
  const names = namesIn(table);
  return `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
}

function namesIn({ columns }: Table): readonly string[] {
  return columns.map(({ name }) => name);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StateError(`state: ${folder} cannot be created (${textOf(error)}); name a writable folder`);
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unusable(file: string, error: unknown): unknown {
  const fault = sqliteFaultOf(error);
  return fault === null ? error : new StateError(`state: ${file} cannot be used (${fault.problem}); ${fault.advice}`);
}
