// The program at a terminal of its own (`script` of util-linux makes it): of a given size, and with keys to press.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { ADA } from '../../src/demo/nomad-state.ts';
import { COMPILED, builtProgram } from './program.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface AtTerminal {
  /** All that it has written so far. */
  output(): string;
  /** Resolves as soon as the output is so. */
  until(isSo: (output: string) => boolean): Promise<void>;
  /** As they are typed: Ctrl-C is `\u0003`. */
  press(keys: string): void;
  readonly ended: Promise<number | null>;
}

/** Why there is no such terminal here; false: there is. */
export function noTerminal(): string | false {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return (stdout as string | null)?.includes('util-linux') === true ? false : 'needs script of util-linux';
}

export function startAtTerminal(
  context: TestContext,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  { columns, rows }: Size = { columns: 80, rows: 24 },
): AtTerminal {
  const words = [process.execPath, '--', builtProgram(), '--env-file', '/dev/null', ...args].map((word) => `'${word}'`);
  const command = `stty cols ${columns} rows ${rows}; exec ${words.join(' ')}`;
  const login = { NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password };
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      TZ: 'UTC',
      ...COMPILED,
      ...login,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    output: () => output,
    async until(isSo) {
      while (!isSo(output)) {
        const isOver = await Promise.race([once(child.stdout, 'data').then(() => false), ended.then(() => true)]);
        if (isOver && !isSo(output)) throw new Error(`it ended first:\n${output}`);
      }
    },
    press(keys) {
      child.stdin.write(keys);
    },
    ended,
  };
}
