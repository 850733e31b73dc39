// Test files in one process: a process for each would take longer to start than most of them run.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, describe } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

/** Those that start programs and wait for them. */
export const WITH_PROGRAMS = ['test/{e2e,faults}/*.test.ts', 'test/examples.test.ts'] as const;

const COMMANDS = ['test', 'test:campaigns', 'test:check'] as const;

/** All test files there are that match one of the patterns, as paths from the root of the repository. */
export function testFiles(patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: ROOT }).toSorted();
}

/** What `npm test`, `npm run test:campaigns` and `npm run test:check` give a process of its own. */
export function filesInOwnProcess(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<(typeof COMMANDS)[number], string>>;
  };
  const commands = COMMANDS.map((name) => scripts[name]).join(' ');
  return testFiles([...commands.matchAll(/[ '](test\/[^' ]+)/g)].map(([, pattern]) => pattern ?? ''));
}

/** Those that no half has. */
export function elsewhere(): readonly string[] {
  return [...filesInOwnProcess(), ...testFiles(WITH_PROGRAMS)];
}

/** All others in two parts, one file here and the next there: so both take about as long, whatever is added to a folder. */
export function halves(): readonly [readonly string[], readonly string[]] {
  const taken = elsewhere();
  const left = testFiles(['test/**/*.test.ts']).filter((file) => !taken.includes(file));
  return [left.filter((_, index) => index % 2 === 0), left.filter((_, index) => index % 2 === 1)];
}

/** What is still open so long after the last test was left by one that failed, ms. */
const PATIENCE = 30_000;

/** Defines the tests of all these files, each file as a suite. What a failed test leaves open does not keep the process from ending. */
export function defineTogether(files: readonly string[]): void {
  after(() => {
    setTimeout(() => {
      console.error(`left open by a test: ${process.getActiveResourcesInfo().join(', ')}`);
      process.exit(1);
    }, PATIENCE).unref();
  });
  for (const file of files)
    describe(file, { concurrency: false }, async () => {
      await import(resolve(ROOT, file));
    });
}
