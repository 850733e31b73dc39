// The versions of the schema that this program knows: one for each file of migrations.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'migrations');

/** Full paths, in order. */
export function migrations(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => join(FOLDER, name));
}

export function knownVersion(): number {
  return migrations().length;
}
