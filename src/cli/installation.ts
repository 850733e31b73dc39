// This copy of the program: its version, and how its commands are typed.
import { readFileSync } from 'node:fs';
import { PACKAGE, isClone } from '../files.ts';

export function version(): string {
  const manifest = JSON.parse(readFileSync(PACKAGE, 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

/** A command as it is typed here: in a clone, no program of that name is installed. */
export function typed(words: string): string {
  return isClone ? `npm run -s cli -- ${words}` : `nomad-upload-monitor ${words}`;
}

/** For a problem that is probably a symptom of another one. */
export function seeDoctor(): string {
  return `What is wrong and what to do about it: ${typed('doctor')}`;
}
