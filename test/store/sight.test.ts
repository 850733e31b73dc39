// What a state says of a few uploads, beside its monitor: their rows alone, what became of those that are gone, how fresh it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY } from '../../src/domain/nomad/health.ts';
import { isInUse, sightInState } from '../../src/store/sqlite/inspect.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { MINUTE, T0, event, watched } from '../support/builders.ts';
import { tempDir } from '../support/temp.ts';

const IDENTITY = { userId: 'ada', email: null };

test('what a state says of a few uploads', async (context) => {
  const dir = tempDir(context);
  assert.equal(isInUse(dir), false);
  assert.equal(await sightInState(dir, 'd', 'login', ['u1']), null);
  const store = openSqliteStore(dir);
  context.after(() => store.close());
  assert.equal(isInUse(dir), true);
  const sight = (ids: readonly string[]) => sightInState(dir, 'd', 'login', ids);
  assert.equal(await sight(['u1']), null);

  const { id } = await store.openAccount('d', 'ada', T0);
  const health = { ...HEALTHY, identity: IDENTITY, lookedAt: T0 + MINUTE };
  const [u1, u2] = [watched(), watched({ id: 'u2' })];
  const poll = { account: id, login: 'd login', health, takenAt: T0, now: T0, events: [], notifications: [] };
  await store.commitPoll({ ...poll, comparedWith: null, changed: [u1, u2], removed: [] });
  const first = await sight(['u1', 'nope']);
  assert.deepEqual([...(first?.uploads ?? [])], [['u1', u1]]);
  assert.deepEqual([first?.sequence, first?.polledAt, first?.total, first?.gone.size], [1, T0 + MINUTE, 2, 0]);

  const failing = { since: T0, problem: '503', told: false };
  const gone = event({ kind: 'upload.deleted' });
  const bad = { ...poll, health: { ...health, failing }, comparedWith: 1 };
  await store.commitPoll({ ...bad, changed: [], removed: ['u1'], events: [gone] });
  const second = await sight(['u1', 'u2']);
  assert.deepEqual([...(second?.uploads.keys() ?? [])], ['u2']);
  assert.deepEqual([...(second?.gone ?? [])], [['u1', 'deleted']]);
  assert.deepEqual([second?.sequence, second?.polledAt, second?.health.failing], [2, null, failing]);
});
