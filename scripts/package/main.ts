// `npm run package`: the npm package, and of the same program with its own Node a .deb and an .rpm, into build/. Same input, same bytes:
// every time in it is SOURCE_DATE_EPOCH, or else the time of the last commit.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDeb } from './deb.ts';
import { nodeItself } from './node-binary.ts';
import { stageNpm } from './npm.ts';
import { installProgram } from './program.ts';
import { buildRpm } from './rpm.ts';
import { writeSbom } from './sbom.ts';
import { fillTree } from './tree.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'build' },
    // Another version of the same sources, to try an upgrade with.
    version: { type: 'string' },
  },
});
const source = resolve(import.meta.dirname, '../..');
const out = resolve(values.out);
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { readonly version: string };
const release = {
  version: values.version ?? version,
  epoch: Number(process.env['SOURCE_DATE_EPOCH'] ?? run('git', ['log', '-1', '--format=%ct'])),
  architecture: run('dpkg', ['--print-architecture']),
};

mkdirSync(out, { recursive: true });
const npm = join(out, 'npm');
const libraries = stageNpm({ source, folder: npm, version: release.version });
const tarball = join(out, run('npm', ['pack', npm, '--silent', '--pack-destination', out]));
const root = join(out, 'root');
rmSync(root, { recursive: true, force: true });
const program = join(root, 'usr/lib/nomad-upload-monitor');
const node = join(source, 'node_modules/node');
installProgram({ npm, node, program });
const sbom = join(out, 'sbom.cdx.json');
writeSbom({ source, binary: join(program, 'bin/node'), file: sbom, release, libraries });
const licences = fillTree({ root, source, libraries, node: nodeItself(node), release });
copyFileSync(sbom, join(root, 'usr/share/doc/nomad-upload-monitor/sbom.cdx.json'));
copyFileSync(licences, join(out, 'licences.txt'));
const deb = buildDeb({ root, source, out, release });
const rpm = buildRpm({ root, source, out, release, licences: libraries.map(({ licence }) => licence) });
for (const file of [tarball, deb, rpm, sbom, join(out, 'licences.txt')]) process.stdout.write(`${file}\n`);

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: source, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).trim();
}
