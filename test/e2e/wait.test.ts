// `wait` as scripts call it: its lines, its exit codes, beside a running monitor and without one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { addUpload, fail, queue, start, succeed } from '../../src/demo/nomad-state.ts';
import { runCli } from '../../src/cli/program.ts';
import { callCli, keptProcess } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const HOUR = 3_600_000;
const WAIT = ['--env-file', '/dev/null', 'wait'];

async function setUp(context: TestContext) {
  const server = await startSimulatedNomad();
  context.after(() => server.close());
  const now = Date.now();
  const add = (id: string, name: string | null = id) =>
    addUpload(server.world, id, now - 9 * HOUR, { name, process: 'process_upload' });
  succeed(add('good', 'batch-42'), now - HOUR, 40);
  succeed(add('broken'), now - HOUR, 7, [{ id: 'e', mainfile: 'x', parser: 'p', error: 'E' }]);
  succeed(add('empty', null), now - HOUR, 0);
  fail(add('bad', 'a \u001b[31mb'), now - HOUR, ['KeyError: \u001b[31mx']);
  const running = add('running');
  queue(server.world, running);
  start(running);
  running.entries = 40;
  running.parsing = {
    done: new Set([0, 1, 2]),
    level: [0, 1, 2, 3],
    at: 3,
    message: 'Parsing mainfile',
    isEnding: false,
  };
  const env = usualEnv({ NOMAD_URL: server.url, STATE_DIR: join(tempDir(context), 'state') });
  const call = (args: readonly string[], more: Readonly<Record<string, string>> = {}, width: number | null = null) =>
    callCli([...WAIT, ...args], { ...env, ...more }, width);
  return { server, now, env, running, call };
}

test('what has ended already is answered at once: how, which and why', async (context) => {
  const { call } = await setUp(context);
  const rows = [
    [['good'], 0, 'good: batch-42 (good): 40 entries\n'],
    [['broken'], 1, 'entries failed: broken: 1 of 7 entries failed\n'],
    [['empty'], 1, 'empty: empty: no file matched a parser\n'],
    [['bad'], 1, 'failed: a [31mb (bad): KeyError: [31mx\n'],
    [['broken', '--allow', 'entries_failed'], 0, 'entries failed (allowed): broken: 1 of 7 entries failed\n'],
    [['empty', '--allow', 'entries_failed'], 1, 'empty: empty: no file matched a parser\n'],
    [
      ['good', 'bad', 'good', '--allow', 'entries_failed,empty'],
      1,
      'good: batch-42 (good): 40 entries\nfailed: a [31mb (bad): KeyError: [31mx\n',
    ],
  ] as const;
  for (const [args, code, stdout] of rows)
    assert.deepEqual(await call(args), { code, stdout, stderr: '', output: stdout });
});

test('--json: one document', async (context) => {
  const { call, server } = await setUp(context);
  const { code, stdout } = await call(['good', 'broken', '--json', '--allow', 'empty']);
  const gui = server.url.replace('/api/v1', '/gui');
  const common = { waits_for: null, process_status: 'SUCCESS', process: 'process_upload', entries_done: null };
  const message = 'Process completed successfully';
  const link = (id: string) => `${gui}/user/uploads/upload/id/${id}`;
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), {
    ok: false,
    ended: true,
    problem: null,
    uploads: [
      {
        upload_id: 'good',
        upload_name: 'batch-42',
        ok: true,
        result: 'good',
        reason: null,
        message,
        entries: 40,
        failed_entries: 0,
        link: link('good'),
        ...common,
      },
      {
        upload_id: 'broken',
        upload_name: 'broken',
        ok: false,
        result: 'entries_failed',
        reason: '1 of 7 entries failed',
        message,
        entries: 7,
        failed_entries: 1,
        link: link('broken'),
        ...common,
      },
    ],
  });
  const open = JSON.parse((await call(['running', '--json', '--for', '1s'])).stdout) as {
    uploads: Record<string, unknown>[];
  };
  const [first] = open.uploads;
  assert.deepEqual(
    [first?.['ok'], first?.['result'], first?.['waits_for'], first?.['entries_done']],
    [false, null, 'end', 3],
  );
});

test('what is wrong on the command line', async (context) => {
  const { call, server } = await setUp(context);
  const rows = [
    [[], 'name the upload: its name or id, or --new and its name\n'],
    [['good', '--new', 'x'], 'give either uploads or --new, not both\n'],
    [['--new', ' '], '--new: it contains no name; write for example --new batch-42\n'],
    [[' '], 'a name of an upload is empty\n'],
    [['good', '--for', '2'], '--for: "2" is not a valid duration; write for example 90s, 15m, 2h or 7d\n'],
    [['good', '--for', '25d'], '--for: "25d" is too long; write at most 24d\n'],
    [['good', '--allow', ','], '--allow: it is empty; write entries_failed,empty\n'],
    [['good', '--allow', 'emtpy'], '--allow: "emtpy" cannot be allowed; did you mean empty?\n'],
    [['good', '--allow', 'failed'], '--allow: "failed" cannot be allowed; write entries_failed or empty\n'],
  ] as const;
  for (const [args, stderr] of rows)
    assert.deepEqual(await call(args), { code: 2, stdout: '', stderr, output: stderr });
  assert.deepEqual(server.requests, []);
  const unknown = await call(['good', 'goood']);
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  assert.equal(unknown.stderr, '"goood": no upload has this id or name; did you mean good?\n');
  const foreign = await call(['u8qN2QIQTO6zrZqYD2J5Bg']);
  assert.deepEqual([foreign.code, foreign.stdout], [2, '']);
  assert.match(
    foreign.stderr,
    /^u8qN2QIQTO6zrZqYD2J5Bg: NOMAD has no upload with this id \(mistyped, or deleted\); .*check lists yours\n$/,
  );
});

