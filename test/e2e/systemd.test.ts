// The unit files, as far as they can be looked at without a running systemd (test/campaigns/systemd has one).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { VARIABLES } from '../../src/config/variables/all.ts';
import { tempDir } from '../support/temp.ts';

const linesOf = (file: string) =>
  readFileSync(join('systemd', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
const MONITOR = linesOf('nomad-upload-monitor.service');
const INSTANCE = linesOf('nomad-upload-monitor@.service');
const CHECK = linesOf('nomad-upload-monitor-check.service');

/** systemd-analyze about each unit, which are put where a program stands in for the installed one; null: it is not there. */
function analyze(context: TestContext, args: readonly string[]): string | null {
  const folder = tempDir(context);
  const units = readdirSync('systemd').filter((file) => /\.(service|timer)$/.test(file));
  for (const unit of units) {
    const text = readFileSync(join('systemd', unit), 'utf8');
    writeFileSync(join(folder, unit), text.replaceAll('/usr/bin/nomad-upload-monitor ', '/bin/true '));
  }
  let said = '';
  for (const unit of units.filter((each) => args[0] === 'verify' || each.endsWith('.service'))) {
    const { error, status, stdout, stderr } = spawnSync('systemd-analyze', [...args, join(folder, unit)], {
      encoding: 'utf8',
    });
    if (error !== undefined) return null;
    said += status === 0 ? stderr : `${unit}: ${stdout}${stderr}`;
  }
  return said;
}

for (const args of [['verify'], ['security', '--offline=true', '--threshold=15', '--no-pager']] as const) {
  test(`systemd-analyze ${args.join(' ')} has nothing to say against the units`, (context) => {
    const said = analyze(context, args);
    if (said === null) context.diagnostic('not run: systemd-analyze (systemd is not installed)');
    else assert.equal(said, '');
  });
}

test('an instance differs from the one monitor in its variables, its state and its name, and in nothing else', () => {
  const own = INSTANCE.filter((line) => !MONITOR.includes(line));
  assert.deepEqual(own, [
    'Description=Watches the uploads of a NOMAD account (%i)',
    'EnvironmentFile=/etc/nomad-upload-monitor/%i.env',
    'StateDirectory=nomad-upload-monitor/%i',
  ]);
  assert.equal(INSTANCE.length, MONITOR.length);
});

test('the check is held as tightly as the monitor', () => {
  const from = (lines: readonly string[]) => lines.slice(lines.indexOf('UMask=0077')).filter((line) => line !== '');
  const end = from(MONITOR).indexOf('[Install]');
  assert.ok(end > 20);
  assert.deepEqual(from(CHECK), from(MONITOR).slice(0, end));
});

test('each credential is named as a secret of ours', () => {
  const text = readFileSync('systemd/credentials.conf', 'utf8');
  const named = [...text.matchAll(/^#?LoadCredential=(\w+):\/etc\/nomad-upload-monitor\/credentials\/(\w+)$/gm)];
  const secrets = VARIABLES.filter(({ secret }) => secret === true).map(({ name }) => name.toLowerCase());
  assert.ok(named.length > 0);
  for (const [, name, file] of named) assert.ok(name === file && secrets.includes(name ?? ''), `${name} ${file}`);
});
