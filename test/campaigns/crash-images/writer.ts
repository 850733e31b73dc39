// The process that is stopped and copied: works on a state as fast as it can, and notes each finished use-case in a file beside it.
// Arguments: folder of the state, file of notes, seed, module of the store.
import { openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createWork } from './work.ts';

const [stateDir = '', notes = '', seed = '', module = ''] = process.argv.slice(2);
const { openSqliteStore } = (await import(module)) as typeof import('../../../src/store/sqlite/store.ts');
// Nobody is left to stop us when the one who started us has gone.
process.stdin.resume().on('end', () => process.exit());

// A file, not a pipe: whoever stops us knows at once what was noted until then.
const file = openSync(notes, 'a');
const work = createWork(openSqliteStore(stateDir), Number(seed));
for (let number = 1; ; number += 1) {
  writeSync(file, `${number} ${await work.next(number)}\n`);
  await setImmediate();
}
