// An ACCOUNTS_FILE in a folder of a test, and what is loaded of it.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Choice } from '../../src/config/account-choice.ts';
import { type Load, type Loaded, load } from '../../src/config/load.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { tempDir } from './temp.ts';

type Files = Readonly<Record<string, string>>;
export interface GivenAccounts {
  readonly yaml: string;
  /** Beside it, each with the rights 0600. */
  readonly files?: Files;
  readonly env?: Readonly<Record<string, string>>;
  readonly mode?: number;
  readonly dotenv?: string;
  /** Which account it is about; absent: the first. */
  readonly choice?: Choice;
}

export const SMTP = { SMTP_URL: 'smtp://127.0.0.1:25' };

export function loadFrom(
  context: TestContext,
  { yaml, files = {}, env = {}, mode = 0o600, dotenv, choice }: GivenAccounts,
): Load & { readonly folder: string } {
  const folder = tempDir(context);
  const file = join(folder, 'accounts.yaml');
  writeFileSync(file, yaml);
  chmodSync(file, mode);
  mkdirSync(join(folder, 'secrets'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const dotenvFile = dotenv === undefined ? '/dev/null' : join(folder, 'env');
  if (dotenv !== undefined) writeFileSync(dotenvFile, dotenv, { mode: 0o600 });
  const environment = { HOME: '/home/ada', TZ: 'UTC', ACCOUNTS_FILE: file, ...env };
  return { ...load(dotenvFile, { scheduleProblem }, environment, choice), folder };
}

export function loaded(context: TestContext, given: GivenAccounts): Loaded {
  const { loaded: result, problems } = loadFrom(context, given);
  assert.ok(result !== null, problems.join('\n'));
  return result;
}

/** Of the file and of accounts, without the folder. */
export function problems(context: TestContext, given: GivenAccounts): readonly string[] {
  const { loaded: result, problems: found, folder } = loadFrom(context, given);
  return [...found, ...(result?.problems ?? [])].map((each) => each.replaceAll(`${folder}/`, ''));
}

export const names = ({ accounts }: Loaded) => accounts.map(({ name }) => name);
