// `report` as people use it: beside the running monitor, with NOMAD there, away and hanging; the same text in the mail and on the page.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startInbox } from '../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../src/demo/nomad-server.ts';
import { ADA, addUpload } from '../../src/demo/nomad-state.ts';
import { version } from '../../src/cli/installation.ts';
import { callCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram, usualEnv } from '../support/program.ts';
import { tempDir } from '../support/temp.ts';

const TIMEOUT = { timeout: 60_000 };
const HOUR = 3_600_000;

async function setUp(context: TestContext) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  addUpload(nomad.world, 'u1', Date.now() - HOUR, {
    name: 'batch-42',
    process: 'process_upload',
    status: 'PENDING',
    message: 'Parsing level 0',
    entries: 6,
    failing: [{ id: 'e1', mainfile: 'a/OUTCAR', parser: 'parsers/vasp', error: 'KeyError: \u001b[31mx' }],
    parsing: {
      done: new Set([0, 1, 2]),
      level: [0, 1, 2, 3, 4, 5],
      at: 3,
      message: 'Parsing mainfile',
      isEnding: false,
    },
  });
  addUpload(nomad.world, 'u2', Date.now() - HOUR, { name: 'fine', status: 'SUCCESS', completeTime: Date.now() - HOUR });
  const STATE_DIR = join(tempDir(context), 'state');
  const env = usualEnv({ NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR, STUCK_AFTER: '1m' });
  const verb = (...args: readonly string[]) => callCli(['--env-file', '/dev/null', ...args], env);
  return { nomad, inbox, env, verb };
}

test('a report beside the running monitor', TIMEOUT, async (context) => {
  const { nomad, env, verb } = await setUp(context);
  const before = await verb('report', 'u1');
  assert.deepEqual([before.code, before.stdout], [5, '']);
  const program = startProgram(context, env);
  await program.line(({ event }) => event === 'monitor.baseline');

  const good = await verb('report', 'u1');
  assert.deepEqual([good.code, good.stderr], [0, '']);
  const lines = good.stdout.split('\n');
  const expected = [
    /^About the upload batch-42 to NOMAD$/,
    /^$/,
    /^Deployment: {5}http:\/\/127\.0\.0\.1:\d+\/prod\/v1\/api\/v1$/,
    /^NOMAD: {10}version 2\.0\.0, processes with Temporal$/,
    new RegExp(`^Seen by: {8}nomad-upload-monitor ${version()}, as of .* UTC$`),
    /^$/,
    /^Upload: {9}batch-42$/,
    /^Upload id: {6}u1$/,
    /^Address: {8}http:\/\/127\.0\.0\.1:\d+\/prod\/v1\/gui\/user\/uploads\/upload\/id\/u1$/,
    /^Main author: {4}Ada Lovelace$/,
    /^State: {10}PENDING, process_upload$/,
    /^Since: {10}.* UTC \(\d+ s\)$/,
    /^Last message: {3}Parsing level 0$/,
    /^Entries: {8}6, 3 not done, 1 failed$/,
    /^Not done: {7}run-2\/vasprun\.xml \(parsers\/vasp, entry id u1-entry-2\): READY, Parsing mainfile$/,
    /^ {16}run-3\/vasprun\.xml \(parsers\/vasp, entry id u1-entry-3\): READY$/,
    /^ {16}run-4\/vasprun\.xml \(parsers\/vasp, entry id u1-entry-4\): READY$/,
    /^Failed: {9}a\/OUTCAR \(parsers\/vasp, entry id e1\): KeyError: \[31mx$/,
    /^What was tried: not known: nothing was seen of it$/,
    /^$/,
  ];
  assert.equal(lines.length, expected.length, good.stdout);
  for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? '', pattern);

  const both = JSON.parse((await verb('report', 'u1', 'fine', 'batch', '--json')).stdout) as Record<string, unknown>;
  assert.match(String(both['text']), /^About 2 uploads to NOMAD\n[^]*\nUpload: +fine\nUpload id: +u2\n/);
  assert.deepEqual(
    [both['upload_ids'], both['nomad_version'], both['nomad_asked'], both['problem']],
    [['u1', 'u2'], '2.0.0', true, null],
  );

  const wrong = await verb('report', 'u1', 'u3');
  assert.deepEqual(
    [wrong.code, wrong.stdout, wrong.stderr],
    [2, '', '"u3": no upload has this id or name; did you mean u1?\n'],
  );
  assert.equal((await verb('report')).code, 2);

  nomad.setFault(({ path }) => (path.endsWith('/entries') ? { status: 500 } : undefined));
  const partly = await verb('report', 'u1');
  assert.match(partly.stdout, /^NOMAD: +version 2\.0\.0, .*$/m);
  assert.match(partly.stdout, /^Not asked: +NOMAD could not be asked for more: no usable answer about entries$/m);

  await nomad.close();
  const away = await verb('report', 'u1', '--json');
  assert.equal(away.code, 0);
  const { text, nomad_asked, problem } = JSON.parse(away.stdout) as Record<string, unknown>;
  assert.equal(nomad_asked, false);
  assert.match(String(problem), /ECONNREFUSED/);
  assert.match(String(text), /^NOMAD: +1\.4 or later \(version not known\), processes with Temporal$/m);
  assert.match(String(text), /^Not asked: +NOMAD could not be asked for more: .*ECONNREFUSED/m);
  assert.match(String(text), /^Entries: +6$/m);
});

