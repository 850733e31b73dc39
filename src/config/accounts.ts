// The accounts to watch: those of ACCOUNTS_FILE, or the one of the variables. An account's configuration is that of the variables, with its own values in
// place of theirs. One that is wrong does not keep the others from being watched.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Rules } from '../domain/notify/routing.ts';
import { LOGIN_VARIABLES, SETTINGS, inKeys, variablesIn } from './account-keys.ts';
import { type LoginSources, loginOf } from './account-login.ts';
import { type Problem, type Values, type WrittenAccount, readAccountsFile } from './accounts-file.ts';
import { cleanValue } from './clean-value.ts';
import type { Config } from './config.ts';
import { type Checks, parseConfig, secrets } from './parse.ts';
import { readText } from './read-text.ts';
import { hider } from './source.ts';
import { excerpt } from './value-parsers.ts';
import { oddities } from './warnings.ts';

export interface LoadedAccount {
  /** null: the one account of the variables. */
  readonly name: string | null;
  readonly config: Config;
  readonly rules: Rules;
}

export interface LoadedAccounts {
  /** Those that can be watched, in the order of the file. Empty: the problems say why. */
  readonly accounts: readonly LoadedAccount[];
  /** Each once. */
  readonly problems: readonly string[];
  /** The names of those that cannot be watched, and why. */
  readonly wrong: ReadonlyMap<string, readonly string[]>;
  /** Also those of accounts that are wrong. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
  /** Variables that the file names. */
  readonly variables: ReadonlySet<string>;
  /** What is given for an account, by variable; null: there is none of this name. */
  readonly valuesOf: (name: string) => GivenValues | null;
}

export interface GivenValues {
  readonly values: Readonly<Record<string, string>>;
  /** Where each came from, for people. */
  readonly origins: ReadonlyMap<string, string>;
}

type ReadRules = (
  config: Config,
  checks: Checks,
) => { readonly rules: Rules } | { readonly problems: readonly string[] };
type Environment = Readonly<Record<string, string>>;

export interface AccountSources {
  readonly values: Environment;
  /** Where each of them came from. */
  readonly origins: ReadonlyMap<string, string>;
  readonly checks: Checks;
  readonly rulesOf: ReadRules;
  /** The file that variables are read from; absent: `.env`. */
  readonly envFile?: string;
}

const NONE = { accounts: [], wrong: new Map(), warnings: [], variables: new Set<string>(), valuesOf: () => null };

/** Reads the files anew each time. */
export function readAccounts(sources: AccountSources): LoadedAccounts {
  const { values } = sources;
  const path = values['ACCOUNTS_FILE'];
  if (path === undefined) return ofVariables(sources);
  const text = readText(path);
  const read = text === null ? unreadable(path, values) : ofFile(path, text, sources);
  const shared = sharedProblems(values, sources.checks);
  if (shared.length === 0) return read;
  return { ...read, accounts: [], problems: [...new Set([...shared, ...read.problems])] };
}

function unreadable(path: string, values: Environment): LoadedAccounts {
  const shown = excerpt(hider(secrets(values))(path));
  const problem = `ACCOUNTS_FILE: ${shown} cannot be read; name an existing file that this user may read`;
  return { ...NONE, problems: [problem], secrets: secrets(values) };
}

function ofVariables({ values, checks, rulesOf, envFile }: AccountSources): LoadedAccounts {
  const own = { ...NONE, secrets: secrets(values) };
  const parsed = parseConfig(values, checks, envFile);
  if ('problems' in parsed) return { ...own, problems: parsed.problems };
  const { config } = parsed;
  const read = rulesOf(config, checks);
  if ('problems' in read) return { ...own, problems: read.problems };
  return { ...own, problems: [], accounts: [{ name: null, config, rules: read.rules }], warnings: oddities(config) };
}

/** Any login: what else is wrong is found with it. */
const SOME_LOGIN = { NOMAD_TOKEN: 'none' };

/** What is wrong with the variables that hold for all accounts. */
function sharedProblems(values: Environment, checks: Checks): readonly string[] {
  const beside = LOGIN_VARIABLES.filter((name) => values[name] !== undefined);
  const conflict = `ACCOUNTS_FILE: set together with ${beside.join(' and ')}; write this login into the file as an account, or unset ACCOUNTS_FILE`;
  const parsed = parseConfig({ ...withoutLogin(values), ...SOME_LOGIN }, checks, undefined, secrets(values));
  return [...(beside.length > 0 ? [conflict] : []), ...('problems' in parsed ? parsed.problems : [])];
}

