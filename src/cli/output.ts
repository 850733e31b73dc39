// How commands write: lines on stdout, problems on stderr, JSON for programs.
import { paragraph } from './terminal/table.ts';
import { type Stream, widthOf } from './terminal/terminal.ts';

/** What is typed, or comes through a pipe. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** The environment and streams of the process that a command runs in. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

export function print({ stdout }: Pick<Io, 'stdout'>, text: string): void {
  stdout.write(`${text}\n`);
}

/** To stderr; on a terminal, long lines are broken between words. */
export function complain({ stderr }: Pick<Io, 'stderr'>, text: string): void {
  stderr.write(`${paragraph(text, widthOf(stderr), 0)}\n`);
}

/** Control and direction characters are escaped, so that a terminal that shows the document does not act on them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
