// Whose state it is in a database that others use as well: of one login, or of all accounts of a file together.
import type { Config } from '../config/config.ts';
import { loginFingerprint } from './nomad.ts';

/** All accounts of ACCOUNTS_FILE: it can have others tomorrow, and its state stays the same one. */
const ACCOUNTS_SCOPE = 'accounts';

export function stateScopeOf({ account, nomad }: Config): string {
  return account === null ? `${nomad.url} ${loginFingerprint(nomad)}` : ACCOUNTS_SCOPE;
}
