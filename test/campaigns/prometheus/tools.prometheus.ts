// Prometheus' own tools about what is shipped for it: rules, their cases, configuration, routing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '../../support/temp.ts';
import { CASES } from './cases.ts';

test('promtool and amtool agree with rules, cases, configuration and routing', { timeout: 300_000 }, (context) => {
  const folder = tempDir(context);
  cpSync('prometheus', folder, { recursive: true });
  writeFileSync(join(folder, 'nomad-upload-monitor.token'), 'a token');
  agrees('promtool', ['check', 'rules', '--lint-fatal', join(folder, 'rules.yaml')]);
  agrees('promtool', ['check', 'config', join(folder, 'prometheus.yaml')]);
  for (const file of CASES) agrees('promtool', ['test', 'rules', join(folder, file)]);
  agrees('amtool', ['check-config', join(folder, 'alertmanager.yaml')]);
});

function agrees(tool: 'promtool' | 'amtool', args: readonly string[]): void {
  // Their memory is collected less often: that was a fifth of what promtool computed.
  const env = { ...process.env, GOGC: '400' };
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', env });
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout + stderr);
}
