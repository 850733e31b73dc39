// `check` as people and monitoring systems call it: a process, its output, its exit code.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../src/demo/nomad-state.ts';
import { callCli } from '../support/cli.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 3_600_000;
const CHECK = ['--env-file', '/dev/null', 'check'];

async function world(context: TestContext) {
  const server = await startSimulatedNomad();
  context.after(() => server.close());
  const now = Date.now();
  const add = (id: string) => addUpload(server.world, id, now - 9 * HOUR, { name: id, process: 'process_upload' });
  succeed(add('good'), now - HOUR);
  succeed(add('broken'), now - HOUR, 7, [{ id: 'e', mainfile: 'x', parser: 'p', error: 'E' }]);
  fail(add('bad'), now - HOUR, ['KeyError: \u001b[31mx']);
  start(add('running'));
  const state = join(tempDir(context), 'state');
  const env = { NOMAD_URL: server.url, STATE_DIR: state };
  const call = async (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) => {
    const { code, output } = await callCli([...CHECK, ...args], usualEnv({ ...env, ...more }));
    return { code, output };
  };
  return { server, state, env, call };
}

test('a table, worst first, code 1; no state is written and nothing is changed', async (context) => {
  const { state, env, server } = await world(context);
  const program = startProgram(context, env, CHECK);
  assert.equal(await program.ended, 1);
  const output = program.output();
  const firsts = output.split('\n').map((line) => line.slice(0, 14).trim());
  assert.deepEqual(firsts.slice(1, 3), ['failed', 'entries failed']);
  assert.match(output, /no monitor has watched this account here/);
  assert.ok(!output.includes('\u001b'), 'no colours and no commands where there is no terminal');
  assert.ok(!existsSync(state));
  assert.ok(
    server.requests.every(
      ({ line }) => line.startsWith('GET ') || /^POST \/(auth\/token$|entries\/[\w-]+\/archive\/query$)/.test(line),
    ),
  );
});

test('--json is one document; --filter chooses, and decides the code', async (context) => {
  const { call } = await world(context);
  const all = JSON.parse((await call(['--json'])).output) as { ok: boolean; uploads: { upload_id: string }[] };
  assert.equal(all.ok, false);
  assert.deepEqual(
    all.uploads.map(({ upload_id }) => upload_id),
    ['bad', 'broken', 'running', 'good'],
  );
  const { code, output } = await call(['--json', '--filter', 'processing,empty']);
  assert.equal(code, 0);
  assert.deepEqual(
    (JSON.parse(output) as typeof all).uploads.map(({ upload_id }) => upload_id),
    ['running'],
  );
});

test('only these uploads, by name, id or the beginning of one: they alone decide the code', async (context) => {
  const { call } = await world(context);
  const { code, output } = await call(['goo', 'RUNNING']);
  assert.equal(code, 0);
  assert.match(output, /\nprocessing +running .*\n- +good [^\n]*\n/);
  assert.doesNotMatch(output, /broken|\bbad\b/);
  assert.equal((await call(['bad', '--filter', 'processing'])).code, 0);
  const several = '"b" could be any of 2 uploads: bad, broken; write the id';
  assert.deepEqual(await call(['b', 'good']), { code: 2, output: `${several}\n` });
  const json = await call(['b', '--json']);
  assert.deepEqual([json.code, JSON.parse(json.output)], [2, { ok: false, reason: 'unclear', problem: several }]);
  assert.deepEqual(await call(['b', '--nagios']), { code: 3, output: `NOMAD UNKNOWN - ${several}\n` });
  assert.match((await call(['good', '--nagios'])).output, /^NOMAD OK - 1 upload \|/);
});

test('--nagios: one line, and the codes of the Monitoring Plugins', async (context) => {
  const { server, call } = await world(context);
  const line =
    /^NOMAD CRITICAL - 4 uploads: 1 failed, 1 entries failed, 1 processing \(bad\) \| uploads=4 failed=1 [^\n]*\n$/;
  const critical = await call(['--nagios']);
  assert.match(critical.output, line);
  assert.equal(critical.code, 2);
  assert.equal((await call(['--nagios', '--filter', 'entries_failed'])).code, 1);
  assert.equal((await call(['--nagios', '--filter', 'empty'])).code, 0);
  server.setFault(() => ({ status: 502, body: '<html>|</html>' }));
  const unknown = await call(['--nagios']);
  assert.deepEqual(unknown, { code: 3, output: 'NOMAD UNKNOWN - login: NOMAD answered 502\n' });
});

test('what is wrong has its own code and one sentence', async (context) => {
  const { server, call } = await world(context);
  const misspelt = await call(['--filter', 'stcuk']);
  assert.deepEqual(misspelt, { code: 2, output: '--filter: "stcuk" is not a condition; did you mean stuck?\n' });
  const refused = await call([], { NOMAD_PASSWORD: 'no' });
  assert.equal(refused.code, 4);
  assert.match(refused.output, /NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD/);
  server.setFault(() => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>maintenance</html>' }));
  const html = await call(['--json']);
  assert.equal(html.code, 3);
  assert.equal((JSON.parse(html.output) as { reason: string }).reason, 'invalid');
});

test('beside a running monitor it knows what that remembers', async (context) => {
  const { env, call } = await world(context);
  const monitor = startProgram(context, { ...env, STUCK_AFTER: '1s' });
  await monitor.line(({ event }) => event === 'upload.stuck');
  const { code, output } = await call(['--filter', 'stuck'], { STUCK_AFTER: '1s' });
  assert.equal(code, 1);
  assert.match(output, /^stuck +running +running +PENDING/m);
  assert.ok(!output.includes('no monitor has watched'));
});

test('--watch looks again until it is told to end, and ends with the code of its last look', async (context) => {
  const { env, server } = await world(context);
  const program = startProgram(context, env, [...CHECK, '--watch']);
  const stdout = program.child.stdout;
  assert.ok(stdout !== null);
  await once(stdout, 'data');
  program.child.kill('SIGINT');
  assert.equal(await program.ended, 1);
  assert.match(program.output(), /^failed +bad /m);
  assert.equal(server.requests.filter(({ line }) => line.startsWith('GET /uploads?')).length, 1);
});
