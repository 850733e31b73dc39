// Where a state is, as it is named on a command line: a folder, an address of PostgreSQL without a password, or the word for what is configured.
import { resolve } from 'node:path';
import type { Config, DatabaseConfig } from './config.ts';
import { databasePasswords, databaseUrl } from './database.ts';
import type { Read } from './value-parsers.ts';

export type StateLocation =
  | { readonly kind: 'sqlite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly database: DatabaseConfig };

/** Problems are reported without the given value: it may contain a password. */
export function stateLocationOf(
  text: string,
  { stateDir, database }: Pick<Config, 'stateDir' | 'database'>,
): Read<StateLocation> {
  if (text === 'DATABASE_URL') {
    return database === null ? { problem: 'DATABASE_URL is not set' } : { value: { kind: 'postgres', database } };
  }
  if (text === 'STATE_DIR') {
    return stateDir === '' ? { problem: 'STATE_DIR is not set' } : { value: { kind: 'sqlite', folder: stateDir } };
  }
  if (text === '') return { problem: 'it is empty; give a folder, or write DATABASE_URL or STATE_DIR' };
  if (!/^postgres(ql)?:/i.test(text)) return { value: { kind: 'sqlite', folder: text } };
  if (databasePasswords(text).some((password) => password !== '')) {
    return {
      problem:
        'every user of this machine can see an address with a password in it (ps): set DATABASE_URL, and write the word DATABASE_URL here',
    };
  }
  const read = databaseUrl(text);
  return 'problem' in read ? read : { value: { kind: 'postgres', database: read.value } };
}

/** For people: without user and password. */
export function locationName(place: StateLocation): string {
  if (place.kind === 'sqlite') return resolve(place.folder);
  const { hosts, database } = place.database;
  return `PostgreSQL ${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database}`;
}
