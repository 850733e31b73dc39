// This copy of the program: its version, and how its commands are typed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function version(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

/** A clone runs the TypeScript sources; what is installed is JavaScript. */
export function isClone(): boolean {
  return import.meta.filename.endsWith('.ts');
}

/** A command as it is typed here: in a clone, no program of that name is installed. */
export function typed(words: string): string {
  return isClone() ? `npm run -s cli -- ${words}` : `nomad-upload-monitor ${words}`;
}

/** For a problem that is probably a symptom of another one. */
export function seeDoctor(): string {
  return `What is wrong and what to do about it: ${typed('doctor')}`;
}
