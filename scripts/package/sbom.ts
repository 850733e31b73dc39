// The bill of materials, CycloneDX as npm itself writes it, with what npm cannot know: Node, which is shipped as well. Of the same packages
// always the same bytes: CycloneDX's own serial number and time of writing are chance, so they are replaced.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Package } from './licences.ts';
import type { Release } from './release.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
}

interface Bom {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Plan {
  readonly source: string;
  /** Node as it is shipped. */
  readonly binary: string;
  readonly file: string;
  readonly release: Release;
  /** All that is within the bundle. */
  readonly libraries: readonly Package[];
}

/** Throws unless what is in it is what is shipped. */
export function writeSbom({ source, binary, file, release, libraries }: Plan): void {
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const folder = productionAlone(source, release.version);
  const written = execFileSync('npm', ['sbom', ...format], { cwd: folder, encoding: 'utf8' });
  rmSync(dirname(folder), { recursive: true });
  const bom = bundledAlone(JSON.parse(written) as Bom, libraries);
  const complete = {
    ...bom,
    serialNumber: `urn:uuid:${uuid(JSON.stringify([bom.components, release]))}`,
    metadata: { ...bom.metadata, timestamp: new Date(release.epoch * 1000).toISOString() },
    components: [...bom.components, node(binary)],
  };
  writeFileSync(file, `${JSON.stringify(complete, null, 2)}\n`);
}

/** Without what production asks for and the bundle has nothing of: types, and parts that no import reaches. */
function bundledAlone(bom: Bom, libraries: readonly Package[]): Bom {
  const within = new Map(libraries.map(({ name, version }) => [`${name}@${version}`, false]));
  const components = bom.components.filter((component) => {
    const key = keyOf(component);
    if (!within.has(key)) return false;
    within.set(key, true);
    return true;
  });
  const missing = [...within].filter(([, isNamed]) => !isNamed).map(([key]) => key);
  if (missing.length > 0) throw new Error(`not in the SBOM: ${missing.join(', ')}`);
  const left = new Set(bom.components.filter((each) => !components.includes(each)).map((each) => each['bom-ref']));
  const dependencies = bom.dependencies
    .filter(({ ref }) => !left.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => !left.has(each)) }));
  return { ...bom, components, dependencies };
}

function keyOf({ group, name, version }: Component): string {
  return `${group === undefined ? name : `${group}/${name}`}@${version}`;
}

/**
 * A folder whose manifest and lock file name only what production asks for. npm's own `--omit dev` leaves out what development needs as well
 * (npm 11: zod, yaml and more).
 */
function productionAlone(source: string, version: string): string {
  // npm takes the folder's name for the program's.
  const folder = join(mkdtempSync(join(tmpdir(), 'sbom-')), 'nomad-upload-monitor');
  mkdirSync(folder);
  const read = (name: string) =>
    JSON.parse(readFileSync(join(source, name), 'utf8')) as Readonly<Record<string, unknown>>;
  const write = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
  };
  const manifest = { ...read('package.json'), version, devDependencies: {} };
  const lock = read('package-lock.json') as unknown as Lock;
  const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  write('package.json', manifest);
  write('package-lock.json', { ...lock, packages: { '': manifest, ...Object.fromEntries(production) } });
  return folder;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
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
    pedigree: { notes: 'As published, without its symbols and without the languages of ICU other than English.' },
  };
}

/** Version 8 of RFC 9562: the bits are ours to choose. */
function uuid(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
