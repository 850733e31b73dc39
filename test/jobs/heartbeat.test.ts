// The heartbeat of several accounts: one for all of them, not one for each of their polls.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { createHeartbeatJob } from '../../src/jobs/heartbeat.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

for (const { apart, beats } of [
  { apart: 0, beats: 10 },
  { apart: 30_000, beats: 2 },
]) {
  test(`ten good polls within 45 s, heartbeats ${apart / 1000} s apart: ${beats} of them`, async () => {
    let [now, count] = [0, 0];
    const heartbeat = {
      send: () => {
        count += 1;
        return Promise.resolve({ result: 'delivered' } as const);
      },
    };
    const beat = createHeartbeatJob({ heartbeat, log, monotonic: () => now, apart: () => apart });
    for (; now <= 45_000; now += 5000) {
      beat();
      await setImmediate();
    }
    assert.equal(count, beats);
  });
}
