// What a release checks and writes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { debianChangelog, notesOf, released, unreleased } from '../../scripts/release/changelog.ts';
import { versionProblem } from '../../scripts/release/version.ts';
import { tempDir } from '../support/temp.ts';

const CHANGELOG = '# Changelog\n\n## Unreleased\n\n### Added\n\n- A thing.\n\n## 0.1.0 - 2026-11-30\n\n- The first.\n';

test('the changelog: what is unreleased, and where it is after the release', () => {
  assert.equal(unreleased(CHANGELOG), '### Added\n\n- A thing.');
  const after = released(CHANGELOG, '0.2.0', '2026-12-01');
  assert.equal(unreleased(after), null);
  assert.ok(
    after.includes('## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### Added\n\n- A thing.\n\n## 0.1.0 - 2026-11-30'),
  );
  assert.equal(unreleased('# Changelog\n'), null);
  assert.equal(notesOf(after, '0.2.0'), '### Added\n\n- A thing.');
  assert.equal(notesOf(after, '0.1.0'), '- The first.');
  assert.equal(notesOf(after, '0.1'), null);
});

test('the Debian changelog has the new version on top', () => {
  const text = debianChangelog(
    'nomad-upload-monitor (0.1.0) unstable; urgency=medium\n',
    '0.2.0',
    Date.UTC(2026, 11, 1),
  );
  assert.match(
    text,
    /^nomad-upload-monitor \(0\.2\.0\) unstable; urgency=medium\n\n {2}\* .+\n\n -- .+ {2}Tue, 01 Dec 2026 00:00:00 \+0000\n\nnomad-upload-monitor \(0\.1\.0\)/,
  );
});

for (const [next, current, tags, problem] of [
  ['0.2.0', '0.1.0', ['v0.1.0'], null],
  ['0.1.0', '0.1.0', [], null],
  ['0.10.0', '0.9.0', [], null],
  ['0.1.0', '0.1.0', ['v0.1.0'], /was released already/],
  ['0.0.9', '0.1.0', [], /not above 0\.1\.0/],
  ['v0.2.0', '0.1.0', [], /no version; write for example/],
  ['0.2', '0.1.0', [], /no version/],
  ['01.2.0', '0.1.0', [], /no version/],
] as const)
  test(`${next} after ${current}: ${problem === null ? 'good' : 'not'}`, () => {
    const found = versionProblem(next, current, tags);
    if (problem === null) assert.equal(found, null);
    else assert.match(found ?? '', problem);
  });

/** A repository with the release command in it. */
function repository(context: TestContext) {
  const root = tempDir(context);
  for (const folder of ['scripts/release', 'packaging/debian']) mkdirSync(join(root, folder), { recursive: true });
  cpSync('scripts/release', join(root, 'scripts/release'), { recursive: true });
  const manifest = { name: 'nomad-upload-monitor', version: '0.1.0', type: 'module' };
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ ...manifest, lockfileVersion: 3, packages: {} }));
  writeFileSync(join(root, 'CHANGELOG.md'), CHANGELOG);
  writeFileSync(join(root, 'packaging/debian/changelog'), 'nomad-upload-monitor (0.1.0) unstable; urgency=medium\n');
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  git('init', '--quiet');
  git('config', 'user.email', 'a@lab.example');
  git('config', 'user.name', 'A');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  const release = (...args: readonly string[]) => {
    const words = ['scripts/release/main.ts', '--skip-tests', ...args];
    return spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  };
  return { root, git, release };
}

test('all that is wrong is said at once, and nothing is written', (context) => {
  const { root, git, release } = repository(context);
  writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n');
  const { status, stderr } = release('0.0.1');
  assert.equal(status, 2);
  assert.equal(stderr.trim().split('\n').length, 3, stderr);
  assert.equal(git('tag'), '');
  assert.equal(release().status, 2);
});

test('packages of a version that was never released: said so', (context) => {
  const { root, release } = repository(context);
  writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n');
  const { status, stderr } = release('--packages');
  assert.equal(status, 2);
  assert.match(stderr, /^CHANGELOG\.md has no section "## 0\.1\.0 - …": release it first\n$/);
});

test('a release that can be: --check says so; else versions, changelogs, commit and tag', (context) => {
  const { root, git, release } = repository(context);
  assert.deepEqual([release('0.2.0', '--check').stdout, git('tag')], ['0.2.0 can be released\n', '']);
  // Here there is nothing to package: the command ends after the tag.
  release('0.2.0');
  assert.equal(git('tag'), 'v0.2.0\n');
  assert.equal(git('log', '-1', '--format=%s'), 'Release 0.2.0\n');
  assert.equal(git('status', '--porcelain'), '');
  for (const file of ['package.json', 'package-lock.json', 'CHANGELOG.md', 'packaging/debian/changelog'])
    assert.match(readFileSync(join(root, file), 'utf8'), /0\.2\.0/, file);
});
