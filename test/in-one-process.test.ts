// All test files that `npm test` does not name itself (package.json), in this one process: a process for each would take longer to start
// than most of them run. Those with a process of their own start programs, or measure what a process holds.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { test: string } };
const named = [...scripts.test.matchAll(/[ '](test\/[^' ]+)/g)].map(([, pattern]) => pattern ?? '');
const inOwnProcess = new Set(globSync(named, { cwd: ROOT }));
const here = globSync('test/**/*.test.ts', { cwd: ROOT }).filter((file) => !inOwnProcess.has(file));

for (const file of here.toSorted())
  describe(file, async () => {
    await import(resolve(ROOT, file));
  });

test('npm test names this file, and leaves most of the others to it', () => {
  assert.ok(inOwnProcess.has('test/in-one-process.test.ts'));
  assert.ok(here.length > inOwnProcess.size, `${here.length} here, ${inOwnProcess.size} by themselves`);
});
