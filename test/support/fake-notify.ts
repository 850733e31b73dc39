// A `systemd-notify` of the test's own, to be found first on a PATH: it writes down what it is told, and everything else that it can see.
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tempDir } from './temp.ts';

export interface FakeNotify {
  /** To be given to the program. */
  readonly env: { readonly PATH: string; readonly NOTIFY_SOCKET: string };
  /** Its path. */
  readonly program: string;
  /** All that it was told, in order. */
  said(): readonly string[];
  /** Its environment at each call, as `env` prints it. */
  environment(): string;
  /** Resolves when `found` is true of what it was told. */
  until(found: (said: readonly string[]) => boolean): Promise<void>;
}

/** `does`: what it does, in shell, after it has written down what it was told. */
export function fakeNotify(context: TestContext, does = ''): FakeNotify {
  const folder = tempDir(context);
  const program = join(folder, 'systemd-notify');
  const said = join(folder, 'said');
  const environment = join(folder, 'environment');
  writeFileSync(said, '');
  writeFileSync(environment, '');
  const script = `#!/bin/sh\nenv >> '${environment}'\nprintf '%s\\n' "$*" >> '${said}'\n${does}\n`;
  writeFileSync(program, script, { mode: 0o755 });
  const read = () => readFileSync(said, 'utf8').split('\n').slice(0, -1);
  return {
    env: { PATH: `${folder}:/usr/bin:/bin`, NOTIFY_SOCKET: '/run/test/notify' },
    program,
    said: read,
    environment: () => readFileSync(environment, 'utf8'),
    until(found) {
      return new Promise((resolve) => {
        const look = () => {
          if (!found(read())) return;
          watcher.close();
          resolve();
        };
        const watcher = watch(folder, look);
        look();
      });
    },
  };
}
