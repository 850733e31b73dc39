// Folders for one test, gone with it.
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A state is synchronised with the disk at each commit, which tests need not wait for: in memory where there is room, and nothing else is wanted. */
const MEMORY = '/dev/shm';
const BASE = process.env['TMPDIR'] === undefined && hasRoom(MEMORY) ? MEMORY : tmpdir();

function hasRoom(path: string): boolean {
  if (!existsSync(path)) return false;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > 4 * 1024 ** 3;
}

export function tempDir(context: TestContext): string {
  const path = mkdtempSync(join(BASE, 'nomad-upload-monitor-test-'));
  context.after(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
