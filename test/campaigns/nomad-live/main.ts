// `npm run test:nomad-live`: see README.md. Code 1 when a verdict is wrong.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ALL_VERSIONS, SETUP, VERSIONS, type Version } from './places.ts';
import { LIVES, play } from './play.ts';
import { running } from './processes.ts';
import { startVersion, stopAll, stopVersion } from './stack.ts';
import { printTable } from './table.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { record: { type: 'string' } } });
const [verb = 'all', ...rest] = positionals;
const named = ALL_VERSIONS.filter((version) => rest.includes(version));
const versions: readonly Version[] = named.length === 0 ? VERSIONS : named;
const only = rest.filter((word) => !ALL_VERSIONS.some((version) => version === word));
const say = (line: string) => {
  console.log(line);
};

const verbs: Readonly<Record<string, () => Promise<boolean>>> = {
  async all() {
    return (await setup()) && (await start()) && playAll();
  },
  setup,
  start,
  play: playAll,
  async stop() {
    if (named.length === 0) await stopAll();
    for (const version of named) await stopVersion(version);
    return true;
  },
  status() {
    for (const name of running()) say(name);
    return Promise.resolve(true);
  },
  lives() {
    for (const { name, truth, versions: own = ALL_VERSIONS } of LIVES) say(`${name} (${own.join(', ')}): ${truth}`);
    return Promise.resolve(true);
  },
};

const work = verbs[verb];
if (work === undefined) throw new Error(`${verb}: one of ${Object.keys(verbs).join(', ')}`);
const unknown = only.filter((word) => word !== 'temporal' && !LIVES.some(({ name }) => name === word));
if (unknown.length > 0) throw new Error(`no life or version: ${unknown.join(', ')}`);
process.exitCode = (await work()) ? 0 : 1;

function setup(): Promise<boolean> {
  const more = only.filter((word) => word === 'temporal');
  const { status } = spawnSync('bash', [join(SETUP, 'setup.sh'), ...versions, ...more], { stdio: 'inherit' });
  return Promise.resolve(status === 0);
}

async function start(): Promise<boolean> {
  for (const version of versions) await startVersion(version, say);
  return true;
}

async function playAll(): Promise<boolean> {
  const played = await Promise.all(versions.map((version) => play(version, { only, record: values.record, say })));
  const verdicts = played.flat();
  printTable(verdicts, say);
  return verdicts.every(({ wrong }) => wrong === null);
}
