// The folder that the .deb is made of -> an .rpm: paths as Fedora and its kin have them, and rpmbuild. Needs rpm.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Release } from './release.ts';

const NAME = 'nomad-upload-monitor';
const ENV = `/etc/${NAME}/env`;
/** Debian's names for machines, as rpm calls them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };
const MOVED = [
  ['lib/systemd', 'usr/lib/systemd'],
  ['usr/share/zsh/vendor-completions', 'usr/share/zsh/site-functions'],
] as const;
/** What Debian alone reads. */
const OF_DEBIAN = ['DEBIAN', 'lib', 'usr/share/lintian'];

interface Plan {
  /** Rights and times are set. */
  readonly root: string;
  readonly source: string;
  readonly out: string;
  readonly release: Release;
  /** SPDX's names of those of the libraries. */
  readonly licences: readonly string[];
}

/** The path of the package. */
export function buildRpm({ root, source, out, release, licences }: Plan): string {
  const work = join(out, 'rpm');
  const tree = join(work, 'tree');
  rmSync(work, { recursive: true, force: true });
  cpSync(root, tree, { recursive: true, preserveTimestamps: true });
  for (const [from, to] of MOVED) {
    mkdirSync(dirname(join(tree, to)), { recursive: true });
    renameSync(join(tree, from), join(tree, to));
  }
  for (const path of OF_DEBIAN) rmSync(join(tree, path), { recursive: true, force: true });
  mkdirSync(join(tree, 'var/lib', NAME), { recursive: true });

  const list = join(work, 'files');
  writeFileSync(list, `${listed(tree, '').join('\n')}\n`);
  const architecture = ARCHITECTURES[release.architecture] ?? release.architecture;
  const values: Readonly<Record<string, string>> = {
    version: release.version,
    licences: [...new Set(['Apache-2.0', ...licences])].join(' AND '),
    tree,
    list,
  };
  const template = readFileSync(join(source, 'packaging/rpm', `${NAME}.spec`), 'utf8');
  const spec = join(work, `${NAME}.spec`);
  writeFileSync(
    spec,
    template.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
  );
  execFileSync('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${work}/top`, '--target', architecture, spec], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(release.epoch) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const name = `${NAME}-${release.version}-1.${architecture}.rpm`;
  copyFileSync(join(work, 'top/RPMS', architecture, name), join(out, name));
  rmSync(work, { recursive: true });
  return join(out, name);
}

/** Lines for %files: each file, and the folders that are ours alone. What the specification names itself is not among them. */
function listed(tree: string, below: string): readonly string[] {
  return readdirSync(join(tree, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${below}/${entry.name}`;
      if (path === ENV || path.startsWith('/var')) return [];
      const rights = '%attr(-, root, root)';
      if (!entry.isDirectory()) return [`${rights} ${path}`];
      return [...(path.includes(NAME) ? [`%dir ${rights} ${path}`] : []), ...listed(tree, path)];
    });
}
