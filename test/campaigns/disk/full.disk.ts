// The real program on real disks that are full, refuse writes or are read-only: while it runs and when it starts. Run by
// `npm run test:disk`; not part of `npm test`, which mounts nothing.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { addUpload, fail, start, succeed } from '../../../src/demo/nomad-state.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/temp.ts';
import { type Disk, refuseWrites, smallDisk } from './disk.ts';

const TIMEOUT = { timeout: 120_000 };
const UPLOADS = 60;
/** How long it is left alone with a disk that refuses: so many polls, and two runs of the relay. */
const WHILE = 11_000;

type Line = Readonly<Record<string, unknown>>;
const says = (text: string) => (line: Line) => String(line['msg']).includes(text);
const AGAIN = 'the state can be written again: resuming';

async function setUp(context: TestContext, stateDir: string) {
  const nomad = await startSimulatedNomad();
  const inbox = await startInbox();
  context.after(async () => {
    await nomad.close();
    await inbox.close();
  });
  const uploads = Array.from({ length: UPLOADS }, (_, index) => {
    const upload = addUpload(nomad.world, `u${index}`, Date.now() - 86_400_000 + index, { process: 'process_upload' });
    succeed(upload, Date.now() - 86_400_000, 3);
    return upload;
  });
  /** Each error is as large as the state takes it: together more than the log of the state has room for. */
  const failAll = () => {
    for (const upload of uploads) {
      start(upload);
      fail(
        upload,
        Date.now(),
        Array.from({ length: 20 }, (_, index) => `error ${index} ${'x'.repeat(1500)}`),
      );
    }
  };
  const env = { NOMAD_URL: nomad.url, SMTP_URL: inbox.url, STATE_DIR: stateDir };
  return { nomad, inbox, uploads, failAll, run: () => startProgram(context, env) };
}

async function get(program: Program, path: string) {
  const answer = await fetch(`${await program.url()}${path}`);
  return { code: answer.status, text: await answer.text() };
}

function errorsOf(program: Program): readonly string[] {
  return program
    .output()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
}

async function expectUnready(program: Program, reason: RegExp): Promise<void> {
  const ready = await get(program, '/readyz');
  assert.equal(ready.code, 503);
  assert.match(ready.text, reason);
  assert.deepEqual(await get(program, '/healthz'), { code: 200, text: 'ok\n' });
  assert.match((await get(program, '/metrics')).text, /^nomad_upload_monitor_deliveries_pending\{channel="mail"\} /m);
}

async function expectEnd(program: Program, stateDir: string): Promise<void> {
  program.child.kill('SIGTERM');
  assert.equal(await program.ended, 0);
  const db = new DatabaseSync(join(stateDir, 'state.sqlite'), { readOnly: true });
  assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  assert.equal(db.prepare("SELECT count(*) AS n FROM delivery WHERE state <> 'delivered'").get()?.['n'], 0);
  db.close();
}

test(
  'full while it runs, and free again: said once each, nothing lost, nothing twice, no restart',
  TIMEOUT,
  async (context) => {
    const disk = smallDisk(context, 64 * 1024);
    const { inbox, failAll, run } = await setUp(context, disk.path);
    const program = run();
    await program.line(says('delivered'));
    disk.fill();
    failAll();
    const told = await program.line(says('cannot be written'));
    assert.match(
      String(told['msg']),
      /^the state in \/\S+ cannot be written \(database or disk is full\): free some space on its disk; until then no messages are sent/,
    );
    await setTimeout(WHILE);
    assert.equal(errorsOf(program).length, 1);
    await expectUnready(program, /^the state in \/\S+ cannot be written \(database or disk is full\): free some space/);
    assert.equal(inbox.mails.length, 1, 'nothing is told that is not stored');
    disk.free();
    await program.line(says(AGAIN));
    await program.line(
      ({ msg, subject }) => msg === 'delivered' && String(subject).includes(`${UPLOADS} uploads failed`),
    );
    assert.equal((await get(program, '/readyz')).code, 200);
    assert.equal(errorsOf(program).length, 1);
    assert.equal(program.output().split(AGAIN).length, 2);
    assert.equal(inbox.mails.length, 2);
    await expectEnd(program, disk.path);
  },
);

test(
  'refused after a mail was taken, before that is noted: noted later, not sent again, and nothing else meanwhile',
  TIMEOUT,
  async (context) => {
    const stateDir = tempDir(context);
    const { inbox, uploads, run } = await setUp(context, stateDir);
    const program = run();
    await program.line(says('delivered'));
    inbox.setHooks({
      afterKeeping: () => {
        refuseWrites(program.child.pid, true);
        return Promise.resolve();
      },
    });
    const [first, second] = uploads;
    assert.ok(first !== undefined && second !== undefined);
    fail(first, Date.now(), ['KeyError: one']);
    const told = await program.line(says('cannot be written'));
    assert.match(
      String(told['msg']),
      /\(disk I\/O error\): check that its disk is not full, over quota, read-only or broken/,
    );
    inbox.setHooks({});
    fail(second, Date.now(), ['KeyError: two']);
    await setTimeout(WHILE);
    assert.equal(errorsOf(program).length, 1);
    await expectUnready(program, /^the state in \/\S+ cannot be written \(disk I\/O error\)/);
    assert.equal(inbox.mails.length, 2);
    refuseWrites(program.child.pid, false);
    await program.line(says(AGAIN));
    await program.line(({ msg, subject }) => msg === 'delivered' && String(subject).includes('two'));
    assert.deepEqual(
      inbox.mails.map(({ subject }) => subject.replace(/^.*(Now watching|one|two).*$/, '$1')),
      ['Now watching', 'one', 'two'],
    );
    assert.equal(new Set(inbox.mails.map(({ messageId }) => messageId)).size, 3);
    await expectEnd(program, stateDir);
  },
);