test('the time is up: code 6, or 1 where one is bad already, or 3 where NOMAD is away', async (context) => {
  const { call, server } = await setUp(context);
  const open = await call(['running', '--for', '1s']);
  const left = 'running: still being processed (PENDING, Parsing level 0)';
  assert.deepEqual([open.code, open.output], [6, `the time is up (1 s)\n${left}\n`]);
  const bad = await call(['running', 'broken', '--for', '1s']);
  assert.deepEqual([bad.code, bad.stdout], [1, 'entries failed: broken: 1 of 7 entries failed\n']);
  const { promise: hold, resolve } = Promise.withResolvers<undefined>();
  server.setFault(() => ({ hold }));
  const silent = await call(['running', '--for', '1s']);
  assert.deepEqual([silent.code, silent.stdout], [3, '']);
  assert.match(silent.stderr, /^the time is up \(1 s\), and NOMAD gives no answer: it has not answered yet\n/);
  resolve(undefined);
  server.setFault(() => ({ status: 503 }));
  const away = await call(['running', '--for', '1s']);
  assert.deepEqual([away.code, away.stdout], [3, '']);
  assert.match(
    away.stderr,
    /^NOMAD gives no answer: login: NOMAD answered 503; trying until the 1 s are over\nthe time is up/,
  );
  const json = await call(['--new', 'x', '--for', '1s', '--json']);
  assert.equal(json.code, 3);
  assert.match((JSON.parse(json.stdout) as { problem: string }).problem, /503/);
  server.setFault(null);
  const refused = await call(['running'], { NOMAD_PASSWORD: 'canary-wrong' });
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /^.*NOMAD refuses NOMAD_USERNAME and NOMAD_PASSWORD/);
  assert.doesNotMatch(refused.output, /canary/);
});

test('--new: the upload just made, by its name', async (context) => {
  const { call, server, now } = await setUp(context);
  succeed(addUpload(server.world, 'n1', now, { name: 'new', process: 'process_upload' }), now, 2);
  assert.equal((await call(['--new', 'new'])).stdout, 'good: new (n1): 2 entries\n');
  const old = await call(['--new', 'batch-42', '--for', '1s']);
  assert.deepEqual([old.code, old.output], [6, 'the time is up (1 s)\nno upload named batch-42 appeared\n']);
  addUpload(server.world, 'n2', now + 1, { name: 'new' });
  const two = await call(['--new', 'new']);
  const said = '--new: 2 uploads named new were made just now; wait for one by its id: n2, n1\n';
  assert.deepEqual([two.code, two.output], [2, said]);
});

test('a name of several uploads: which there are, and nothing is waited for', async (context) => {
  const { call, server, now } = await setUp(context);
  addUpload(server.world, 'n1', now, { name: 'batch-43' });
  const said = '"batch-4" could be any of 2 uploads: batch-42 (good), batch-43 (n1); write the id\n';
  assert.deepEqual(await call(['batch-4', 'bad']), { code: 2, stdout: '', stderr: said, output: said });
  assert.equal((await call(['batch-42'])).stdout, 'good: batch-42 (good): 40 entries\n');
});

test('on a terminal: how far it has come; an interrupt ends it', async (context) => {
  const { env } = await setUp(context);
  const kept = keptProcess(env, 80);
  const stopping = new AbortController();
  const ended = runCli([...WAIT, 'running'], { ...kept.process, stopping: stopping.signal });
  const shown = /\[#+\.+\] 3 of 40 entries; running: Parsing level 0/;
  await eventually('the bar', () => (shown.test(kept.stderr()) ? true : undefined));
  stopping.abort();
  assert.equal(await ended, 130);
  assert.equal(kept.stdout(), '');
});

test('beside a running monitor: its state answers, and NOMAD is not asked', { timeout: 60_000 }, async (context) => {
  const { env, call, server, running, now } = await setUp(context);
  const monitor = startProgram(context, env);
  await monitor.line(({ event }) => event === 'monitor.baseline');
  const logins = () => server.requests.filter(({ line }) => line === 'POST /auth/token').length;
  assert.equal(logins(), 1);
  assert.equal(
    (await call(['good', 'empty'])).stdout,
    'good: batch-42 (good): 40 entries\nempty: empty: no file matched a parser\n',
  );
  assert.equal((await call(['BATCH'])).stdout, 'good: batch-42 (good): 40 entries\n', 'by the beginning of its name');
  const waiting = call(['running']);
  succeed(running, Date.now(), 40);
  assert.deepEqual([(await waiting).code, (await waiting).output], [0, 'good: running: 40 entries\n']);
  assert.equal(logins(), 1);
  // What the monitor has not seen: NOMAD itself knows it.
  assert.equal((await call(['nope'])).code, 2);
  assert.equal(logins(), 2);
  succeed(addUpload(server.world, 'n1', now, { name: 'new', process: 'process_upload' }), now, 2);
  assert.equal((await call(['new'])).stdout, 'good: new (n1): 2 entries\n');
});
