// Folders for one test, gone with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function tempDir(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-test-'));
  context.after(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
