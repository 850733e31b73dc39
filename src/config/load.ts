// Environment, accounts and rules -> the whole configuration, or every problem at once. Reads files; the pure parts beside it judge them.
import { NO_RULES, type Rules } from '../domain/notify/routing.ts';
import { type LoadedAccount, type LoadedAccounts, readAccounts } from './accounts.ts';
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
  /** As given, for what is no configuration of ours (what a service manager sets). */
  readonly values: Readonly<Record<string, string>>;
  /** Where each value came from, for people. */
  readonly origins: ReadonlyMap<string, string>;
  /** Those for which nothing can be started. */
  readonly problems: readonly string[];
  /** null: there are problems. */
  readonly loaded: Loaded | null;
}

export function load(envFile: string | null, checks: Checks, environment: NodeJS.ProcessEnv): Load {
  const env = readEnv(envFile, environment);
  const read = loadAccounts(env, checks);
  const [first] = read.accounts;
  const isUsable = first !== undefined && problemsOf(env, [], read.variables).length === 0;
  const problems = isUsable ? [] : problemsOf(env, read.problems, read.variables);
  const about = { secrets: read.secrets, values: env.values, origins: env.origins, problems };
  if (!isUsable) return { ...about, loaded: null };
  const { config, rules } = first;
  const warnings = [...env.warnings, ...env.notes, ...read.warnings];
  return { ...about, loaded: { config, rules, accounts: read.accounts, problems: read.problems, warnings } };
}

/** The accounts as their files are now, for the same variables. */
export function loadAccounts(
  { values, origins }: Pick<Environment, 'values' | 'origins'>,
  checks: Checks,
): LoadedAccounts {
  return readAccounts({ values, origins, checks, rulesOf: (config, known) => loadRules(config, known) });
}

/** Every problem. Where there is one, what is odd in the environment may be the reason: it stands below. `named`: variables that ACCOUNTS_FILE names. */
export function problemsOf(
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