/** A start that cannot be: the code, and what it says. */
async function startOn(context: TestContext, stateDir: string) {
  const { run } = await setUp(context, stateDir);
  const program = run();
  const code = await program.ended;
  const lines = program.output().trimEnd().split('\n');
  return { code, lines: lines.length, said: String((JSON.parse(lines.at(-1) ?? '{}') as Line)['msg']) };
}

const STATES: Readonly<Record<string, (disk: Disk) => void>> = {
  'a new state': () => undefined,
  'a state with something pending': (disk) => {
    put(disk, 3);
  },
  'a state of an earlier schema': (disk) => {
    put(disk, 1);
  },
};

function put(disk: Disk, schema: number): void {
  copyFileSync(`test/fixtures/state/schema-${schema}.sqlite`, join(disk.path, 'state.sqlite'));
}

for (const [what, prepare] of Object.entries(STATES)) {
  test(
    `${what} on a full disk: 5 and a clear sentence, and a good start when there is room`,
    TIMEOUT,
    async (context) => {
      const disk = smallDisk(context, 2048);
      prepare(disk);
      disk.fill();
      const { code, said } = await startOn(context, disk.path);
      assert.equal(code, 5);
      assert.match(
        said,
        /^state: \/\S+ can\S* be (used|written) \(database or disk is full\); (free some space on its disk|check that its disk is not full)/,
      );
      disk.free();
      const { run } = await setUp(context, disk.path);
      const program = run();
      await program.line(says('delivered'));
      program.child.kill('SIGTERM');
      assert.equal(await program.ended, 0);
    },
  );
}

test('a read-only folder, with a state in it and without: 5 and a clear sentence', TIMEOUT, async (context) => {
  for (const prepare of Object.values(STATES)) {
    const disk = smallDisk(context, 2048);
    prepare(disk);
    disk.makeReadOnly();
    const { code, lines, said } = await startOn(context, disk.path);
    assert.deepEqual([code, lines], [5, 1]);
    assert.match(
      said,
      /^state: \/\S+ cannot be created or belongs to another user \(EROFS: read-only file system.*\); set STATE_DIR to a writable folder$/,
    );
  }
});

test(
  'no room to write a state anew so that it can shrink: it is used all the same, and the next start with room does it',
  TIMEOUT,
  async (context) => {
    const disk = smallDisk(context, 8 * 1024);
    put(disk, 3);
    const file = join(disk.path, 'state.sqlite');
    const db = new DatabaseSync(file);
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500)
    INSERT INTO refusal SELECT hex(randomblob(1000)), i FROM n`);
    db.close();
    const shrinks = () => {
      const looked = new DatabaseSync(file, { readOnly: true });
      const mode = looked.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'];
      looked.close();
      return mode === 2;
    };
    disk.resize(4.5 * 1024);
    const { run } = await setUp(context, disk.path);
    const first = run();
    await first.line(says('the state could not be rewritten so that it can shrink (database or disk is full)'));
    await first.line(says('delivered'));
    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    assert.equal(shrinks(), false);
    disk.resize(16 * 1024);
    const second = run();
    await second.line(says('watching'));
    second.child.kill('SIGTERM');
    assert.equal(await second.ended, 0);
    assert.equal(shrinks(), true);
  },
);

test('a backup onto a full disk: 2, and nothing is left of it', TIMEOUT, async (context) => {
  const [stateDir, disk] = [tempDir(context), smallDisk(context, 512)];
  copyFileSync('test/fixtures/state/schema-3.sqlite', join(stateDir, 'state.sqlite'));
  const folder = join(disk.path, 'backups');
  mkdirSync(folder);
  disk.fill();
  const env = { NOMAD_URL: 'http://127.0.0.1:9/api/v1', STATE_DIR: stateDir };
  const verb = startProgram(context, env, ['--env-file', '/dev/null', 'backup', join(folder, 'backup')]);
  assert.equal(await verb.ended, 2);
  assert.match(
    verb.output(),
    /^backup: \S+ cannot be created \(database or disk is full\); name a file in a folder that exists, is writable and has space\n$/,
  );
  assert.deepEqual(readdirSync(folder), []);
  disk.free();
  const again = startProgram(context, env, ['--env-file', '/dev/null', 'backup', join(folder, 'backup')]);
  assert.equal(await again.ended, 0);
});
