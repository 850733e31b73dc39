// All test files that `npm test` does not name itself (package.json) and that start no programs, in this one process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WITH_PROGRAMS, defineTogether, filesInOwnProcess, testFiles } from './support/together.ts';

const elsewhere = [...filesInOwnProcess(), ...testFiles(WITH_PROGRAMS)];
const here = testFiles(['test/**/*.test.ts']).filter((file) => !elsewhere.includes(file));

defineTogether(here);

test('npm test names this file, and leaves most of the others to it', () => {
  assert.ok(elsewhere.includes('test/in-one-process.test.ts'));
  assert.ok(here.length > elsewhere.length, `${here.length} here, ${elsewhere.length} elsewhere`);
});
