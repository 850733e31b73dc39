// The text of ACCOUNTS_FILE -> its accounts as they are written, each value with its place, or every problem. Pure: what the values mean is judged in accounts.ts.
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { ACCOUNT_KEYS, type AccountKey, LOGIN, NAME_KEY, SETTINGS } from './account-keys.ts';
import { excerpt } from './value-parsers.ts';
import { VARIABLES } from './variables/all.ts';
import { type NodeProblem, type Place, type YamlFile, entriesOf, isEmpty, items, readYaml } from './yaml-file.ts';

export interface Problem {
  /** `FILE:LINE:COLUMN`; null: it is about something else than this file. */
  readonly place: string | null;
  readonly sentence: string;
  /** Many accounts can have it, and it is said of the first. */
  readonly once?: true;
}

export interface Given {
  readonly text: string;
  readonly place: string;
}

/** By key. */
export type Values = ReadonlyMap<string, Given>;

export interface WrittenAccount {
  /** null: it has none that can be read. */
  readonly name: string | null;
  readonly place: Place;
  readonly values: Values;
  /** Something of its login is there that could not be read, which is among the problems. */
  readonly isLoginBroken: boolean;
  readonly problems: readonly Problem[];
}

export interface AccountsFile {
  readonly defaults: Values;
  readonly accounts: readonly WrittenAccount[];
  /** Of the file and its defaults. */
  readonly problems: readonly Problem[];
}

/** Thousands of accounts are less. */
const MAX_CHARACTERS = 10_000_000;
const TOP_KEYS = ['defaults', 'accounts'];
const EXAMPLE = 'accounts: [{ name: ada, username: ada, password_file: secrets/ada.password }]';
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const BY_KEY = new Map(ACCOUNT_KEYS.map((each) => [each.key, each]));
const NAMES_OF_KEYS = ACCOUNT_KEYS.map(({ key }) => key);
const NAMES_OF_DEFAULTS = SETTINGS.map(({ key }) => key);

/** `file`: its name, for the problems. Without an account it is none: then `problems` is not empty. */
export function readAccountsFile(text: string, file: string): AccountsFile {
  const nothing = (...sentences: readonly string[]) => ({
    defaults: new Map(),
    accounts: [],
    problems: sentences.map((sentence) => ({ place: null, sentence })),
  });
  if (text.length > MAX_CHARACTERS) return nothing(`${file}:1:1: it is larger than 10 MB`);
  const yaml = readYaml(text, { file, uniqueKeys: false, quoted: false });
  if ('problems' in yaml) return nothing(...yaml.problems);
  const { contents } = yaml;
  if (isEmpty(contents)) return nothing(`${file}:1:1: it is empty; write for example ${EXAMPLE}`);
  const problems: Problem[] = [];
  const problem = into(problems, yaml);
  const top = entriesOf(contents, TOP_KEYS, `an accounts file has the keys ${TOP_KEYS.join(' and ')}`, { problem });
  const list = top.get('accounts');
  const nodes = items(list?.value, 'accounts', { problem });
  if (nodes.length === 0 && problems.length === 0)
    problem(list?.value ?? contents, `there is no account; write for example ${EXAMPLE}`);
  return {
    defaults: readDefaults(top.get('defaults')?.value, yaml, problem),
    accounts: withoutTwins(nodes.map((node) => readAccount(node, yaml))),
    problems,
  };
}

function into(problems: Problem[], { placeOf }: YamlFile): NodeProblem {
  return (node, sentence) => problems.push({ place: placeOf(node).text, sentence });
}

function readDefaults(node: unknown, yaml: YamlFile, problem: NodeProblem): Values {
  if (node === undefined) return new Map();
  const rule = `defaults has the keys ${NAMES_OF_DEFAULTS.join(', ')}`;
  const unknown = (name: string) =>
    BY_KEY.has(name) ? `${name} belongs to one account; move it to an item of accounts` : sharedKey(name);
  return readValues(entriesOf(node, NAMES_OF_DEFAULTS, rule, { problem, unknown }), yaml, problem);
}

