// A folder that may be written and is not ours, as OpenShift, Kubernetes (fsGroup) and shares give it. Under root we are another user of its
// group for that moment; whoever is not root cannot have such a folder, and sees that its own is closed to others.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { backUp } from '../../src/store/sqlite/backup.ts';
import { lookAtState } from '../../src/store/sqlite/inspect.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { StateError } from '../../src/store/store.ts';
import { tempDir } from '../support/temp.ts';

const OTHER = 1_000_660_000;
const BEFORE = 1_000_650_000;
const isRoot = process.geteuid?.() === 0;

/** With root's group, which the folder belongs to. */
async function asOther<T>(work: () => T | Promise<T>): Promise<T> {
  if (isRoot) process.seteuid?.(OTHER);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function folderOf(context: TestContext, mode: number): string {
  const dir = tempDir(context);
  chmodSync(dir, 0o755);
  const folder = join(dir, 'state');
  mkdirSync(folder);
  chmodSync(folder, mode);
  return folder;
}

async function opened(folder: string): Promise<readonly string[]> {
  const warnings: string[] = [];
  await openSqliteStore(folder, (note) => warnings.push(note)).close();
  return warnings.map((warning) => warning.replaceAll(folder, 'DIR').replace(/ \(EPERM[^)]*\)/, ''));
}

const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** As each mount with fsGroup leaves the files of an earlier user. */
function givenByMount(folder: string, rights: number): void {
  for (const name of readdirSync(folder)) {
    if (isRoot) chownSync(join(folder, name), BEFORE, 0);
    chmodSync(join(folder, name), rights);
  }
}

test('a folder of root and our group: state, log, lock and backup are in it, for us alone', async (context) => {
  const folder = folderOf(context, 0o2770);
  await asOther(async () => {
    const warnings: string[] = [];
    const store = openSqliteStore(folder, (note) => warnings.push(note));
    assert.deepEqual(warnings, []);
    await store.probe(1);
    for (const name of ['state.sqlite', 'state.sqlite-wal', 'lock'])
      assert.equal(mode(join(folder, name)), isRoot ? '600' : '660', name);
    assert.equal(lookAtState(folder).kind, 'in use');
    assert.ok(backUp(folder, join(folder, 'copy.sqlite')).ok);
    assert.equal(mode(join(folder, 'copy.sqlite')), '600');
    await store.close();
    assert.equal(lookAtState(folder).kind, 'usable');
  });
  assert.equal(mode(folder), '2770');
});

test('files of an earlier user that our group may write: used, and made private where that can be done', async (context) => {
  const folder = folderOf(context, 0o2770);
  await asOther(() => opened(folder));
  givenByMount(folder, 0o660);
  assert.deepEqual(await asOther(() => opened(folder)), []);
  givenByMount(folder, 0o664);
  const readable = ['lock', 'state.sqlite'].map(
    (name) =>
      `state: DIR/${name} belongs to another user, and every user of this machine may read it; run chmod o-rwx on it as its owner`,
  );
  assert.deepEqual(await asOther(() => opened(folder)), isRoot ? readable : []);
});

test('a folder that everybody may enter is said', async (context) => {
  const said =
    'state: DIR belongs to another user, and every user of this machine may enter it or list it; run chmod o-rwx on it as its owner';
  for (const rights of [0o2775, 0o777, 0o2771]) {
    const folder = folderOf(context, rights);
    assert.deepEqual(await asOther(() => opened(folder)), isRoot ? [said] : []);
  }
});

test('what cannot be written is refused with the reason, and doctor agrees', async (context) => {
  const closed = folderOf(context, 0o550);
  const refused = (expected: RegExp) => (error: unknown) => error instanceof StateError && expected.test(error.message);
  if (isRoot) {
    await asOther(() => {
      assert.throws(
        () => openSqliteStore(closed),
        refused(/lock cannot be written \(EACCES.*set STATE_DIR to a writable folder/),
      );
      const fact = lookAtState(closed);
      assert.equal(fact.kind === 'unusable' && fact.why, 'not ours');
    });
  }
  const folder = folderOf(context, 0o2770);
  await asOther(() => opened(folder));
  givenByMount(folder, isRoot ? 0o600 : 0o000);
  await asOther(() => {
    // A user who owns the files opens them again all the same.
    if (isRoot) assert.throws(() => openSqliteStore(folder), refused(/lock cannot be written \(EACCES.*chown/));
  });
});
