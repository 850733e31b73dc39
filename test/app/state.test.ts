// Which instances share a state: the group is the same for all that log in to one NOMAD in the same way, and tells nothing of either.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { openState } from '../../src/app/state.ts';
import { tempDir } from '../support/temp.ts';

/** No server is asked before the state is used. */
async function groupOf(context: TestContext, variables: Readonly<Record<string, string>>): Promise<string | null> {
  const login = { NOMAD_USERNAME: 'ada', NOMAD_PASSWORD: 'secret', STATE_DIR: tempDir(context) };
  const parsed = parseConfig({ ...login, ...variables }, { scheduleProblem: () => null });
  assert.ok('config' in parsed);
  const quiet = { warn: () => undefined, onLead: () => undefined };
  const state = openState({
    config: parsed.config,
    clock: () => 0,
    monotonic: () => 0,
    ...quiet,
  });
  await state.close();
  return state.group;
}

const DATABASE_URL = 'postgres://monitor:secret@db1.lab.example/monitor';

test('a group is of NOMAD and login, whichever way leads to the database', async (context) => {
  const group = await groupOf(context, { DATABASE_URL });
  assert.match(group ?? '', /^[0-9a-f]{8}$/);
  const same = {
    DATABASE_URL: 'postgres://other:word@db2.lab.example:5433,db1.lab.example/monitor',
    HTTP_PORT: '9698',
  };
  assert.equal(await groupOf(context, same), group);
  const others = [{ NOMAD_USERNAME: 'grace' }, { NOMAD_URL: 'https://oasis.lab.example/nomad-oasis/api/v1' }];
  for (const other of others) assert.notEqual(await groupOf(context, { DATABASE_URL, ...other }), group);
});

test('an instance with SQLite has its state alone', async (context) => {
  assert.equal(await groupOf(context, {}), null);
});
