import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Loop } from '../src/jobs/schedule.ts';
import { scheduleProblem, startScheduler } from '../src/scheduler.ts';
import { createClockWatch } from '../src/jobs/clock-watch.ts';

const NEVER_SOON = '0 0 1 1 *';

function schedule(run: Loop['run'], onSkip?: () => void) {
  const time = { now: Date.now() };
  const errors: unknown[] = [];
  const loop: Loop = {
    name: 'poll',
    pattern: NEVER_SOON,
    longest: 60_000,
    run,
    ...(onSkip === undefined ? {} : { onSkip }),
  };
  const scheduler = startScheduler({
    loops: [loop],
    timeZone: 'UTC',
    clock: () => time.now,
    monotonic: () => time.now,
    clockWatch: createClockWatch(
      () => time.now,
      () => time.now,
    ),
    onError: (_, error) => errors.push(error),
  });
  return { time, errors, scheduler };
}

test('a run that comes due while one is running is skipped and counted', async () => {
  let [runs, skipped] = [0, 0];
  let release: () => void = () => undefined;
  const { scheduler } = schedule(
    async () => {
      runs += 1;
      await new Promise<void>((resolve) => (release = resolve));
    },
    () => (skipped += 1),
  );
  const first = scheduler.trigger('poll');
  await scheduler.trigger('poll');
  assert.deepEqual([runs, skipped], [1, 1]);
  release();
  await first;
  const second = scheduler.trigger('poll');
  assert.equal(runs, 2);
  release();
  await second;
  await scheduler.stop(0);
});

test('a run that fails never ends the schedule', async () => {
  let runs = 0;
  const { scheduler, errors } = schedule(async () => {
    runs += 1;
    throw new Error('broken');
  });
  await scheduler.trigger('poll');
  await scheduler.trigger('poll');
  assert.deepEqual([runs, errors.length], [2, 2]);
  await scheduler.stop(0);
});

test('a run that takes too long is named; after stop nothing starts', async () => {
  let runs = 0;
  let release: () => void = () => undefined;
  const { scheduler, time } = schedule(async () => {
    runs += 1;
    await new Promise<void>((resolve) => (release = resolve));
  });
  const run = scheduler.trigger('poll');
  time.now += 59_000;
  assert.deepEqual(scheduler.stuck(time.now), []);
  time.now += 2000;
  assert.deepEqual(scheduler.stuck(time.now), ['poll']);
  release();
  await run;
  assert.deepEqual(scheduler.stuck(time.now), []);
  await scheduler.stop(0);
  await scheduler.trigger('poll');
  assert.equal(runs, 1);
});

test('what is cut is told so', async () => {
  const { scheduler } = schedule(
    (_now, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
  );
  const run = scheduler.trigger('poll');
  await scheduler.stop(1);
  await run;
});

test('cron patterns', () => {
  assert.equal(scheduleProblem('* * * * *'), null);
  assert.equal(scheduleProblem('*/2 * * * * *'), null);
  assert.match(scheduleProblem('often') ?? '', /is not a valid cron pattern/);
  assert.match(scheduleProblem('0 0 30 2 *') ?? '', /never occurs/);
});

test('loops with one pattern are each their own: one that is taken away leaves the other its times', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });
  const runs: string[] = [];
  const loopOf = (name: string): Loop => ({
    ...{ name, pattern: '* * * * * *', longest: 60_000 },
    run: async () => void runs.push(name),
  });
  const second = () => {
    context.mock.timers.tick(1000);
    return new Promise((resolve) => setImmediate(resolve));
  };
  const scheduler = startScheduler({
    ...{ loops: [loopOf('ada'), loopOf('grace')], timeZone: 'UTC', clock: Date.now, monotonic: Date.now },
    clockWatch: createClockWatch(Date.now, Date.now),
    onError: (_, error) => assert.fail(String(error)),
  });
  await second();
  assert.deepEqual(runs, ['ada', 'grace']);
  await scheduler.remove('ada');
  await second();
  assert.deepEqual(runs, ['ada', 'grace', 'grace']);
  scheduler.add(loopOf('lise'));
  await second();
  assert.deepEqual(runs.slice(3), ['grace', 'lise']);
  await scheduler.remove('grace');
  await scheduler.remove('lise');
  context.mock.timers.tick(5000);
  assert.equal(runs.length, 5, 'nobody is left');
  await scheduler.stop(0);
});

test('a loop that is removed is aborted, and gone; another one goes on', async () => {
  const { scheduler, errors } = schedule(() => Promise.resolve());
  const seen: string[] = [];
  scheduler.add({
    ...{ name: 'long', pattern: NEVER_SOON, longest: 60_000 },
    run: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          seen.push('aborted');
          resolve();
        });
      }),
  });
  const running = scheduler.trigger('long');
  await scheduler.remove('long');
  await running;
  await scheduler.trigger('long');
  await scheduler.trigger('poll');
  assert.deepEqual([seen, errors], [['aborted'], []]);
  await scheduler.stop(0);
});
