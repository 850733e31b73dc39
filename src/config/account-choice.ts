// Which account of ACCOUNTS_FILE a command is about.
import { grouped } from '../domain/text/one-line.ts';
import type { LoadedAccount, LoadedAccounts } from './accounts.ts';
import { closest } from '../domain/text/closest.ts';
import { excerpt } from './value-parsers.ts';

export interface Choice {
  /** What --account names; null: it was not given. */
  readonly account: string | null;
  /** It is about one account, and with several it has to be said which one; else it is about the first. */
  readonly ofOne: boolean;
}

export type Chosen =
  | { readonly account: LoadedAccount }
  /** `isUnclear`: it is about the command line, and no fault of the configuration. */
  | { readonly problems: readonly string[]; readonly isUnclear: boolean };

/** Names that are listed in a sentence. */
const LISTED = 10;

export function choose(
  read: Pick<LoadedAccounts, 'accounts' | 'wrong' | 'problems'>,
  { account, ofOne }: Choice,
): Chosen {
  const { accounts, wrong, problems } = read;
  const [first] = accounts;
  if (account === null && first !== undefined) {
    const names = namesOf(read);
    return ofOne && names.length > 1
      ? { problems: [`--account: ${whichOne(names)}`], isUnclear: true }
      : { account: first };
  }
  if (account === null) return { problems, isUnclear: false };
  const named = accounts.find(({ name }) => name === account);
  if (named !== undefined) return { account: named };
  const names = namesOf(read);
  if (names.length === 0 && first === undefined) return { problems, isUnclear: false };
  const why = wrong.get(account);
  if (why !== undefined) return { problems: why, isUnclear: false };
  return { problems: [`--account: ${notThere(account, names)}`], isUnclear: true };
}

function namesOf({ accounts, wrong }: Pick<LoadedAccounts, 'accounts' | 'wrong'>): readonly string[] {
  return [...accounts.flatMap(({ name }) => name ?? []), ...wrong.keys()];
}

function whichOne(names: readonly string[]): string {
  return `there are ${grouped(names.length)} accounts; name one of them: ${listed(names)}`;
}

/** Said of a name that no account has. */
export function notThere(account: string, names: readonly string[]): string {
  if (names.length === 0) return 'ACCOUNTS_FILE is not set, so there is one account without a name; leave it out';
  const near = closest(account, names);
  const hint = near === null ? `the accounts are ${listed(names)}` : `did you mean ${near}?`;
  return `there is no account "${excerpt(account)}"; ${hint}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}
