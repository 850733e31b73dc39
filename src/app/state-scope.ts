// Whose state it is in a database that others use as well: of one login, or of all accounts of a file together.
import type { Config } from '../config/config.ts';
import { loginFingerprint } from './nomad.ts';

/** The file can have other accounts tomorrow: its state stays the same one. */
const OF_ACCOUNTS_FILE = 'accounts';

export function stateScopeOf({ account, nomad }: Config): string {
  return account === null ? `${nomad.url} ${loginFingerprint(nomad)}` : OF_ACCOUNTS_FILE;
}
