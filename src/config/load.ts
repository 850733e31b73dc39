// Environment and rules file -> the whole configuration, or every problem at once. Reads files; the pure parts beside it judge them.
import { readFileSync } from 'node:fs';
import { NO_RULES, type Rules } from '../domain/notify/routing.ts';
import type { Config } from './config.ts';
import { type Checks, parseConfig, secrets } from './parse.ts';
import { type Environment, readEnv } from './env.ts';
import { parseRules } from './rules.ts';
import { excerpt } from './value-parsers.ts';
import { oddities } from './warnings.ts';

export interface Loaded {
  readonly config: Config;
  readonly rules: Rules;
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
  readonly problems: readonly string[];
  /** null: there are problems. */
  readonly loaded: Loaded | null;
}

export function load(envFile: string | null, checks: Checks, environment: NodeJS.ProcessEnv): Load {
  const env = readEnv(envFile, environment);
  const parsed = parseConfig(env.values, checks);
  const about = { secrets: secrets(env.values), values: env.values, origins: env.origins };
  if ('problems' in parsed) return { ...about, problems: problemsOf(env, parsed.problems), loaded: null };
  const { config } = parsed;
  const read = loadRules(config, checks);
  const problems = problemsOf(env, 'problems' in read ? read.problems : []);
  if ('problems' in read || problems.length > 0) return { ...about, problems, loaded: null };
  const warnings = [...env.warnings, ...env.notes, ...oddities(config)];
  return { ...about, problems, loaded: { config, rules: read.rules, warnings } };
}

/** Every problem. Where there is one, what is odd in the environment may be the reason: it stands below. */
export function problemsOf(env: Environment, found: readonly string[]): readonly string[] {
  const problems = [...env.problems, ...found];
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

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
