// What only a leader does is left out by the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whenLeading } from '../../src/jobs/leading.ts';
import { NotLeading } from '../../src/store/leadership.ts';
import { logger } from '../support/logger.ts';

test('what only a leader does is left out by others; one that lost the lead in the middle says so and goes on', async () => {
  const { log, logged } = logger();
  const leads = { now: false };
  const only = whenLeading({ isLeading: () => leads.now }, log);
  const runs: number[] = [];
  const { signal } = new AbortController();
  const run = only(async (now) => void runs.push(now));
  await run(1, signal);
  leads.now = true;
  await run(2, signal);
  assert.deepEqual(runs, [2]);
  await only(async () => {
    throw new NotLeading('another one leads');
  })(3, signal);
  assert.match(JSON.stringify(logged), /another one leads/);
  await assert.rejects(
    only(async () => {
      throw new Error('a fault of ours');
    })(4, signal),
    /a fault of ours/,
  );
});
