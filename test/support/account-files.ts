// A folder with an accounts file and its variables, for the commands about accounts, and simulated NOMADs that the accounts are of.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { type SimulatedNomad, type SimulatedNomadOptions, startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { type Called, type Width, callCli } from './cli.ts';
import { tempDir } from './temp.ts';

export interface AccountFiles {
  readonly dir: string;
  /** Calls a command there; `typed`: what comes by standard input. */
  call(args: readonly string[], typed?: string, width?: Width): Promise<Called>;
  /** The text of a file there; null: it is not there. */
  text(name: string): string | null;
}

export function accountFiles(
  context: TestContext,
  yaml: string | null,
  more: Readonly<Record<string, string>> = {},
): AccountFiles {
  const dir = tempDir(context);
  const file = join(dir, 'accounts.yaml');
  if (yaml !== null) writeFileSync(file, yaml, { mode: 0o600 });
  const env = { HOME: dir, TZ: 'UTC', STATE_DIR: join(dir, 'state'), ACCOUNTS_FILE: file, ...more };
  return {
    dir,
    async call(args, typed = '', width = null) {
      const called = await callCli(['--env-file', '/dev/null', ...args], env, width, Readable.from([typed]));
      const short = (text: string) => text.replaceAll(`${dir}/`, '');
      return { ...called, stdout: short(called.stdout), stderr: short(called.stderr), output: short(called.output) };
    },
    text: (name) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : null),
  };
}

export async function nomadOf(context: TestContext, options: SimulatedNomadOptions = {}): Promise<SimulatedNomad> {
  const nomad = await startSimulatedNomad(options);
  context.after(() => nomad.close());
  return nomad;
}
