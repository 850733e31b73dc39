import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

test('systemd-analyze verify has nothing to say of the unit', (context) => {
  if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
    context.diagnostic('not run: systemd-analyze verify (systemd is not installed)');
    return;
  }
  const unit = 'systemd/nomad-upload-monitor.service';
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(status, 0);
});
