// The monitor's own poll on a real NOMAD, and which kinds of events it finds.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createPoll } from '../../../src/jobs/poll.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { routing } from '../../support/routing.ts';
import { tempDir } from '../../support/temp.ts';
import { wireTo } from './cases.ts';
import type { RealNomad } from './start.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Polls, and says which kinds of events were found. */
export async function watching(real: RealNomad, context: TestContext, stuckAfter = 7_200_000) {
  const { nomad, clock } = wireTo(real, context);
  const store = openSqliteStore(tempDir(context));
  context.after(() => store.close());
  const poll = createPoll({
    nomad,
    store,
    log: silent,
    deployment: real.url,
    login: 'ada',
    routing: routing(),
    stuckAfter,
    unreachableAfter: 600_000,
    sweepAfter: (time) => time + 900_000,
    clock,
    monotonic: () => performance.now(),
    random: () => 0.5,
  });
  return async () => {
    const outcome = await poll.runOnce(clock());
    assert.equal(outcome.result, 'ok');
    return outcome.events.map(({ kind }) => kind);
  };
}
