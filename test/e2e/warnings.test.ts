// What is no error, and still should not be so, is said where people look: in the log at the start, by `config` and by `doctor`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { callCli } from '../support/cli.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const SAID = 'NOMAD_URL: http:// is not encrypted';

test('a login that is not encrypted is said, and watched all the same', { timeout: 300_000 }, async (context) => {
  const nomad = await startSimulatedNomad();
  context.after(() => nomad.close());
  const { origin, pathname } = new URL(nomad.url);
  // The proxy is the simulated NOMAD itself: nothing leaves this machine.
  const env = { NOMAD_URL: `http://nomad.example${pathname}`, HTTP_PROXY: origin, STATE_DIR: tempDir(context) };
  const program = startProgram(context, env);
  const { level } = await program.line(({ msg }) => String(msg).startsWith(SAID));
  assert.equal(level, 'warn');
  await program.line(({ msg }) => msg === 'watching');
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);

  const config = await callCli(['--env-file', '/dev/null', 'config'], usualEnv(env));
  assert.equal(config.code, 0);
  assert.ok(config.output.includes(SAID));
  const doctor = await callCli(['--env-file', '/dev/null', 'doctor'], usualEnv(env));
  assert.match(
    doctor.output,
    new RegExp(`^ok +configuration +complete, and all values are valid; 1 warning\\n +${SAID}`, 'm'),
  );
});
