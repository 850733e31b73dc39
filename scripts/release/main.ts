// `npm run release -- X.Y.Z`: checks that it can be released, writes the version, makes the commit, the tag, the packages, their check sums and
// the release notes. Nothing leaves this machine. What fails before the commit leaves the tree as it was. `npm run release -- --packages`: the
// packages, sums and notes of the version that is there. See docs/releasing.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { debianChangelog, notesOf, released, unreleased } from './changelog.ts';
import { versionProblem } from './version.ts';

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'build');
const FILES = ['package.json', 'package-lock.json', 'CHANGELOG.md', 'packaging/debian/changelog'];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    'skip-tests': { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
  },
});
process.exitCode = main(positionals);

function main([version = '', ...more]: readonly string[]): number {
  if (values.packages) return packagesOf(current());
  if (version === '' || more.length > 0) return complain(['usage: npm run release -- X.Y.Z [--check], or --packages']);
  const problems = findProblems(version);
  if (problems.length > 0) return complain(problems);
  if (!values['skip-tests'] && !['check', 'test'].every(runScript)) return complain(['what fails is not released']);
  const notes = unreleased(read('CHANGELOG.md')) ?? '';
  if (values.check) {
    say(`${version} can be released`);
    return 0;
  }
  try {
    write(version);
    git('commit', '--quiet', '--message', `Release ${version}`, '--', ...FILES);
    git('tag', '--annotate', `v${version}`, '--message', `nomad-upload-monitor ${version}`);
  } catch (error) {
    git('checkout', '--quiet', 'HEAD', '--', ...FILES);
    return complain([error instanceof Error ? error.message : String(error)]);
  }
  const files = build(notes);
  say(`\nReleased here as v${version}. To publish it: git push --follow-tags`);
  const tarball = files.find((file) => file.endsWith('.tgz')) ?? '';
  say(
    'The workflow "Release" then makes the same packages, publishes the npm package with its provenance, and attaches all files to the release.',
  );
  say(
    `Without it: npm publish --provenance=false ${tarball}, and attach the files above, with release-notes.md as the text.`,
  );
  return 0;
}

/** Of a version that was released: where it is published from. */
function packagesOf(version: string): number {
  const notes = notesOf(read('CHANGELOG.md'), version);
  if (notes === null) return complain([`CHANGELOG.md has no section "## ${version} - …": release it first`]);
  build(notes);
  return 0;
}

function current(): string {
  return (JSON.parse(read('package.json')) as { readonly version: string }).version;
}

function findProblems(version: string): readonly string[] {
  const tags = git('tag', '--list').split('\n');
  const isClean = git('status', '--porcelain') === '';
  return [
    versionProblem(version, current(), tags),
    isClean ? null : 'the tree has changes that are not committed: commit or remove them',
    unreleased(read('CHANGELOG.md')) === null ? 'CHANGELOG.md has nothing under "## Unreleased"' : null,
  ].filter((problem) => problem !== null);
}

function write(version: string): void {
  const now = Date.now();
  execFileSync('npm', ['version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts'], {
    cwd: root,
    stdio: 'ignore',
  });
  const date = new Date(now).toISOString().slice(0, 10);
  writeFileSync(join(root, 'CHANGELOG.md'), released(read('CHANGELOG.md'), version, date));
  const debian = 'packaging/debian/changelog';
  if (!read(debian).startsWith(`nomad-upload-monitor (${version})`))
    writeFileSync(join(root, debian), debianChangelog(read(debian), version, now));
}

/** Their paths, which it prints. */
function build(notes: string): readonly string[] {
  rmSync(out, { recursive: true, force: true });
  const files = execFileSync('node', ['scripts/package/main.ts', '--out', out], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  const notesFile = join(out, 'release-notes.md');
  writeFileSync(notesFile, `${notes}\n`);
  const sums = files.map((file) => `${sha256(file)}  ${basename(file)}\n`).join('');
  const sumsFile = join(out, 'SHA256SUMS');
  writeFileSync(sumsFile, sums);
  const all = [...files, sumsFile, notesFile];
  for (const file of all) say(file);
  return all;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function runScript(script: string): boolean {
  return spawnSync('npm', ['run', script], { cwd: root, stdio: 'inherit' }).status === 0;
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return 2;
}
