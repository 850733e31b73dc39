// Asks on the terminal; what is secret is not shown while it is typed. In a script, what comes through the pipe is the secret.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Input, Io } from '../output.ts';

export interface Prompt {
  /** `usual`: what an empty answer means. Rejects when it is interrupted. */
  ask(question: string, usual?: string): Promise<string>;
  askSecret(question: string): Promise<string>;
  close(): void;
}

export function createPrompt(stdin: Input, { stderr }: Pick<Io, 'stderr'>, stopping: AbortSignal): Prompt {
  let isHidden = false;
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      if (!isHidden) stderr.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY === true });
  const interrupted = new AbortController();
  lines.on('SIGINT', () => {
    interrupted.abort();
  });
  lines.on('close', () => {
    interrupted.abort();
  });
  const signal = AbortSignal.any([stopping, interrupted.signal]);

  return {
    async ask(question, usual) {
      const answer = await lines.question(`${question}${usual === undefined ? '' : ` [${usual}]`}: `, { signal });
      return answer.trim() === '' ? (usual ?? '') : answer.trim();
    },
    async askSecret(question) {
      stderr.write(`${question} (not shown): `);
      isHidden = true;
      try {
        return await lines.question('', { signal });
      } finally {
        isHidden = false;
        stderr.write('\n');
      }
    },
    close: () => {
      lines.close();
    },
  };
}

/** More is no secret. */
const MAX_CHARACTERS = 100_000;

/** All that comes, without the line break at its end. */
export async function readPiped(stdin: Input): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const part of stdin) {
    text += String(part);
    if (text.length > MAX_CHARACTERS) break;
  }
  return text.replace(/^\ufeff|[\r\n]+$/g, '');
}
