// Adds an account to the text of ACCOUNTS_FILE: what stands there stays, comments as well. Pure.
import { Document, Scalar, YAMLMap, YAMLSeq, isSeq, parseDocument } from 'yaml';
import { readAccountsFile } from './accounts-file.ts';

export interface NewAccount {
  readonly name: string;
  /** null: that of the defaults or the variables. */
  readonly nomadUrl: string | null;
  /** null: the account logs in with a token. */
  readonly username: string | null;
  readonly secret: {
    readonly key: 'token_file' | 'password_file';
    readonly path: string;
    readonly comment: string | null;
  };
}

const HEAD =
  ' The accounts that are watched: docs/groups.md. Everything that is not said here is as the variables have it.';

/** `text` null: there is no file yet. A text that cannot be read throws. */
export function withAccount(text: string | null, account: NewAccount): string {
  const isEmpty = text === null || text.trim() === '';
  const document = isEmpty ? new Document({}) : parseDocument(text.replace(/^\ufeff/, ''), { uniqueKeys: false });
  if (isEmpty) document.commentBefore = HEAD;
  if (!isSeq(document.get('accounts', true))) document.set('accounts', new YAMLSeq());
  const list = document.get('accounts', true) as YAMLSeq;
  const isInLine = list.flow === true && list.items.length > 0;
  list.flow = isInLine;
  list.add(itemOf(account, isInLine));
  const written = document.toString({
    lineWidth: 0,
    indentSeq: isEmpty || !/^accounts:[^\n]*\n(?:\s*(?:#.*)?\n)*- /m.test(text),
  });
  const names = readAccountsFile(written, 'accounts').accounts.map(({ name }) => name);
  if (!names.includes(account.name)) throw new Error('the account cannot be added to this file');
  return written;
}

function itemOf({ name, nomadUrl, username, secret }: NewAccount, isInLine: boolean): YAMLMap {
  const item = new YAMLMap();
  item.flow = isInLine;
  item.set('name', name);
  if (nomadUrl !== null) item.set('nomad_url', nomadUrl);
  if (username !== null) item.set('username', username);
  const path = new Scalar(secret.path);
  // In a line of braces a comment would be the end of it.
  if (!isInLine && secret.comment !== null) path.comment = ` ${secret.comment}`;
  item.set(secret.key, path);
  return item;
}
