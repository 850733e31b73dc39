// A backup beside a store that is written as fast as it can be: whole, of one committed moment, and it goes on from there.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { backUp } from '../../src/store/sqlite/backup.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { StateError } from '../../src/store/store.ts';
import { checkImage } from '../campaigns/crash-images/check.ts';
import { startWriter } from '../campaigns/crash-images/process.ts';
import { startTwin } from '../campaigns/crash-images/twin.ts';
import { tempDir } from '../support/temp.ts';

const STORE = resolve(import.meta.dirname, '../../src/store/sqlite/store.ts');
const BACKUPS = 3;

test('taken while another process writes, restored, opened: what was stored at one moment, and it goes on', async (context) => {
  const dir = tempDir(context);
  const [stateDir, notes] = [join(dir, 'state'), join(dir, 'notes')];
  mkdirSync(stateDir);
  const writer = startWriter({ stateDir, notes, seed: 7, module: STORE });
  context.after(() => writer.kill());
  const done: string[] = [];
  const until = async (count: number) => {
    while (done.length < count) {
      // Stopped again at once, it would do nothing but be stopped.
      await pause(5);
      done.push(...(await writer.stop(({ done: more }) => Promise.resolve(more))));
    }
  };
  const noted = () => readFileSync(notes, 'utf8').split('\n').length - 1;
  const backups: { readonly file: string; readonly least: number; readonly limit: number }[] = [];
  while (backups.length < BACKUPS) {
    await until(done.length + 30);
    const [file, least] = [join(dir, `backup-${backups.length}`), noted()];
    assert.equal(backUp(stateDir, file).ok, true);
    // One more may be stored and not noted yet.
    backups.push({ file, least, limit: noted() + 1 });
  }
  const needed = (backups.at(-1)?.limit ?? 0) + 1;
  await until(needed);
  await writer.kill();

  const twin = await startTwin(join(dir, 'twin'), 7);
  context.after(() => twin.close());
  // On a busy machine the writer has done far more by now, and each step of the twin looks at all that there is.
  await twin.follow(done.slice(0, needed));
  for (const { file, least, limit } of backups) {
    const restored = `${file}-restored`;
    mkdirSync(restored);
    copyFileSync(file, join(restored, 'state.sqlite'));
    const demand = { open: openSqliteStore, momentsOf: twin.momentsOf, least, limit };
    const { held, problems } = await checkImage(restored, demand);
    assert.deepEqual(problems, []);
    context.diagnostic(`holds ${String(held)} use-cases; ${least} were done when it began, ${limit - 1} when it ended`);
  }
});

test('the file is private, and nothing else is left beside it or of it in the state', async (context) => {
  const [stateDir, dir] = [tempDir(context), tempDir(context)];
  const store = openSqliteStore(stateDir);
  context.after(() => store.close());
  const before = readdirSync(stateDir).sort();
  const file = join(dir, 'backup');
  const made = backUp(stateDir, file);
  assert.deepEqual(made, { ok: true, bytes: statSync(file).size });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dir), ['backup']);
  assert.deepEqual(readdirSync(stateDir).sort(), before);
});

test('a file that is there stays as it is; a folder that is not there is named; nothing is left', (context) => {
  const [stateDir, dir] = [tempDir(context), tempDir(context)];
  void openSqliteStore(stateDir).close();
  const file = join(dir, 'backup');
  writeFileSync(file, 'of yesterday');
  const there = backUp(stateDir, file);
  assert.match(there.ok ? '' : there.problem, /backup already exists; name another file/);
  assert.equal(readFileSync(file, 'utf8'), 'of yesterday');
  const nowhere = backUp(stateDir, join(dir, 'no', 'backup'));
  assert.match(nowhere.ok ? '' : nowhere.problem, /cannot be created \(ENOENT.*name a file in a folder that exists/);
  assert.deepEqual(readdirSync(dir), ['backup']);
});

test('a state that is not there, is damaged or is none: told as the state, and nothing is left', async (context) => {
  const [stateDir, dir] = [tempDir(context), tempDir(context)];
  const file = join(dir, 'backup');
  assert.throws(() => backUp(stateDir, file), { message: /none in/ });
  await openSqliteStore(stateDir).close();
  const state = join(stateDir, 'state.sqlite');
  const bytes = readFileSync(state);
  writeFileSync(state, 'no database at all, but some text of some length, so that it is read. '.repeat(20));
  assert.throws(() => backUp(stateDir, file), StateError);
  // All pages but the first, which holds the schema.
  writeFileSync(state, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 7)]));
  assert.throws(() => backUp(stateDir, file), StateError);
  writeFileSync(state, bytes);
  const db = new DatabaseSync(state);
  db.exec('PRAGMA user_version = 99');
  db.close();
  assert.throws(() => backUp(stateDir, file), { message: /newer version/ });
  assert.deepEqual(readdirSync(dir), []);
});

test('a state of an earlier schema is backed up as it is', (context) => {
  const [stateDir, dir] = [tempDir(context), tempDir(context)];
  copyFileSync(join(import.meta.dirname, '../fixtures/state/schema-1.sqlite'), join(stateDir, 'state.sqlite'));
  const file = join(dir, 'backup');
  assert.equal(backUp(stateDir, file).ok, true);
  const db = new DatabaseSync(file, { readOnly: true });
  assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 1);
  db.close();
});
