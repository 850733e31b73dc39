// A state whose log was left behind: it is said that it begins anew, and never at a true first start; a log without its file is kept.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { openSqliteOperator } from '../../src/store/sqlite/attach.ts';
import { backUp } from '../../src/store/sqlite/backup.ts';
import { lookAtState } from '../../src/store/sqlite/inspect.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { type Store, StateError } from '../../src/store/store.ts';
import { T0 } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

const ANEW =
  /^state: \S+state\.sqlite was there before and holds nothing, so watching begins anew .* state\.sqlite-wal .* backup$/;

function opened(folder: string) {
  const warnings: string[] = [];
  return { store: openSqliteStore(folder, (note) => warnings.push(note)), warnings };
}

/** Opens it and closes it again. */
async function warningsOf(folder: string): Promise<readonly string[]> {
  const { store, warnings } = opened(folder);
  await store.close();
  return warnings;
}

function copied(from: string, context: TestContext, isWanted: (name: string) => boolean): string {
  const to = join(tempDir(context), 'state');
  mkdirSync(to);
  for (const name of readdirSync(from)) if (isWanted(name)) copyFileSync(join(from, name), join(to, name));
  return to;
}

const used = (store: Store) => store.openAccount('https://n/api/v1', 'ada', T0);
const alone = (name: string) => name === 'state.sqlite';
const whole = (name: string) => name.startsWith('state.sqlite');

async function running(context: TestContext, folder = join(tempDir(context), 'state')) {
  const { store, warnings } = opened(folder);
  context.after(() => store.close());
  await used(store);
  return { folder, warnings };
}

test('a first start, one that was ended before its first poll, and the next ones: nothing is said', async (context) => {
  const folder = join(tempDir(context), 'state');
  for (let starts = 0; starts < 3; starts += 1) assert.deepEqual(await warningsOf(folder), []);
  const { store, warnings } = opened(folder);
  await used(store);
  await store.close();
  assert.deepEqual([...warnings, ...(await warningsOf(folder))], []);
});

test('a first start that was killed: its log is there, and nothing is said', async (context) => {
  const folder = join(tempDir(context), 'state');
  const { store } = opened(folder);
  context.after(() => store.close());
  assert.deepEqual(await warningsOf(copied(folder, context, whole)), []);
});

test('copied while it runs: with its log nothing is said, without it that it begins anew, once', async (context) => {
  const { folder } = await running(context);
  assert.equal(statSync(join(folder, 'state.sqlite')).size, 4096);
  assert.deepEqual(await warningsOf(copied(folder, context, whole)), []);
  const copy = copied(folder, context, alone);
  const [said, ...others] = await warningsOf(copy);
  assert.match(said ?? '', ANEW);
  assert.deepEqual([...others, ...(await warningsOf(copy))], []);
});

test('the same after a first start that was cut short, whose tables are in the file', async (context) => {
  const folder = join(tempDir(context), 'state');
  await warningsOf(folder);
  await running(context, folder);
  const [said] = await warningsOf(copied(folder, context, alone));
  assert.match(said ?? '', ANEW);
});

test('a backup, and a copy of a stopped monitor, hold everything', async (context) => {
  const { folder } = await running(context);
  const to = join(tempDir(context), 'state');
  mkdirSync(to);
  assert.ok(backUp(folder, join(to, 'state.sqlite')).ok);
  assert.deepEqual(await warningsOf(to), []);
  assert.deepEqual(await warningsOf(copied(to, context, alone)), []);
});

test('an empty file, and one whose account is gone', async (context) => {
  const empty = join(tempDir(context), 'state');
  mkdirSync(empty);
  writeFileSync(join(empty, 'state.sqlite'), '');
  assert.match((await warningsOf(empty)).join('\n'), ANEW);

  const folder = join(tempDir(context), 'state');
  const { store } = opened(folder);
  await used(store);
  await store.close();
  const db = new DatabaseSync(join(folder, 'state.sqlite'));
  db.exec('DELETE FROM account');
  db.close();
  assert.match((await warningsOf(folder)).join('\n'), ANEW);
});

test('a log without its file: nothing opens it, and not a byte of it is lost', async (context) => {
  const { folder } = await running(context);
  for (const isMissing of [true, false]) {
    const copy = copied(folder, context, whole);
    const [file, log] = [join(copy, 'state.sqlite'), join(copy, 'state.sqlite-wal')];
    rmSync(file);
    rmSync(`${file}-shm`, { force: true });
    if (!isMissing) writeFileSync(file, '');
    const before = readFileSync(log);
    const refused = (error: unknown) =>
      error instanceof StateError &&
      /(state\.sqlite is (missing|empty), and .*-wal beside it|none in)/.test(error.message);
    assert.throws(() => openSqliteStore(copy), refused);
    assert.throws(() => openSqliteOperator(copy), refused);
    assert.throws(() => backUp(copy, join(copy, 'backup')), refused);
    const fact = lookAtState(copy);
    assert.match(
      fact.kind === 'unusable' ? fact.problem : fact.kind,
      /-wal beside it has commits that are nowhere else/,
    );
    assert.deepEqual(readFileSync(log), before);
    assert.equal(existsSync(file), !isMissing);
  }
});
