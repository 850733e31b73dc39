// How an account of ACCOUNTS_FILE logs in: with user name and password or a token, each written there, in a file of its own, in a variable, or a credential of systemd.
import { join, resolve } from 'node:path';
import type { Given, Problem, Values, WrittenAccount } from './accounts-file.ts';
import { cleanValue } from './clean-value.ts';
import { readText } from './read-text.ts';
import { excerpt } from './value-parsers.ts';
import { isReadByAll } from './warnings.ts';

export interface LoginSources {
  /** The accounts file as it is named, and its folder, which paths are relative to. */
  readonly file: string;
  readonly folder: string;
  /** The rights of the file when others than its owner can read it, as in `0644`; null: nobody else can. */
  readonly openMode: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Where each variable came from. */
  readonly origins: ReadonlyMap<string, string>;
}

export interface Login {
  /** NOMAD_USERNAME and NOMAD_PASSWORD, or NOMAD_TOKEN. */
  readonly values: Readonly<Record<string, string>>;
  /** Where each of them was given. */
  readonly places: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

type Secret = 'password' | 'token';
type Found = { readonly text: string } | { readonly problem: string; readonly once?: true };

const EXPOSED = 'every user of this machine can read';

export function loginOf(account: WrittenAccount, sources: LoginSources): Login {
  const { values, place } = account;
  if (account.isLoginBroken) return { values: {}, places: new Map(), problems: [] };
  const conflict = conflictOf(values);
  if (conflict !== null) return { values: {}, places: new Map(), problems: [conflict] };
  const username = values.get('username');
  const password = givenAs(values, 'password');
  const secret = username !== undefined || password !== null ? 'password' : 'token';
  const key = secret === 'password' ? password : givenAs(values, 'token');
  const at = (key === null ? username : values.get(key))?.place ?? place.text;
  if (key !== null && secret === 'password' && username === undefined)
    return wrong(at, { problem: 'the user name is missing; add for example username: ada' });
  const found = secretOf(account, secret, key, sources);
  if ('problem' in found) return wrong(at, found);
  const variable = `NOMAD_${secret.toUpperCase()}`;
  const places = new Map([[variable, at]]);
  if (username === undefined) return { values: { [variable]: found.text }, places, problems: [] };
  return {
    values: { NOMAD_USERNAME: cleanValue('NOMAD_USERNAME', username.text), [variable]: found.text },
    places: places.set('NOMAD_USERNAME', username.place),
    problems: [],
  };
}

function wrong(place: string, { problem, once }: Extract<Found, { problem: string }>): Login {
  return { values: {}, places: new Map(), problems: [{ place, sentence: problem, ...(once && { once }) }] };
}

function formsGiven(values: Values, secret: Secret): readonly string[] {
  return [secret, `${secret}_file`, `${secret}_env`].filter((key) => values.has(key));
}

/** The key that gives it; null: none. */
function givenAs(values: Values, secret: Secret): string | null {
  return formsGiven(values, secret)[0] ?? null;
}

function conflictOf(values: Values): Problem | null {
  const of = (key: string, sentence: string) => ({ place: values.get(key)?.place ?? null, sentence });
  for (const secret of ['password', 'token'] as const) {
    const [first, second] = formsGiven(values, secret);
    if (first !== undefined && second !== undefined)
      return of(second, `${second} is given together with ${first}; keep one`);
  }
  const token = givenAs(values, 'token');
  const other = values.has('username') ? 'username' : givenAs(values, 'password');
  if (token === null || other === null) return null;
  return of(token, `${token} is given together with ${other}; keep either the token, or user name and password`);
}

/** `key`: how it is given; null: not in the file. */
function secretOf({ name, values }: WrittenAccount, secret: Secret, key: string | null, sources: LoginSources): Found {
  const given = key === null ? undefined : values.get(key);
  if (given === undefined) return credential(name, secret, sources) ?? { problem: missing(secret) };
  if (key === `${secret}_file`) return fromFile(given, key, secret, sources.folder);
  if (key === `${secret}_env`) return fromVariable(given, key, secret, sources);
  const { openMode, file } = sources;
  if (openMode === null) return { text: cleaned(secret, given.text) };
  return {
    problem: `${secret}: others than its owner can read this file (its mode is ${openMode}); run chmod 600 ${excerpt(file)}, or name a file of its own with ${secret}_file`,
    once: true,
  };
}

function missing(secret: Secret): string {
  return secret === 'password'
    ? 'the password is missing; add for example password_file: secrets/ada.password'
    : 'there is no login; add username and password_file, or token_file: secrets/ada.token';
}

/** A credential of systemd; null: there is none. */
function credential(name: string | null, secret: Secret, { environment }: LoginSources): Found | null {
  const folder = environment['CREDENTIALS_DIRECTORY'];
  const text = folder === undefined || name === null ? null : readText(join(folder, `${name}_${secret}`));
  return text === null || cleaned(secret, text) === '' ? null : { text: cleaned(secret, text) };
}

function fromFile({ text }: Given, key: string, secret: Secret, folder: string): Found {
  const path = resolve(folder, text);
  const content = readText(path);
  if (content === null)
    return { problem: `${key}: ${excerpt(path)} cannot be read; name an existing file that this user may read` };
  const value = cleaned(secret, content);
  if (value === '')
    return { problem: `${key}: ${excerpt(path)} is empty; it must contain the ${secret}, and nothing else` };
  if (isReadByAll(path)) return { problem: `${key}: ${EXPOSED} ${excerpt(path)}; run chmod 600 on it` };
  return { text: value };
}

function fromVariable(
  { text: name }: Given,
  key: string,
  secret: Secret,
  { environment, origins }: LoginSources,
): Found {
  const value = cleaned(secret, environment[name] ?? '');
  if (value === '') return { problem: `${key}: the variable ${excerpt(name)} is not set; set it to the ${secret}` };
  const origin = origins.get(name) ?? 'environment';
  if (origin !== 'environment' && isReadByAll(origin))
    return { problem: `${key}: ${excerpt(name)} is in ${excerpt(origin)}, and ${EXPOSED} that; run chmod 600 on it` };
  return { text: value };
}

function cleaned(secret: Secret, text: string): string {
  return cleanValue(`NOMAD_${secret.toUpperCase()}`, text);
}
