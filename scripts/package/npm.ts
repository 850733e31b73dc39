// The npm package, as a folder: the bundle, and a manifest that asks for no other package, since the libraries are within.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bundle.ts';
import { type Package, licencesOf, notices } from './licences.ts';

/** For a clone alone. */
const OF_A_CLONE = ['scripts', 'dependencies', 'devDependencies', 'allowScripts'];

/** The program and the licences of its libraries, into `folder`. Returns the libraries. */
export function buildProgram(source: string, folder: string): readonly Package[] {
  rmSync(folder, { recursive: true, force: true });
  const libraries = licencesOf(source, bundle(folder).libraries);
  writeFileSync(join(folder, 'licences.txt'), notices(libraries));
  return libraries;
}

interface Plan {
  readonly source: string;
  readonly folder: string;
  readonly version: string;
}

/** Returns the libraries that are within. */
export function stageNpm({ source, folder, version }: Plan): readonly Package[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
  const published = Object.entries({ ...manifest, version }).filter(([key]) => !OF_A_CLONE.includes(key));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(Object.fromEntries(published), null, 2)}\n`);
  for (const file of ['README.md', 'LICENSE', '.env.example']) copyFileSync(join(source, file), join(folder, file));
  return buildProgram(source, join(folder, 'dist'));
}
