// A command that works on the service: with its state, and as root with the rights of its user, but for what is written elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../src/cli/program.ts';
import { keptProcess } from '../support/cli.ts';

const FILE = '/etc/nomad-upload-monitor/lab.env';
const STATE = '/var/lib/nomad-upload-monitor/lab';

for (const [words, became] of [
  [
    ['--env-file', FILE, 'outbox'],
    [STATE, 'of the service'],
  ],
  [
    ['doctor', '--env-file', FILE],
    [STATE, 'of the service'],
  ],
  [
    ['--env-file', FILE, 'backup', '/nonexistent/copy'],
    [STATE, 'as they are'],
  ],
  [
    ['--env-file', FILE, 'account', 'add', 'ada', '--token-stdin'],
    [STATE, 'as they are'],
  ],
  [['--env-file', '/dev/null', 'outbox'], null],
  [['--version'], null],
] as const)
  test(`${words.join(' ')}: ${became === null ? 'nothing changes' : became.join(', rights ')}`, async () => {
    let found: readonly string[] | null = null;
    const { process } = keptProcess();
    await runCli(words, { ...process, becomeService: (...all) => (found = all) });
    assert.deepEqual(found, became);
  });
