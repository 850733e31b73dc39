// What the verbs share: exit codes, the version, how they write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paragraph } from './terminal/table.ts';
import { type Stream, widthOf } from './terminal/terminal.ts';

export const EXIT = { good: 0, bad: 1, usage: 2, unreachable: 3, refused: 4, state: 5, interrupted: 130 } as const;

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

/** What a verb is given of the process that it runs in. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

export function print({ stdout }: Pick<Io, 'stdout'>, text: string): void {
  stdout.write(`${text}\n`);
}

/** Where what was found is no more than a symptom. */
export function seeDoctor(): string {
  return `What is wrong and what to do about it: ${typed('doctor')}`;
}

/** On a terminal it is broken between words. */
export function complain({ stderr }: Pick<Io, 'stderr'>, text: string): void {
  stderr.write(`${paragraph(text, widthOf(stderr), 0)}\n`);
}

/** How a verb is typed here: in a clone there is no program of that name to be found. */
export function typed(words: string): string {
  return isClone() ? `npm run -s cli -- ${words}` : `nomad-upload-monitor ${words}`;
}

export function isClone(): boolean {
  return import.meta.filename.endsWith('.ts');
}
