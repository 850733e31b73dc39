// Mutation testing of the decisions: `npm run mutate` (docs/mutation.md).
export default {
  mutate: ['src/domain/**/*.ts'],
  testRunner: 'tap',
  tap: {
    testFiles: ['test/domain/**/*.test.ts', 'test/model/*.test.ts'],
    // Each test file is a process of its own. One that fails is ended at its first failure.
    nodeArgs: ['--import', './test/support/seed.ts', '--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'],
  },
  // A test file is run for a mutant when it reaches the mutated line.
  coverageAnalysis: 'perTest',
  // All that these tests need; the rest is not copied.
  ignorePatterns: [
    '**',
    '!src/**',
    '!test/domain/**',
    '!test/model/**',
    '!test/support/**',
    '!scripts/docs/**',
    '!docs/causes.md',
    '!package.json',
  ],
  concurrency: 2,
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: '.stryker/tmp',
  jsonReporter: { fileName: '.stryker/mutation.json' },
  htmlReporter: { fileName: '.stryker/mutation.html' },
  incrementalFile: '.stryker/incremental.json',
  allowEmpty: false,
  thresholds: { high: 95, low: 90, break: 90 },
  allowConsoleColors: false,
};
