// A folder as it is to be on the machine -> a .deb: rights, times, what dpkg is told, and dpkg-deb itself. Needs dpkg-dev.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import type { Release } from './release.ts';

const SCRIPTS = ['postinst', 'prerm', 'postrm'];
const CONFIGURATION = 'etc/nomad-upload-monitor/env';
const PROGRAMS = ['usr/bin/nomad-upload-monitor', 'usr/lib/nomad-upload-monitor/bin/node'];

interface Plan {
  readonly root: string;
  readonly source: string;
  readonly out: string;
  readonly release: Release;
}

/** The path of the package. */
export function buildDeb({ root, source, out, release }: Plan): string {
  const files = walk(root);
  for (const path of files.folders) chmodSync(path, 0o755);
  for (const path of files.files) chmodSync(path, PROGRAMS.includes(relative(root, path)) ? 0o755 : 0o644);
  chmodSync(join(root, CONFIGURATION), 0o640);

  const control = join(root, 'DEBIAN');
  mkdirSync(control);
  const template = readFileSync(join(source, 'packaging/debian/control'), 'utf8');
  const kilobytes = Number(execFileSync('du', ['-sk', '--apparent-size', root], { encoding: 'utf8' }).split('\t')[0]);
  const values: Readonly<Record<string, string>> = {
    version: release.version,
    architecture: release.architecture,
    size: String(kilobytes),
    libraries: libraries(out, join(root, 'usr/lib/nomad-upload-monitor/bin/node')),
  };
  writeFileSync(
    join(control, 'control'),
    template.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
  );
  writeFileSync(join(control, 'conffiles'), `/${CONFIGURATION}\n`);
  writeFileSync(join(control, 'md5sums'), sums(root, files.files));
  for (const script of SCRIPTS) copyFileSync(join(source, 'packaging/debian', script), join(control, script));
  for (const name of readdirSync(control)) chmodSync(join(control, name), SCRIPTS.includes(name) ? 0o755 : 0o644);

  const everything = walk(root);
  for (const path of [...everything.files, ...everything.folders]) lutimesSync(path, release.epoch, release.epoch);
  const deb = join(out, `nomad-upload-monitor_${release.version}_${release.architecture}.deb`);
  // One thread: the blocks do not depend on the machine.
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z6', '--threads-max=1', '--build', root, deb], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(release.epoch) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return deb;
}

/** Sorted; folders after what is in them, so that their times stay as they are set. */
function walk(folder: string): { readonly files: readonly string[]; readonly folders: readonly string[] } {
  const inside = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const below = inside.filter((entry) => entry.isDirectory()).map(({ name }) => walk(join(folder, name)));
  const own = inside.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  return {
    files: [...own, ...below.flatMap(({ files }) => files)],
    folders: [...below.flatMap(({ folders }) => folders), folder],
  };
}

function sums(root: string, files: readonly string[]): string {
  const lines = files
    .filter((path) => relative(root, path) !== CONFIGURATION)
    .map((path) => `${createHash('md5').update(readFileSync(path)).digest('hex')}  ${relative(root, path)}\n`);
  return lines.join('');
}

/** What Node is linked with, as packages of this Debian and newer ones. dpkg-shlibdeps wants a source tree to stand in. */
function libraries(out: string, node: string): string {
  const folder = join(out, 'shlibdeps');
  mkdirSync(join(folder, 'debian'), { recursive: true });
  writeFileSync(join(folder, 'debian/control'), 'Source: node\n\nPackage: node\nArchitecture: any\n');
  const written = execFileSync('dpkg-shlibdeps', ['-O', node], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(folder, { recursive: true });
  return written.trim().replace('shlibs:Depends=', '');
}
