// What the verbs share: exit codes, the version, how they write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const EXIT = { good: 0, bad: 1, usage: 2, unreachable: 3, refused: 4, state: 5, interrupted: 130 } as const;

/** Where what was found is no more than a symptom. */
export const SEE_DOCTOR = 'What is wrong and what to do about it: nomad-upload-monitor doctor';

export function version(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

/** One document for programs; a terminal that shows it gets no character that it would obey. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
