// The program as it is installed: the npm package unpacked, its production dependencies by the lock file, less what nobody reads, and Node.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Package, licencesOf } from './licences.ts';

/** What others' packages hold beside their program. Licences and notices stay. */
const FOLDERS = new Set(['test', 'tests', 'docs', 'examples', 'example', 'bench', 'benchmarks', '@types']);
const FILES = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown|yml|yaml|html|png|ico|zip|sh)$|^\.[a-z]/i;
const KEPT = /^(licen[sc]e|copying|notice)/i;

interface Plan {
  readonly tarball: string;
  /** Where it is to be. */
  readonly program: string;
  readonly source: string;
  readonly version: string;
}

export function installProgram({ tarball, program, source, version }: Plan): readonly Package[] {
  mkdirSync(program, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '--no-same-owner', '-C', program]);
  const manifest = join(program, 'package.json');
  const packed = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  if (packed.version !== version) writeFileSync(manifest, `${JSON.stringify({ ...packed, version }, null, 2)}\n`);

  copyFileSync(join(source, 'package-lock.json'), join(program, 'package-lock.json'));
  const options = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', '--no-bin-links'];
  execFileSync('npm', ['ci', ...options], { cwd: program, stdio: 'inherit' });
  const packages = licencesOf(program);
  prune(join(program, 'node_modules'));
  dropInterpreter(join(program, 'dist/main.js'));

  const node = join(source, 'node_modules/node');
  mkdirSync(join(program, 'bin'));
  copyFileSync(join(node, 'bin/node'), join(program, 'bin/node'));
  return [...packages, nodeItself(node)];
}

function prune(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const unread = entry.isDirectory()
      ? FOLDERS.has(entry.name) || entry.name.startsWith('.')
      : FILES.test(entry.name) && !KEPT.test(entry.name);
    if (unread) rmSync(path, { recursive: true });
    else if (entry.isDirectory()) prune(path);
    else if (/\.[cm]?js$/.test(entry.name)) dropInterpreter(path);
    if (entry.isDirectory() && existsSync(path) && readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}

/** `#!`, for whoever starts the file itself. Here the launcher does, and there need be no other Node. */
function dropInterpreter(path: string): void {
  const content = readFileSync(path, 'utf8');
  if (content.startsWith('#!')) writeFileSync(path, content.slice(content.indexOf('\n') + 1));
}

/** The package that brings Node has another one within, for each system, and in that are Node's own words. */
function nodeItself(folder: string): Package {
  const inside = join(folder, 'node_modules');
  const [system] = readdirSync(inside).filter((name) => existsSync(join(inside, name, 'LICENSE')));
  if (system === undefined) throw new Error(`${inside}: no LICENSE of Node is there`);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    name: basename(folder),
    version,
    path: 'bin/node',
    licence: 'Node.js',
    text: readFileSync(join(inside, system, 'LICENSE'), 'utf8'),
  };
}
