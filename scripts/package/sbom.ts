// The bill of materials, CycloneDX as npm itself writes it, with what npm cannot know: Node, which is shipped as well. Of the same packages
// always the same bytes: CycloneDX's own serial number and time of writing are chance, so they are replaced.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Lock, Package } from './licences.ts';
import type { Release } from './release.ts';

interface Component {
  readonly group?: string;
  readonly name: string;
}

interface Bom {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly Component[];
}

interface Plan {
  readonly program: string;
  readonly file: string;
  readonly release: Release;
  /** All that is shipped. */
  readonly packages: readonly Package[];
}

/** Throws when something that is shipped is not in it. */
export function writeSbom({ program, file, release, packages }: Plan): void {
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const folder = shippedAlone(program);
  const written = execFileSync('npm', ['sbom', ...format], { cwd: folder, encoding: 'utf8' });
  rmSync(dirname(folder), { recursive: true });
  const bom = JSON.parse(written) as Bom;
  const complete = {
    ...bom,
    serialNumber: `urn:uuid:${uuid(JSON.stringify([bom.components, release]))}`,
    metadata: { ...bom.metadata, timestamp: new Date(release.epoch * 1000).toISOString() },
    components: [...bom.components, node(join(program, 'bin/node'))],
  };
  const named = new Set(
    complete.components.map(({ group, name: own }) => (group === undefined ? own : `${group}/${own}`)),
  );
  const missing = packages.filter(({ name }) => !named.has(name));
  if (missing.length > 0) throw new Error(`not in the SBOM: ${missing.map(({ name }) => name).join(', ')}`);
  writeFileSync(file, `${JSON.stringify(complete, null, 2)}\n`);
}

/**
 * A folder whose manifest and lock file name only what is shipped. npm's own `--omit dev` leaves out what development needs as well
 * (npm 11: zod, yaml and more).
 */
function shippedAlone(program: string): string {
  // npm takes the folder's name for the program's.
  const folder = join(mkdtempSync(join(tmpdir(), 'sbom-')), 'nomad-upload-monitor');
  mkdirSync(folder);
  const read = (name: string) =>
    JSON.parse(readFileSync(join(program, name), 'utf8')) as Readonly<Record<string, unknown>>;
  const write = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
  };
  const manifest = { ...read('package.json'), devDependencies: {} };
  const lock = read('package-lock.json') as unknown as Lock;
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  write('package.json', manifest);
  write('package-lock.json', { ...lock, packages: { '': manifest, ...Object.fromEntries(shipped) } });
  return folder;
}

function node(binary: string): Component & Readonly<Record<string, unknown>> {
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  const content = createHash('sha256').update(readFileSync(binary)).digest('hex');
  return {
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'node',
    version,
    scope: 'required',
    purl: `pkg:github/nodejs/node@v${version}`,
    licenses: [{ license: { name: 'Node.js (MIT, with the licences of what is in it)' } }],
    hashes: [{ alg: 'SHA-256', content }],
  };
}

/** Version 8 of RFC 9562: the bits are ours to choose. */
function uuid(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
