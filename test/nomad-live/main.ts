// `npm run test:nomad-live`: see README.md. Code 1 when a verdict is wrong.
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { play } from './play.ts';
import { VERSIONS, type Version } from './places.ts';
import { running } from './processes.ts';
import { startVersion, stopAll, stopVersion } from './stack.ts';
import { printTable } from './table.ts';

const { positionals, values } = parseArgs({ args: argv.slice(2), allowPositionals: true, options: { record: { type: 'string' } } });
const [verb, ...rest] = positionals;
const named = VERSIONS.filter((version) => rest.includes(version));
const versions: readonly Version[] = named.length === 0 ? VERSIONS : named;
const only = rest.filter((word) => !VERSIONS.some((version) => version === word));
const say = (line: string) => {
  console.log(line);
};

async function playAll(): Promise<void> {
  const verdicts = (await Promise.all(versions.map((version) => play(version, { only, record: values.record, say })))).flat();
  printTable(verdicts, say);
  if (verdicts.some(({ wrong }) => wrong !== null)) process.exitCode = 1;
}

if (verb === 'start') for (const version of versions) await startVersion(version, say);
if (verb === 'stop') await (named.length === 0 ? stopAll() : Promise.all(named.map(stopVersion)));
if (verb === 'status') for (const name of running()) say(name);
if (verb === 'play') await playAll();
