// Brings the schema in PostgreSQL forward to that of this program, one file of migrations after the other. Several instances may begin at
// once: one does it, the others wait for it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS } from '../../files.ts';
import type { Database, Session } from '../database.ts';
import { SCHEMA } from './connect.ts';
import { StateError } from '../store.ts';

const FOLDER = join(MIGRATIONS, 'postgres');

let known: readonly string[] | null = null;

export function postgresMigrations(): readonly string[] {
  known ??= readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => join(FOLDER, name));
  return known;
}

export interface Migrated {
  /** 0: there was no state. */
  readonly before: number;
  readonly now: number;
}

/** Throws StateError when the schema is newer than this program. */
export async function migratePostgres(db: Database): Promise<Migrated> {
  const files = postgresMigrations();
  return db.transaction(async (session) => {
    await session.rows(`SELECT pg_advisory_xact_lock(hashtextextended('${SCHEMA} migrations', 0))`);
    const version = await versionOf(session);
    if (version > files.length) {
      throw new StateError(
        `state: schema ${SCHEMA} of the database has version ${version}, this program knows ${files.length}; run the newer program, or restore an earlier backup`,
      );
    }
    const migrated = { before: version, now: files.length };
    if (version === files.length) return migrated;
    if (version === 0) await makeSchema(session);
    for (const file of files.slice(version)) await session.rows(readFileSync(file, 'utf8'));
    await session.rows(`UPDATE ${SCHEMA}.version SET version = ${files.length}`);
    return migrated;
  });
}

/** 0: there is no state. */
export async function versionOf(session: Session): Promise<number> {
  const [found] = await session.rows(`SELECT to_regclass('${SCHEMA}.version') IS NOT NULL AS there`);
  if (found?.['there'] !== true) return 0;
  const [row] = await session.rows(`SELECT version FROM ${SCHEMA}.version`);
  return Number(row?.['version']);
}

/** The schema itself may have been made by an administrator: then the user needs no right to make any. */
async function makeSchema(session: Session): Promise<void> {
  const [found] = await session.rows(`SELECT 1 FROM pg_namespace WHERE nspname = '${SCHEMA}'`);
  if (found === undefined) await session.rows(`CREATE SCHEMA ${SCHEMA}`);
  await session.rows(`CREATE TABLE ${SCHEMA}.version (version integer NOT NULL)`);
  await session.rows(`INSERT INTO ${SCHEMA}.version VALUES (0)`);
}
