// The soak in small: four hours leave nothing behind, and leaks that are planted are noticed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, PLANTS, type Plant, soakDays } from './days.ts';
import { whatGrows } from './judge.ts';
import type { Sample } from './sample.ts';
import { slope } from './slope.ts';

/** What a program gathers once counts for much in so short a time: the whole soak has a bound of 0.2 MB. The planted leak is 144 MB a day. */
const BOUNDS = { heapPerDay: 50_000_000, retentionDays: 7 };

/** Every 5 s in the whole soak. Most of these runs find nothing to do, and they were most of the work. */
const RELAYS = Object.fromEntries(['mail', 'webhook', 'chat'].map((channel) => [`relay ${channel}`, '20 * * * * *']));

async function soak(plants: readonly Plant[]): Promise<readonly string[]> {
  const { samples, taken } = await soakDays({
    days: 1 / 6,
    uploads: 30,
    pollSchedule: '*/5 * * * *',
    changesPerPoll: 2,
    retention: '7d',
    sampleEvery: DAY / 96,
    patterns: RELAYS,
    plants,
  });
  assert.ok(taken.mails > 10 && taken.hooks > 100, JSON.stringify(taken));
  return whatGrows(samples, BOUNDS);
}

test('nothing grows', { timeout: 120_000 }, async () => {
  assert.deepEqual(await soak([]), []);
});

test('leaks that are planted are noticed: memory, listeners, descriptors', { timeout: 120_000 }, async () => {
  const problems = await soak(PLANTS);
  assert.deepEqual(
    problems.map((problem) => problem.split(' grow')[0]),
    ['the heap', 'fds', 'listeners'],
  );
});

test('the slope is that of the straight line that fits best', () => {
  assert.equal(slope([]), 0);
  assert.equal(slope([{ x: 1, y: 5 }]), 0);
  assert.equal(slope([0, 1, 2, 3].map((x) => ({ x, y: 7 - 2 * x }))), -2);
  assert.equal(slope([0, 1, 2, 3].map((x) => ({ x, y: x % 2 }))), 0.2);
});

test('a state that grows beyond what RETENTION keeps is noticed, and none before that time', () => {
  const sample = (days: number, event: number): Sample => ({
    days,
    heap: 0,
    external: 0,
    rss: 0,
    fds: 20,
    resources: {},
    timers: 0,
    listeners: 5,
    rows: { event },
    database: 4096 * Math.ceil(event / 10),
    wal: 4_000_000,
  });
  const month = (events: (day: number) => number) =>
    whatGrows(
      Array.from({ length: 30 }, (_, day) => sample(day + 1, events(day + 1))),
      BOUNDS,
    );
  assert.deepEqual(
    month((day) => 100 * Math.min(day, 7)),
    [],
  );
  assert.deepEqual(
    month((day) => 100 * day).map((problem) => problem.split(' grow')[0]),
    ['bytes of the database', 'rows of event'],
  );
});
