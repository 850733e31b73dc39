// `npm run test:package`: the packages are built twice and are the same, lintian has nothing to say, the npm package works by itself, and the .deb
// lives its whole life on a bare Debian. Needs root and what setup.sh brings.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completionsWork } from './completions.ts';
import { nodeAnswersAsPublished } from './node.ts';
import { serviceWorks } from './service.ts';
import { createTranscript } from './transcript.ts';

const NAME = 'nomad-upload-monitor';
const archive = process.env['ROOTFS'] ?? '';
const work = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-package-'));
const { say } = createTranscript();

const [tarball, deb, rpm, sbom] = build('one');
const [sameTarball, sameDeb, sameRpm, sameSbom] = build('two');
for (const [one, two] of [
  [tarball, sameTarball],
  [deb, sameDeb],
  [rpm, sameRpm],
  [sbom, sameSbom],
] as const)
  assert.ok(readFileSync(one).equals(readFileSync(two)), `${one} and ${two} differ`);
say('built twice, the same bytes', sums([tarball, deb, rpm, sbom]));
const [, newer] = build('newer', '--version', '99.0.0');

say('lintian', run('lintian', ['--allow-root', '--fail-on', 'error,warning', deb]));
const root = join(work, 'one/root');
const page = join(work, 'manual.1');
writeFileSync(page, run('gzip', ['-dc', join(root, 'usr/share/man/man1/nomad-upload-monitor.1.gz')]));
say('mandoc -Tlint', run('mandoc', ['-Tlint', '-W', 'all', page]));
nodeAnswersAsPublished(join(root, 'usr/lib/nomad-upload-monitor/bin/node'), process.execPath);
say('the Node that is shipped answers as the published one, in each language');
completionsWork(root);
say('completions: bash, zsh and fish');
throughNpm();

const inside = [process.execPath, 'test/campaigns/package/life.ts', archive, deb, newer]
  .map((each) => `'${each}'`)
  .join(' ');
const alone = [
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  'sh',
  '-c',
  `ip link set lo up && exec ${inside}`,
];
execFileSync('unshare', alone, { stdio: 'inherit' });
execFileSync('unshare', ['--mount', process.execPath, 'test/campaigns/package/rpm.ts', archive, rpm], {
  stdio: 'inherit',
});
await serviceWorks(deb, newer);
say('under systemd: restarted by the upgrade, stopped by the removal');
rmSync(work, { recursive: true });
say('all is as it should be');

function build(folder: string, ...options: readonly string[]): readonly [string, string, string, string] {
  const out = join(work, folder);
  const written = run(process.execPath, ['scripts/package/main.ts', '--out', out, ...options]);
  const [first = '', second = '', third = '', fourth = ''] = written.trim().split('\n');
  return [first, second, third, fourth];
}

/** As somebody does who has Node 24 and no clone: one package, nothing else. And who has an older Node. */
function throughNpm(): void {
  const folder = join(work, 'npm');
  mkdirSync(folder);
  const npm = (...args: readonly string[]) => run('npm', ['--prefix', folder, '--no-audit', '--no-fund', ...args]);
  say('npm install', npm('install', tarball));
  assert.deepEqual(readdirSync(join(folder, 'node_modules')), ['.bin', '.package-lock.json', NAME]);
  const bin = join(folder, 'node_modules/.bin', NAME);
  say('--version', run(bin, ['--version']));
  const demo = run('npx', ['--yes', `--package=${tarball}`, NAME, 'demo', '--for', '10s']);
  assert.match(demo, /arrived for ada@lab.example/);
  say('npx demo --for 10s', demo.trim().split('\n').at(-1));
  for (const major of [20, 22]) {
    npm('install', '--prefix', join(work, `node-${major}`), '--ignore-scripts', `node-linux-${process.arch}@${major}`);
    const path = `${join(work, `node-${major}`, `node_modules/node-linux-${process.arch}/bin`)}:/usr/bin:/bin`;
    const { status, stdout, stderr } = spawnSync(bin, ['check'], { env: { PATH: path }, encoding: 'utf8' });
    assert.match(stderr, new RegExp(`^${NAME} needs Node 24 or newer, and this is Node ${major}\\.[^\\n]+\\n$`));
    assert.deepEqual([status, stdout], [2, '']);
    say(`with Node ${major}`, stderr);
  }
}

function sums(files: readonly string[]): string {
  return run('sha256sum', files).replaceAll(`${work}/one/`, '');
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