/** The configuration of an account that is in no file yet. */
export function configFor(
  values: Environment,
  own: { readonly url: string; readonly login: Environment },
  checks: Checks,
): ReturnType<typeof parseConfig> {
  return parseConfig({ ...withoutLogin(values), NOMAD_URL: own.url, ...own.login }, checks);
}

function withoutLogin(values: Environment): Environment {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !LOGIN_VARIABLES.some((each) => each === name)));
}

interface Context extends Omit<AccountSources, 'values' | 'origins' | 'envFile'> {
  /** The variables, and the defaults of the file in their place. */
  readonly base: Environment;
  readonly defaults: Settings;
  /** The secrets among the variables. */
  readonly hidden: readonly string[];
  readonly sources: LoginSources;
}

function ofFile(path: string, text: string, { values, origins, checks, rulesOf }: AccountSources): LoadedAccounts {
  const hidden = secrets(values);
  const file = excerpt(hider(hidden)(path));
  const written = readAccountsFile(text, file);
  const folder = dirname(resolve(path));
  const defaults = settingsOf(written.defaults, folder);
  const base = { ...withoutLogin(values), ...defaults.values };
  const ofDefaults = parseConfig({ ...base, ...SOME_LOGIN }, checks, undefined, hidden);
  const context: Context = {
    // The zone of the machine need not be asked for again.
    base: 'config' in ofDefaults ? { ...base, TZ: ofDefaults.config.timeZone } : base,
    defaults,
    hidden,
    checks: { scheduleProblem: remembered(checks.scheduleProblem) },
    rulesOf: rememberedRules(rulesOf),
    sources: { file, folder, openMode: openMode(path), environment: values, origins },
  };
  const judged = withoutTwins(written.accounts.map((account) => judge(account, context)));
  const problems = [
    ...written.problems,
    ...('problems' in ofDefaults ? ofDefaults.problems.map((each) => placed(each, defaults.places)) : []),
    ...judged.flatMap((each) => each.problems),
  ];
  return {
    accounts: judged.flatMap(({ account }) => account ?? []),
    problems: sentences(problems),
    wrong: new Map(
      judged.flatMap(({ name, problems: own }) => (name !== null && own.length > 0 ? [[name, sentences(own)]] : [])),
    ),
    secrets: [...new Set([values, ...judged.map(({ environment }) => environment)].flatMap(secrets))],
    warnings: sentences(judged.flatMap(({ warnings }) => warnings)),
    variables: new Set(written.accounts.flatMap(variablesNamed)),
    valuesOf: (name) => {
      const found = judged.find((each) => each.name === name);
      return found === undefined
        ? null
        : { values: found.environment, origins: new Map([...origins, ...found.places]) };
    },
  };
}

