// The program's commands, with an environment of their own.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { tempDir } from '../../support/temp.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');

export function runCli(
  context: TestContext,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const dir = tempDir(context);
  const settings = {
    NOMAD_USERNAME: 'ada',
    NOMAD_PASSWORD: 'x',
    STATE_DIR: join(dir, 'state'),
    PATH: process.env['PATH'],
  };
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: dir, env: { ...settings, ...env } },
      (_error, stdout, stderr) => {
        done({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}