function readAccount(node: unknown, yaml: YamlFile): WrittenAccount {
  const problems: Problem[] = [];
  const place = yaml.placeOf(node);
  const problem = into(problems, yaml);
  if (!isMap(node)) {
    problem(node, 'an account is a mapping; write for example - { name: ada, token_file: secrets/ada.token }');
    return { name: null, place, values: new Map(), isLoginBroken: true, problems };
  }
  const rule = `an account has the keys ${NAMES_OF_KEYS.join(', ')}`;
  const entries = entriesOf(node, NAMES_OF_KEYS, rule, { problem, unknown: unknownOf });
  const values = readValues(entries, yaml, problem);
  const given = values.get('name');
  if (!entries.has('name'))
    problem(node, 'name is missing; give each account a name of its own, for example name: ada');
  const wrong = given === undefined ? null : nameProblem(given.text);
  if (given !== undefined && wrong !== null) problems.push({ place: given.place, sentence: wrong });
  const isLoginBroken = LOGIN.some(({ key }) => entries.has(key) && !values.has(key));
  return { name: wrong === null ? (given?.text ?? null) : null, place, values, isLoginBroken, problems };
}

/** What is wrong with a name, and what would be right; null: nothing. */
export function nameProblem(text: string): string | null {
  if (NAME.test(text)) return null;
  return `"${excerpt(text)}" is not a valid name for an account; use small letters, digits and . _ - (at most 63, the first a letter or digit), for example ada`;
}

/** A text without a value is not shown: it can be the rest of a password that has a comma in it. */
function unknownOf(name: string, value: unknown): string | null {
  if (isEmpty(value))
    return 'there is a text here that is no key; if it is part of the value before it, put that value in quotes';
  return sharedKey(name);
}

/** A variable that holds for the whole monitor. */
function sharedKey(name: string): string | null {
  const variable = VARIABLES.find((each) => each.name === name.toUpperCase())?.name;
  return variable === undefined ? null : `${name} is the same for all accounts; set the variable ${variable} instead`;
}

function readValues(entries: ReturnType<typeof entriesOf>, { placeOf }: YamlFile, problem: NodeProblem): Values {
  const values = new Map<string, Given>();
  for (const [key, { value }] of entries) {
    const text = textOfValue(value, BY_KEY.get(key) ?? NAME_KEY);
    if (text === null) problem(value, wrongForm(value, BY_KEY.get(key) ?? NAME_KEY));
    else values.set(key, { text, place: placeOf(value).text });
  }
  return values;
}

function textOfValue(node: unknown, { form }: AccountKey): string | null {
  if (form !== 'list' || !isSeq(node)) return textOfScalar(node);
  const texts = node.items.map(textOfScalar);
  return texts.length > 0 && texts.every((text) => text !== null) ? texts.join(', ') : null;
}

/** As it is written: `007` and `true` can be passwords. */
function textOfScalar(node: unknown): string | null {
  if (!isScalar(node)) return null;
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return text.trim() === '' ? null : text;
}

function wrongForm(node: unknown, { key, form, example }: AccountKey): string {
  const right = `write for example ${key}: ${example}`;
  if (isAlias(node))
    return `${key} refers to an anchor, which is not read here; repeat the value, or put it in quotes if it begins with *`;
  if (isScalar(node)) return `${key} is empty; give it a value, or remove it`;
  return `${key} must be ${form === 'list' ? 'a text or a list of texts' : 'a text'}; ${right}`;
}

/** Of two accounts of one name the second is wrong. */
function withoutTwins(accounts: readonly WrittenAccount[]): readonly WrittenAccount[] {
  const first = new Map<string, WrittenAccount>();
  return accounts.map((account) => {
    const given = account.values.get('name');
    const key = given?.text.toLowerCase();
    const twin = key === undefined ? undefined : first.get(key);
    if (key !== undefined && twin === undefined) first.set(key, account);
    if (given === undefined || twin === undefined) return account;
    const sentence = `the account at line ${twin.place.line} has the name "${excerpt(given.text)}" too; give one of them another name`;
    return { ...account, name: null, problems: [...account.problems, { place: given.place, sentence }] };
  });
}
