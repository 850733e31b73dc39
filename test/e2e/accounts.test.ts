// Many accounts in one process, from their file: those that are right are watched, and what is wrong with the others is in the log.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADA, GRACE } from '../../src/demo/nomad-state.ts';
import { accountFiles, nomadOf } from '../support/account-files.ts';
import { startProgram } from '../support/program.ts';

test('the good ones are watched, and a wrong one is named with its line', async (context) => {
  const nomad = await nomadOf(context);
  const { dir } = accountFiles(
    context,
    `accounts:
  - { name: ada, username: ada, password: "${ADA.password}" }
  - { name: lise, token: t, stuck_after: soon }
  - { name: grace, token: ${nomad.tokens.mintPat(GRACE, ['uploads:read', 'users:read'])} }
`,
  );
  const env = { HOME: dir, NOMAD_URL: nomad.url, STATE_DIR: `${dir}/state`, ACCOUNTS_FILE: `${dir}/accounts.yaml` };
  const { line, url, output, child, ended } = startProgram(context, env);
  const wrong = await line(({ level }) => level === 'error');
  assert.equal(
    wrong['msg'],
    `${dir}/accounts.yaml:3:42: stuck_after: "soon" is not a valid duration; write for example 90s, 15m, 2h or 7d`,
  );
  await url();
  for (const account of ['ada', 'grace'])
    await line((entry) => entry['account'] === account && entry['event'] === 'monitor.baseline');
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  for (const secret of [ADA.password, 'nomad_pat_']) assert.ok(!output().includes(secret), output());
});

test('with no good account it does not start, and says all that is wrong', async (context) => {
  const { dir } = accountFiles(context, 'accounts:\n  - { name: ada }\n  - { name: Grace, token: t }\n');
  const env = { HOME: dir, STATE_DIR: `${dir}/state`, ACCOUNTS_FILE: `${dir}/accounts.yaml` };
  const { ended, output } = startProgram(context, env);
  assert.equal(await ended, 2);
  assert.deepEqual(
    output()
      .trimEnd()
      .split('\n')
      .map((each) => each.replace(`${dir}/`, '').slice(0, 40)),
    ['accounts.yaml:2:5: there is no login; ad', 'accounts.yaml:3:13: "Grace" is not a val'],
  );
});
