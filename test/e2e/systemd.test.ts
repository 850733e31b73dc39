import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '../support/temp.ts';

test('systemd-analyze verify has nothing to say of the unit', (context) => {
  if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
    context.diagnostic('not run: systemd-analyze verify (systemd is not installed)');
    return;
  }
  // The unit names files of an installation; here they stand for themselves, or verify would only say that they are missing.
  const root = tempDir(context);
  const unit = readFileSync('systemd/nomad-upload-monitor.service', 'utf8').replaceAll(
    '/opt/nomad-upload-monitor',
    root,
  );
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.bin/node'), '', { mode: 0o755 });
  const path = join(root, 'nomad-upload-monitor.service');
  writeFileSync(path, unit);
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(status, 0);
});
