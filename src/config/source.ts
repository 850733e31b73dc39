// The values of the environment, each through its parser; what cannot be read is reported, without the secrets that may stand in it.
import { defaultOf, isSecret } from './variables/all.ts';
import * as read from './value-parsers.ts';

/** The values as given, and where problems are reported. */
export interface Source {
  readonly text: (name: string) => string | null;
  /** null: it was not given, or cannot be read, which was reported. */
  readonly optional: <T>(name: string, reader: read.ValueParser<T>) => T | null;
  /** The same, with the default of the one definition. */
  readonly value: <T>(name: string, reader: read.ValueParser<T>) => T;
  /** What was given, as it may stand in a sentence. */
  readonly excerpt: (given: string) => string;
  readonly problem: (sentence: string) => void;
}

/** `secrets`: never to be shown. An empty value means unset. */
export function createSource(
  env: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
  problem: (sentence: string) => void,
): Source {
  const hide = hider(secrets);

  const text = (name: string): string | null => {
    const value = env[name];
    return value === undefined || value === '' ? null : value;
  };
  const optional = <T>(name: string, reader: read.ValueParser<T>): T | null => {
    const given = text(name);
    if (given === null) return null;
    const result = reader(given.trim());
    if ('value' in result) return result.value;
    const again = isSecret(name) ? result : reader(hide(given.trim()));
    problem(`${name}: ${'problem' in again ? again.problem : result.problem}`);
    return null;
  };
  const value = <T>(name: string, reader: read.ValueParser<T>): T => optional(name, reader) ?? byDefault(name, reader);
  return { text, optional, value, excerpt: (given) => read.excerpt(hide(given)), problem };
}

/** Takes secrets out of what was given: one can have been given as something else as well. One of a few letters would be found everywhere. */
export function hider(secrets: readonly string[]): (given: string) => string {
  const longestFirst = secrets.filter(({ length }) => length >= 4).toSorted((a, b) => b.length - a.length);
  return (given) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), given);
}

/** So many letters in a row that a secret has as well are part of it. */
const PART = 8;

/** Whether a part of a secret stands in the name of a variable: where a line break was lost, it stands before the name. */
export function holdsPart(name: string, secrets: readonly string[]): boolean {
  const parts = Array.from({ length: Math.max(0, name.length - PART + 1) }, (_, at) => name.slice(at, at + PART));
  return parts.some((part) => secrets.some((secret) => secret.includes(part)));
}

/** The default of the one definition, read as if it had been given. */
function byDefault<T>(name: string, reader: read.ValueParser<T>): T {
  const result = reader(defaultOf(name));
  if ('problem' in result) throw new Error(`the default of ${name} cannot be read: ${result.problem}`);
  return result.value;
}
