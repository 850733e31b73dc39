// A small disk of its own for a test, that can be filled and freed, made larger and read-only.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface Disk {
  readonly path: string;
  /** Until nothing more can be written. */
  fill(): void;
  free(): void;
  /** In KiB. */
  resize(size: number): void;
  makeReadOnly(): void;
}

/** `size`: in KiB. */
export function smallDisk(context: TestContext, size: number): Disk {
  const path = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-disk-'));
  const mount = (options: string) => execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  mount(`size=${size}k,mode=0700`);
  context.after(() => {
    execFileSync('umount', ['--lazy', path]);
    rmdirSync(path);
  });
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a');
      for (const length of [65_536, 4096, 1]) while (isWritten(file, length));
      closeSync(file);
    },
    free: () => {
      rmSync(ballast);
    },
    resize: (kib) => mount(`remount,size=${kib}k`),
    makeReadOnly: () => mount('remount,ro'),
  };
}

function isWritten(file: number, length: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(length)) === length;
  } catch {
    return false;
  }
}

/** From now on every write of a running process to a file is refused (EFBIG), or none is. Its pipes and sockets are not concerned. */
export function refuseWrites(pid: number | undefined, isRefused: boolean): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${isRefused ? '0' : 'unlimited'}:unlimited`]);
}
