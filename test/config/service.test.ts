// Whose variables and state a command uses that names neither.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { serviceFiles } from '../../src/config/service.ts';

const MAIN = { envFile: '/etc/nomad-upload-monitor/env', stateDir: '/var/lib/nomad-upload-monitor' };
const LAB = { envFile: '/etc/nomad-upload-monitor/lab.env', stateDir: '/var/lib/nomad-upload-monitor/lab' };

for (const [what, asked, mayRead, expected] of [
  ['nothing is named, and its file can be read', {}, true, MAIN],
  ['nothing is named, and its file cannot be read', {}, false, null],
  ['nothing is named in a clone', { isClone: true }, true, null],
  ['a service manager says where the state is', { environment: { STATE_DIRECTORY: '/var/lib/x' } }, true, null],
  ['its file is named', { envFile: MAIN.envFile, isClone: true }, false, MAIN],
  ['its file is named in another way', { envFile: '/etc/../etc/nomad-upload-monitor//env' }, true, MAIN],
  ['the file of an instance is named', { envFile: LAB.envFile }, true, LAB],
  ['a file of another place is named', { envFile: '/home/ada/env' }, true, null],
  ['another file of that folder is named', { envFile: '/etc/nomad-upload-monitor/rules.yaml' }, true, null],
] as const)
  test(`${what}: ${expected === null ? 'not the service' : expected.stateDir}`, () => {
    const usual = { envFile: null, environment: {}, isClone: false };
    assert.deepEqual(
      serviceFiles({ ...usual, ...asked }, () => mayRead),
      expected,
    );
  });

test('what is missing is to be written into the file that is in use', () => {
  const parsed = parseConfig({ STATE_DIR: '/tmp' }, { scheduleProblem: () => null }, MAIN.envFile);
  assert.match(
    'problems' in parsed ? parsed.problems.join() : '',
    /no credentials.* in the environment or in \/etc\/nomad-upload-monitor\/env$/,
  );
});