test('a wrong password: from the state, and it says so', TIMEOUT, async (context) => {
  const { env, verb } = await setUp(context);
  const program = startProgram(context, env);
  await program.line(({ event }) => event === 'monitor.baseline');
  const said = await callCli(['--env-file', '/dev/null', 'report', 'u1'], { ...env, NOMAD_PASSWORD: 'canary-wrong' });
  assert.equal(said.code, 0);
  assert.match(said.stdout, /^Not asked: +NOMAD could not be asked for more: .*Incorrect username or password/m);
  assert.doesNotMatch(said.output, /canary/);
  assert.equal((await verb('report', 'u2')).code, 0);
});

test('stuck: the same text in the mail and on the page', TIMEOUT, async (context) => {
  const { inbox, env } = await setUp(context);
  const program = startProgram(context, { ...env, STUCK_AFTER: '2s' });
  await program.line(({ event }) => event === 'upload.stuck');
  const mail = await eventually('the mail', () => inbox.mails.find(({ subject }) => subject.includes('is stuck')));
  const [, block = ''] = mail.text.split("For NOMAD's administrators, ready to copy:");
  assert.match(block, /^\n\n {4}About the upload batch-42 to NOMAD: stuck\n\n {4}Deployment: +http/);
  assert.match(block, /\n {4}Upload id: {6}u1\n/);
  assert.match(mail.html, /<pre [^>]*>About the upload batch-42 to NOMAD: stuck\n\nDeployment: /);
  assert.deepEqual(mail.to, [ADA.email]);
  const page = await (await fetch(`${await program.url()}/uploads/u1`)).text();
  assert.match(page, /<pre[^>]*>About the upload batch-42 to NOMAD: stuck\n/);
  // What NOMAD knows, and what the monitor saw.
  for (const text of [block.replaceAll('\n    ', '\n'), page]) {
    assert.match(text, /^NOMAD: +version 2\.0\.0, processes with Temporal$/m);
    assert.match(text, /^Not done: +run-\d\/vasprun\.xml \(parsers\/vasp, entry id \S+\): READY/m);
    assert.match(text, /^What was tried: found stuck on /m);
  }
  const fine = await (await fetch(`${await program.url()}/uploads/u2`)).text();
  assert.doesNotMatch(fine, /<details/);
});
