// The one reader of the environment: variables, `.env`, files of secrets, systemd's credentials. It judges nothing but what it cannot read.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { excerpt } from './value-parsers.ts';
import { VARIABLES, isSecret } from './variables/all.ts';
import { isReadByAll } from './warnings.ts';

export interface Environment {
  readonly values: Readonly<Record<string, string>>;
  /** Where each value came from, for people. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  /** Secrets in files that everybody can read. */
  readonly warnings: readonly string[];
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
  const fromFile = readDotenv(envFile, problems);
  const [held] = Object.keys(fromFile).filter((name) => isSecret(name) && fromFile[name] !== '');
  if (held !== undefined && isExposed(envFile ?? '.env'))
    warnings.push(`${excerpt(envFile ?? '.env')}: it contains ${held}, and ${EXPOSED} it; ${MEND}`);
  const origins = new Map<string, string>([
    ...Object.keys(fromFile).map((name) => [name, envFile ?? '.env'] as const),
    ...Object.keys(withoutEmpty(environment)).map((name) => [name, 'environment'] as const),
  ]);
  const given = Object.entries({ ...fromFile, ...withoutEmpty(environment) });
  const values: Record<string, string> = Object.fromEntries(given.filter(([, value]) => value !== '')) as Record<
    string,
    string
  >;

  for (const { name, secret } of VARIABLES) {
    if (secret !== true) continue;
    const fileName = values[`${name}_FILE`];
    if (fileName !== undefined && values[name] !== undefined) {
      problems.push(`${name}_FILE: set together with ${name}; set only one`);
    } else if (fileName !== undefined) {
      const content = readText(fileName);
      if (content === null)
        problems.push(
          `${name}_FILE: ${excerpt(fileName)} cannot be read; write for example ${name}_FILE=/etc/nomad-upload-monitor/secret`,
        );
      else if (trimmed(content) === '')
        problems.push(`${name}_FILE: ${excerpt(fileName)} is empty; it must contain the value, and nothing else`);
      else {
        values[name] = trimmed(content);
        origins.set(name, fileName);
        if (isExposed(fileName)) warnings.push(`${name}_FILE: ${EXPOSED} ${excerpt(fileName)}; ${MEND}`);
      }
    } else if (values[name] === undefined && values['CREDENTIALS_DIRECTORY'] !== undefined) {
      const content = readText(join(values['CREDENTIALS_DIRECTORY'], name.toLowerCase()));
      if (content !== null) {
        values[name] = trimmed(content);
        origins.set(name, 'systemd credential');
      }
    }
  }
  return { values, origins, problems, warnings };
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

function withoutEmpty(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Editors and `echo` end files with a line break that is not part of the secret. */
function trimmed(content: string): string {
  return content.replace(/\r?\n$/, '');
}
