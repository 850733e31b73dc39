// Environment, accounts and rules -> the whole configuration, or every problem at once. Reads files; the pure parts beside it judge them.
import { NO_RULES, type Rules } from '../domain/notify/routing.ts';
import { type Choice, choose } from './account-choice.ts';
import { type GivenValues, type LoadedAccount, type LoadedAccounts, readAccounts } from './accounts.ts';
import type { Config } from './config.ts';
import type { Checks } from './parse.ts';
import { type Environment, readEnv } from './env.ts';
import { readText } from './read-text.ts';
import { parseRules } from './rules.ts';
import { excerpt } from './value-parsers.ts';

export interface Loaded {
  /** Of the account that was asked for, else of the first. */
  readonly config: Config;
  readonly rules: Rules;
  /** All that can be watched, at least one: those of ACCOUNTS_FILE, or the one of the variables. */
  readonly accounts: readonly LoadedAccount[];
  /** Of accounts that cannot be watched; the others can. */
  readonly problems: readonly string[];
  /** What is no error, and still should not be so. */
  readonly warnings: readonly string[];
}

export interface Load {
  /** Also known when the configuration is wrong. */
  readonly secrets: readonly string[];
  /** As given, for what is no configuration of ours (what a service manager sets), and to read the accounts again. */
  readonly values: Readonly<Record<string, string>>;
  /** Where each value came from, for people. */
  readonly origins: ReadonlyMap<string, string>;
  /** Both with what the account that was asked for has in their place; without one as they are. */
  readonly own: GivenValues;
  /** The accounts of the file that are wrong, by name. */
  readonly wrong: ReadonlyMap<string, readonly string[]>;
  /** There is nothing wrong but that it is not clear which account is meant. */
  readonly isUnclear: boolean;
  /** Those for which nothing can be started. */
  readonly problems: readonly string[];
  /** Also known when the configuration is wrong. */
  readonly warnings: readonly string[];
  /** null: there are problems. */
  readonly loaded: Loaded | null;
}

export interface LoadOptions extends Choice {
  /** It does not matter whether the rules can be read. */
  readonly ignoresRules?: boolean;
}

const OF_ALL: LoadOptions = { account: null, ofOne: false };

export function load(
  envFile: string | null,
  checks: Checks,
  environment: NodeJS.ProcessEnv,
  options: LoadOptions = OF_ALL,
): Load {
  const env = readEnv(envFile, environment);
  const { values, origins } = env;
  const rulesOf = options.ignoresRules === true ? noRules : loadRules;
  const read = readAccounts({ values, origins, checks, rulesOf, ...(envFile !== null && { envFile }) });
  const { secrets, variables, wrong } = read;
  const warnings = [...env.warnings, ...env.notes, ...read.warnings];
  const own = (options.account === null ? null : read.valuesOf(options.account)) ?? { values, origins };
  const about = { secrets, values, origins, own, wrong, warnings, isUnclear: false };
  const chosen = choose(read, options);
  const ofEnvironment = problemsOf(env, [], variables);
  if ('problems' in chosen) {
    const problems = problemsOf(env, chosen.problems, variables);
    return { ...about, isUnclear: chosen.isUnclear && ofEnvironment.length === 0, problems, loaded: null };
  }
  if (ofEnvironment.length > 0) return { ...about, problems: problemsOf(env, read.problems, variables), loaded: null };
  const { config, rules } = chosen.account;
  const { accounts, problems } = read;
  return { ...about, problems: [], loaded: { config, rules, accounts, problems, warnings } };
}

function noRules(): { readonly rules: Rules } {
  return { rules: NO_RULES };
}

/** The accounts as their files are now, for the same variables. */
export function loadAccounts(
  { values, origins }: Pick<Environment, 'values' | 'origins'>,
  checks: Checks,
): LoadedAccounts {
  return readAccounts({ values, origins, checks, rulesOf: loadRules });
}

/** Every problem. Where there is one, what is odd in the environment may be the reason: it stands below. `named`: variables that ACCOUNTS_FILE names. */
function problemsOf(
  env: Environment,
  found: readonly string[],
  named: ReadonlySet<string> = new Set(),
): readonly string[] {
  const unknown = [...env.unknown].flatMap(([name, sentence]) => (named.has(name) ? [] : [sentence]));
  const problems = [...unknown, ...env.problems, ...found];
  return problems.length === 0 ? [] : [...problems, ...env.notes];
}

/** The rules file as it is now. Without one: no rules. */
export function loadRules(
  config: Config,
  checks: Checks,
): { readonly rules: Rules } | { readonly problems: readonly string[] } {
  const { rulesFile, mail, webhook, chat } = config;
  if (rulesFile === null) return { rules: NO_RULES };
  const configured = { mail: mail !== null, webhook: webhook !== null, chat: chat !== null };
  const text = readText(rulesFile);
  if (text === null)
    return {
      problems: [`RULES_FILE: ${excerpt(rulesFile)} cannot be read; name an existing file that this user may read`],
    };
  return parseRules(text, excerpt(rulesFile), configured, checks);
}
