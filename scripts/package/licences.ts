// The licence of each package that is shipped. One that is unknown, or asks for more than a notice, ends the build.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Package {
  readonly name: string;
  readonly version: string;
  /** Below the program. */
  readonly path: string;
  /** SPDX's name; of a choice, the one that is taken. */
  readonly licence: string;
  /** Verbatim. */
  readonly text: string;
}

/** They ask for a notice, and for nothing else. */
const PERMISSIVE = ['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'];

const MIT = readFileSync(join(import.meta.dirname, '../../packaging/licences/MIT'), 'utf8');

export interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** `program` has a lock file and what it asks for, production alone. */
export function licencesOf(program: string): readonly Package[] {
  const lock = JSON.parse(readFileSync(join(program, 'package-lock.json'), 'utf8')) as Lock;
  const paths = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(program, path)))
    .map(([path]) => path);
  const read = paths.map((path) => readLicence(program, path));
  const problems = read.filter((each) => typeof each === 'string');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return read.filter((each) => typeof each !== 'string');
}

/** A sentence: what is wrong with it. */
function readLicence(program: string, path: string): Package | string {
  const folder = join(program, path);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>>;
  const { name = path, version = '', license: said } = manifest;
  const licence = chosen(said ?? '');
  if (licence === null) return `${name}@${version}: its licence is ${said ?? 'not said'}, which nobody looked at yet`;
  const file = readdirSync(folder).find((each) => /^(licen[sc]e|copying)/i.test(each));
  if (file !== undefined) return { name, version, path, licence, text: readFileSync(join(folder, file), 'utf8') };
  // Its manifest says MIT, and it does not bring the words: they are always the same.
  if (licence === 'MIT')
    return { name, version, path, licence, text: `Copyright (c) the authors of ${name}\n\n${MIT}` };
  return `${name}@${version}: it has no file with its licence`;
}

/** Of `(A OR B)` the first that is permissive; null: there is none. */
export function chosen(said: string): string | null {
  const choices = said.replace(/^\(|\)$/g, '').split(' OR ');
  return choices.find((choice) => PERMISSIVE.includes(choice)) ?? null;
}

/** A line each, for people. */
export function licenceList(packages: readonly Package[]): string {
  const lines = packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  return `${lines.join('\n')}\n`;
}
