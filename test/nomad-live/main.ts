import { argv } from 'node:process';
import { startVersion, stopAll, stopVersion } from './stack.ts';
import { VERSIONS } from './places.ts';
import { running } from './processes.ts';
const [, , verb, arg] = argv;
const version = VERSIONS.find((each) => each === arg);
if (verb === 'start' && version) await startVersion(version, (line) => { console.log(line); });
if (verb === 'stop') await (version ? stopVersion(version) : stopAll());
if (verb === 'status') console.log(running().join('\n'));
