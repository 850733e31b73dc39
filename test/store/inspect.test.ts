// The look at a state that is not ours to write: under root it is taken as another user for that moment.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { lookAtState, refusalNotes } from '../../src/store/sqlite/inspect.ts';
import { T0 } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

const NOBODY = 65_534;

function asNobody<T>(work: () => T): T {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a folder that may not be written, and one of somebody else', (context) => {
  const dir = tempDir(context);
  const folder = join(dir, 'state');
  mkdirSync(folder);
  chmodSync(dir, 0o755);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    const fact = asNobody(() => lookAtState(folder));
    assert.equal(fact.kind === 'unusable' && fact.why, 'not ours');
    chownSync(folder, NOBODY, NOBODY);
  }
  chmodSync(folder, 0o500);
  const fact = asNobody(() => lookAtState(folder));
  assert.equal(fact.kind === 'unusable' && fact.why, 'not writable');
});

test('a look leaves nothing behind; refused logins are kept where there is a state, also beside its monitor', async (context) => {
  const folder = join(tempDir(context), 'state');
  const notes = refusalNotes(folder);
  await notes.add('ada', T0);
  assert.deepEqual(await notes.recent('ada', 0), []);
  assert.equal(lookAtState(folder).kind, 'usable');
  assert.deepEqual(readdirSync(join(folder, '..')), []);

  const store = openSqliteStore(folder);
  assert.equal(lookAtState(folder).kind, 'in use');
  await notes.add('ada', T0);
  assert.deepEqual(await store.recentRefusals('ada', 0), [T0]);
  await store.addRefusal('ada', T0 + 1);
  assert.deepEqual(await notes.recent('ada', T0 + 1), [T0 + 1]);
  assert.deepEqual(await notes.recent('grace', 0), []);
  await store.close();
  const files = readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mode.toString(8)}`);
  assert.deepEqual(lookAtState(folder), {
    kind: 'usable',
    at: join(folder, 'state.sqlite'),
    isNew: false,
    isOlder: false,
  });
  assert.deepEqual(
    readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mode.toString(8)}`),
    files,
  );
});
