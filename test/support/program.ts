// The whole program as a process of its own, against servers of the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { bundle } from '../../scripts/bundle.ts';
import { ADA } from '../../src/demo/nomad-state.ts';

export interface Program {
  readonly child: ChildProcess;
  /** All that it has written so far, both streams. */
  output(): string;
  /** Resolves with the first log line for which `found` is true. */
  line(found: (entry: Readonly<Record<string, unknown>>) => boolean): Promise<Readonly<Record<string, unknown>>>;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Where it serves HTTP. */
  url(): Promise<string>;
}

/** As `npm start` has it: a start takes a quarter less than where the program finds its cache itself, after it was read. */
export const COMPILED = { NODE_COMPILE_CACHE: resolve('node_modules/.cache/nomad-upload-monitor') } as const;

let main: string | null = null;

/** The program as it is installed, of the sources as they are now: a start takes half the time, and there are many. Other tests start the sources. */
export function builtProgram(): string {
  if (main !== null) return main;
  const folder = resolve('node_modules/.cache/program');
  ({ main } = bundle(join(folder, 'dist')));
  cpSync('package.json', join(folder, 'package.json'));
  return main;
}

/** This, and what nearly every configuration of a test has. */
export function usualEnv(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const login = { NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password };
  return {
    HTTP_PORT: '0',
    TZ: 'UTC',
    POLL_SCHEDULE: '* * * * * *',
    LOG_FORMAT: 'json',
    MAIL_FROM: 'm@lab.example',
    ...('NOMAD_TOKEN' in env || 'ACCOUNTS_FILE' in env ? {} : login),
    ...env,
  };
}

export function startProgram(
  context: TestContext,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['run', '--env-file', '/dev/null'],
): Program {
  const child = spawn(process.execPath, ['--', builtProgram(), ...args], {
    env: { ...COMPILED, ...usualEnv(env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A test that timed out goes on: what it starts from then on must not outlive it.
    signal: context.signal,
    killSignal: 'SIGKILL',
  });
  child.on('error', () => undefined);
  context.after(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 0);
    });
  });

  const entries = () =>
    output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  async function line(
    found: (entry: Readonly<Record<string, unknown>>) => boolean,
  ): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const entry = entries().find(found);
      if (entry !== undefined) return entry;
      const over = await Promise.race([once(child.stderr, 'data').then(() => false), ended.then(() => true)]);
      if (over && entries().find(found) === undefined) throw new Error(`the program ended first:\n${output}`);
    }
  }
  return {
    child,
    output: () => output,
    line,
    ended,
    url: async () => String((await line(({ msg }) => msg === 'watching'))['http']),
  };
}