interface Judged {
  readonly name: string | null;
  readonly line: number;
  readonly place: string;
  readonly environment: Environment;
  /** Where what is its own was given. */
  readonly places: ReadonlyMap<string, string>;
  /** null: it is wrong. */
  readonly account: LoadedAccount | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function judge(written: WrittenAccount, { base, defaults, hidden, checks, rulesOf, sources }: Context): Judged {
  const { name, place, values, problems: found } = written;
  const own = settingsOf(values, sources.folder);
  const login = loginOf(written, sources);
  const environment = { ...base, ...own.values, ...login.values };
  const places = new Map([...defaults.places, ...own.places, ...login.places]);
  const about = { name, line: place.line, place: place.text, environment, places };
  const parsed = parseConfig(
    Object.keys(login.values).length > 0 ? environment : { ...environment, ...SOME_LOGIN },
    checks,
    undefined,
    hidden,
  );
  const read = 'config' in parsed ? rulesOf(parsed.config, checks) : parsed;
  const problems = [
    ...found,
    ...login.problems,
    ...('problems' in read ? read.problems.map((each) => placed(each, places)) : []),
  ];
  if (name === null || problems.length > 0 || 'problems' in parsed || 'problems' in read)
    return { ...about, account: null, problems, warnings: [] };
  const config = { ...parsed.config, account: name };
  const warnings = oddities(config).map((each) => placed(each, places));
  return { ...about, account: { name, config, rules: read.rules }, problems, warnings };
}

interface Settings {
  /** By variable. */
  readonly values: Environment;
  /** Where each was given. */
  readonly places: ReadonlyMap<string, string>;
}

function settingsOf(values: Values, folder: string): Settings {
  const given = SETTINGS.flatMap(({ key, variable, form }) => {
    const value = values.get(key);
    if (value === undefined) return [];
    const text = form === 'path' ? resolve(folder, value.text) : cleanValue(variable, value.text);
    return [{ variable, text, place: value.place }];
  });
  return {
    values: Object.fromEntries(given.map(({ variable, text }) => [variable, text])),
    places: new Map(given.map(({ variable, place }) => [variable, place])),
  };
}

/** A problem of variables, said where the value stands. What is not given in the file is the same for all accounts: it is said once. */
function placed(problem: string, places: ReadonlyMap<string, string>): Problem {
  const [, names] = /^([A-Z_, ]+): /.exec(problem) ?? [];
  if (names === undefined) return { place: null, sentence: problem };
  const own = variablesIn(names).find((name) => places.has(name));
  if (own !== undefined) return { place: places.get(own) ?? null, sentence: inKeys(problem) };
  const other = variablesIn(problem).find((name) => places.has(name));
  if (other === undefined) return { place: null, sentence: problem };
  return { place: places.get(other) ?? null, sentence: inKeys(problem), once: true };
}

/** Each once. */
function sentences(problems: readonly Problem[]): readonly string[] {
  const said = new Map<string, string>();
  for (const { place, sentence, once } of problems) {
    const text = place === null ? sentence : `${place}: ${sentence}`;
    const key = once === true ? sentence : text;
    if (!said.has(key)) said.set(key, text);
  }
  return [...said.values()];
}

/** Of two accounts with one login the second is wrong: each of its uploads would be reported twice. */
function withoutTwins(accounts: readonly Judged[]): readonly Judged[] {
  const first = new Map<string, Judged>();
  return accounts.map((each) => {
    if (each.account === null) return each;
    const key = loginKey(each.account.config);
    const twin = first.get(key);
    if (twin === undefined) {
      first.set(key, each);
      return each;
    }
    const sentence = `"${each.name ?? ''}" is the same login at the same NOMAD as "${twin.name ?? ''}" at line ${twin.line}; remove one of them`;
    return { ...each, account: null, problems: [{ place: each.place, sentence }] };
  });
}

/** The same for two accounts that are one. User names of NOMAD are the same in capital letters. */
export function loginKey({ nomad: { url, credentials } }: Config): string {
  const login = credentials.kind === 'token' ? credentials.token : credentials.username.toLowerCase();
  return JSON.stringify([url, credentials.kind, login]);
}

function variablesNamed({ values }: WrittenAccount): readonly string[] {
  return ['password_env', 'token_env'].flatMap((key) => values.get(key)?.text ?? []);
}

const MODE = 0o777;
const OF_OTHERS = 0o077;

/** null: nobody but the owner can read it, as far as that can be known. */
function openMode(path: string): string | null {
  // Windows has no such rights.
  if (process.platform === 'win32') return null;
  try {
    const mode = statSync(path).mode & MODE;
    return (mode & OF_OTHERS) === 0 ? null : `0${mode.toString(8)}`;
  } catch {
    return null;
  }
}

/** Most accounts have the same patterns. */
function remembered(judge: (text: string) => string | null): (text: string) => string | null {
  const known = new Map<string, string | null>();
  return (text) => {
    const judgement = known.get(text);
    if (judgement !== undefined) return judgement;
    const fresh = judge(text);
    known.set(text, fresh);
    return fresh;
  };
}

/** Many accounts have the same rules file. Whether there is mail is all in which they can differ for it. */
function rememberedRules(read: ReadRules): ReadRules {
  const known = new Map<string, ReturnType<ReadRules>>();
  return (config, checks) => {
    const key = JSON.stringify([config.rulesFile, config.mail !== null]);
    const judged = known.get(key) ?? read(config, checks);
    known.set(key, judged);
    return judged;
  };
}
