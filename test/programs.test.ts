// The test files that start programs, in this one process, some at a time: they mostly wait for what they started.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WITH_PROGRAMS, defineTogether, filesInOwnProcess, testFiles } from './support/together.ts';

const files = testFiles(WITH_PROGRAMS);

describe('programs', { concurrency: 6 }, () => {
  defineTogether(files);
});

test('each file is run once', () => {
  const own = filesInOwnProcess();
  assert.ok(own.includes('test/programs.test.ts'));
  assert.deepEqual(
    files.filter((file) => own.includes(file)),
    [],
  );
});
