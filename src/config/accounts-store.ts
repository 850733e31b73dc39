// Writes a new account: the file of its secret and ACCOUNTS_FILE, both or none. Only the owner can read what is made here.
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type NewAccount, withAccount } from './accounts-edit.ts';
import { readText } from './read-text.ts';
import { excerpt } from './value-parsers.ts';

const OWNER_ONLY = 0o600;
const FOLDER = 0o700;
const MODE = 0o777;
const SECRETS = 'secrets';

/** Where the secret of an account is kept, as the file has it. */
export function secretPath(name: string, kind: 'token' | 'password'): string {
  return `${SECRETS}/${name}.${kind}`;
}

export interface AccountStore {
  /** Throws when it cannot be written; then nothing is left of it. */
  add(account: NewAccount, secret: string): void;
  close(): void;
}

/** Takes the file for itself until it is closed. Throws what an operator has to mend. */
export function openAccountStore(path: string): AccountStore {
  const file = existsSync(path) ? realpathSync(path) : resolve(path);
  const folder = dirname(file);
  const owner = existsSync(file) ? statSync(file) : null;
  const next = `${file}.new`;
  const descriptor = create(next);
  let isKept = false;
  return {
    add(account, secret) {
      const text = owner === null ? null : readText(file);
      if (owner !== null && text === null) throw new Error(`${excerpt(path)} cannot be read`);
      const secretFile = join(folder, account.secret.path);
      makeFolder(dirname(secretFile), owner);
      const made = create(secretFile);
      try {
        write(descriptor, withAccount(text, account), owner);
        closing(made, () => {
          write(made, `${secret}\n`, owner);
        });
        if (owner !== null) chmodSync(next, owner.mode & MODE);
        renameSync(next, file);
        isKept = true;
        sync(folder);
      } catch (error) {
        if (!isKept) rmSync(secretFile, { force: true });
        throw error;
      }
    },
    close() {
      closeSync(descriptor);
      if (!isKept) rmSync(next, { force: true });
    },
  };
}

type Owner = { readonly uid: number; readonly gid: number } | null;

/** Throws when it is there already. */
function create(path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
    throw new Error(
      `${excerpt(path)} is there already, perhaps of an attempt that was interrupted; remove it, and try again`,
      { cause: error },
    );
  }
}

function makeFolder(path: string, owner: Owner): void {
  if (existsSync(path)) return;
  mkdirSync(path, { mode: FOLDER });
  if (isRoot() && owner !== null) chownSync(path, owner.uid, owner.gid);
}

/** What root writes belongs to whom the file belongs to: the monitor reads it as that user. */
function write(descriptor: number, text: string, owner: Owner): void {
  writeSync(descriptor, text);
  if (isRoot() && owner !== null) fchownSync(descriptor, owner.uid, owner.gid);
  fsyncSync(descriptor);
}

function sync(folder: string): void {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  closing(descriptor, () => {
    fsyncSync(descriptor);
  });
}

function closing(descriptor: number, work: () => void): void {
  try {
    work();
  } finally {
    closeSync(descriptor);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
