// The licence of each library in the bundle. One that is unknown, or asks for more than a notice, ends the build.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Package {
  readonly name: string;
  readonly version: string;
  /** Below the sources: `node_modules/a`, `node_modules/a/node_modules/b`. */
  readonly path: string;
  /** SPDX's name; of a choice, the one that is taken. */
  readonly licence: string;
  /** Verbatim, and after it the notices that come with it. */
  readonly text: string;
}

/** They ask for a notice, and for nothing else. */
const PERMISSIVE = ['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'];

const MIT = readFileSync(join(import.meta.dirname, '../../packaging/licences/MIT'), 'utf8');

/** `paths`: of the packages, below `root`. Throws with all that is wrong. */
export function licencesOf(root: string, paths: readonly string[]): readonly Package[] {
  const read = paths.map((path) => readLicence(root, path));
  const problems = read.filter((each) => typeof each === 'string');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return read.filter((each) => typeof each !== 'string');
}

/** A sentence: what is wrong with it. */
function readLicence(root: string, path: string): Package | string {
  const folder = join(root, path);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>>;
  const { name = path, version = '', license: said } = manifest;
  const licence = chosen(said ?? '');
  if (licence === null) return `${name}@${version}: its licence is ${said ?? 'not said'}, which nobody looked at yet`;
  const files = readdirSync(folder);
  const file = files.find((each) => /^(licen[sc]e|copying)/i.test(each));
  const notices = files.filter((each) => /^notice/i.test(each));
  const texts = [file, ...notices].filter((each) => each !== undefined);
  const text = texts.map((each) => readFileSync(join(folder, each), 'utf8').trimEnd()).join('\n\n');
  if (file !== undefined) return { name, version, path, licence, text: `${text}\n` };
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

/** What goes along with the bundle, since the libraries are within it: the list, then each licence verbatim. */
export function notices(packages: readonly Package[]): string {
  const texts = packages.map(({ name, version, text }) => `${'-'.repeat(79)}\n${name} ${version}\n\n${text}`);
  return `Libraries in this program, and their licences:\n\n${licenceList(packages)}\n${texts.join('\n')}`;
}
