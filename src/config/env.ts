// The one reader of the environment: variables, `.env`, files of secrets, systemd's credentials. It judges nothing but what it cannot read.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { cleanValue, quotedTexts } from './clean-value.ts';
import { isServiceLink, withoutForeign } from './foreign.ts';
import { readText } from './read-text.ts';
import { nearMisses, unknownInFile } from './unknown-variables.ts';
import { secrets } from './parse.ts';
import { hider, holdsPart } from './source.ts';
import { excerpt } from './value-parsers.ts';
import { VARIABLES, isSecret } from './variables/all.ts';
import { isReadByAll } from './warnings.ts';

export interface Environment {
  readonly values: Readonly<Record<string, string>>;
  /** Where each value came from, for people. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  /** What is said of each variable of our own file that does not exist; ACCOUNTS_FILE can name one as its own. */
  readonly unknown: ReadonlyMap<string, string>;
  /** Secrets in files that everybody can read. */
  readonly warnings: readonly string[];
  /** Variables of the environment that are probably misspelt, or not ours: what explains a problem, and is none by itself. */
  readonly notes: readonly string[];
}

const EXPOSED = 'every user of this machine can read';
const MEND = 'run chmod 600 on it';

/** `envFile`: as given on the command line; null: `.env` in the working directory, if it is there. Variables win over the file. */
export function readEnv(
  envFile: string | null,
  environment: NodeJS.ProcessEnv,
  isExposed: (path: string) => boolean = isReadByAll,
): Environment {
  const problems: string[] = [];
  const warnings: string[] = [];
  const found: (() => string)[] = [];
  const fromFile = cleaned(readDotenv(envFile, problems));
  const [held] = Object.keys(fromFile).filter((name) => isSecret(name));
  if (held !== undefined && isExposed(envFile ?? '.env'))
    warnings.push(`${excerpt(envFile ?? '.env')}: it contains ${held}, and ${EXPOSED} it; ${MEND}`);
  const ours = withoutForeign(environment);
  const fromEnvironment = cleaned(ours.values);
  const origins = new Map<string, string>([
    ...Object.keys(fromFile).map((name) => [name, envFile ?? '.env'] as const),
    ...Object.keys(fromEnvironment).map((name) => [name, 'environment'] as const),
  ]);
  const values: Record<string, string> = { ...fromFile, ...fromEnvironment };

  for (const { name, secret } of VARIABLES) {
    if (secret !== true) continue;
    const fileName = values[`${name}_FILE`];
    if (fileName !== undefined && values[name] !== undefined) {
      found.push(() => `${name}_FILE: set together with ${name}; set only one`);
    } else if (fileName !== undefined) {
      const content = readText(fileName);
      if (content === null)
        found.push(
          () =>
            `${name}_FILE: ${shown(fileName)} cannot be read; write for example ${name}_FILE=/etc/nomad-upload-monitor/secret`,
        );
      else if (cleanValue(name, content) === '')
        found.push(() => `${name}_FILE: ${excerpt(fileName)} is empty; it must contain the value, and nothing else`);
      else {
        values[name] = cleanValue(name, content);
        origins.set(name, fileName);
        if (isExposed(fileName)) warnings.push(`${name}_FILE: ${EXPOSED} ${excerpt(fileName)}; ${MEND}`);
      }
    } else if (values[name] === undefined && values['CREDENTIALS_DIRECTORY'] !== undefined) {
      const content = readText(join(values['CREDENTIALS_DIRECTORY'], name.toLowerCase()));
      if (content !== null) {
        values[name] = cleanValue(name, content);
        origins.set(name, 'systemd credential');
      }
    }
  }
  // All secrets are known by now: one can have been given as the path of another, and there is no such file.
  const known = secrets(values);
  const hide = hider(known);
  const shown = (path: string) => excerpt(hide(path));
  problems.push(...found.map((say) => say()));
  warnings.push(...quotedTexts(values, SHARED));
  const unknown = unknownInFile(Object.keys(fromFile), (name) => holdsPart(name, known));
  return { values, origins, problems, unknown, warnings, notes: [...ours.notes, ...misspelt(fromEnvironment)] };
}

/** What we and others have in common; the password of NOMAD is judged by NOMAD. */
const SHARED = ['HTTP_TOKEN', 'HTTP_PASSWORD', 'WEBHOOK_SECRET'];

function misspelt(environment: Readonly<Record<string, string>>): readonly string[] {
  const given = Object.entries(environment).filter(([, value]) => !isServiceLink(value));
  return nearMisses(given.map(([name]) => name));
}

/** Without what is empty. */
function cleaned(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const pairs = Object.entries(given).map(([name, value]) => [name, cleanValue(name, value)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function readDotenv(envFile: string | null, problems: string[]): Record<string, string> {
  const content = readText(envFile ?? '.env');
  if (content !== null) return parse(content);
  if (envFile !== null) problems.push(`--env-file: ${excerpt(envFile)} cannot be read; name an existing file`);
  else if (existsSync('.env'))
    problems.push(
      '.env: it exists but cannot be read; check that this user may read it, or name another file with --env-file',
    );
  return {};
}
