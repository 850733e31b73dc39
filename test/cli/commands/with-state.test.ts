// What ends a command while it works on the state is told with what to do, and has its code; a bug of ours stays one.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { withState } from '../../../src/cli/commands/with-state.ts';
import { knownVersion } from '../../../src/store/sqlite/schema-version.ts';
import { StateNotWrittenError } from '../../../src/store/store.ts';
import { keptProcess } from '../../support/cli.ts';
import { tempDir } from '../../support/temp.ts';

async function ended(context: TestContext, error: Error) {
  const dir = tempDir(context);
  copyFileSync(`test/fixtures/state/schema-${knownVersion()}.sqlite`, join(dir, 'state.sqlite'));
  const envFile = join(dir, 'env');
  writeFileSync(envFile, `STATE_DIR=${dir}\nNOMAD_USERNAME=ada\nNOMAD_PASSWORD=secret\n`, { mode: 0o600 });
  const { process: io, stderr } = keptProcess();
  const code = await withState({ envFile, account: null, io, ofOne: false }, () => Promise.reject(error));
  return { code, told: stderr() };
}

test('the disk or the database that refuses says itself what to do', async (context) => {
  const error = new StateNotWrittenError('the state cannot be written: free some space on its disk');
  assert.deepEqual(await ended(context, error), { code: 5, told: `${error.message}\n` });
});

test('SQLite says only what it met: doctor knows more', async (context) => {
  const error = Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR' });
  const { code, told } = await ended(context, error);
  assert.equal(code, 5);
  assert.equal(told, 'state: database is locked\nWhat is wrong and what to do about it: npm run -s cli -- doctor\n');
});

test('anything else is a bug', async (context) => {
  await assert.rejects(ended(context, new TypeError('x is not a function')), /x is not a function/);
});
