// What systemd is told when; and that the watchdog is fed only while the loops really move: a loop is frozen, and the feeding stops.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { serviceManagerOn, createServiceManager } from '../../../src/cli/systemd/service-manager.ts';
import type { Fields } from '../../../src/log.ts';
import { startScheduler } from '../../../src/scheduler.ts';
import { takeTime } from '../../support/time.ts';
import { createClockWatch } from '../../../src/jobs/clock-watch.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WATCHDOG = 2 * MINUTE;

function setUp(context: TestContext, watchdog: number | null = WATCHDOG) {
  const time = takeTime(context, Date.UTC(2026, 10, 25, 10, 0, 30));
  const told: string[] = [];
  const logged: string[] = [];
  const write = ({ loops }: Fields, message: string) => void logged.push(`${message} ${JSON.stringify(loops ?? [])}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const manager = serviceManagerOn((assignment) => void told.push(assignment), watchdog, log);
  /** What is told while so much time passes. */
  const during = async (milliseconds: number) => {
    const before = told.length;
    await time.pass(milliseconds);
    return told.slice(before);
  };
  return { time, told, logged, manager, during };
}

function schedule(context: TestContext, time: ReturnType<typeof takeTime>) {
  const frozen: { poll: Promise<void> | null } = { poll: null };
  const loop = (name: string, pattern: string) => ({
    name,
    pattern,
    longest: 30 * MINUTE,
    run: async () => {
      if (name === 'poll' && frozen.poll !== null) await frozen.poll;
    },
  });
  const scheduler = startScheduler({
    loops: [loop('poll', '* * * * *'), loop('relay', '*/5 * * * * *')],
    timeZone: 'UTC',
    clock: time.now,
    monotonic: time.monotonic,
    clockWatch: createClockWatch(time.now, time.monotonic),
    onError: (_, error) => {
      throw error;
    },
  });
  context.after(async () => {
    const stopped = scheduler.stop(0);
    await time.pass(SECOND);
    await stopped;
  });
  return { frozen, stuck: () => scheduler.stuck(time.now()) };
}

test('while the loops move the watchdog is fed, more than twice in its time', async (context) => {
  const { time, manager, told, during } = setUp(context);
  const { stuck } = schedule(context, time);
  manager.ready(stuck);
  assert.deepEqual(told, ['READY=1']);
  assert.deepEqual(await during(WATCHDOG), ['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
});

test('a loop is frozen: the feeding stops when it is over its time, says so once, and goes on when the loop does', async (context) => {
  const { time, manager, logged, during } = setUp(context);
  const { frozen, stuck } = schedule(context, time);
  manager.ready(stuck);
  let release: () => void = () => undefined;
  frozen.poll = new Promise<void>((resolve) => (release = resolve));
  assert.equal((await during(30 * MINUTE)).length, 60, 'a run may take 30 minutes: its length is no watchdog matter');
  assert.deepEqual(logged, []);
  assert.deepEqual((await during(2 * MINUTE)).length, 1, 'the run began half a minute after the feeding');
  assert.deepEqual(await during(10 * MINUTE), []);
  assert.deepEqual(logged, ['stalled loops: the watchdog is not notified until they continue ["poll"]']);
  frozen.poll = null;
  release();
  assert.equal((await during(WATCHDOG)).length, 4);
  assert.deepEqual(logged.slice(1), ['all loops are running again: the watchdog is notified []']);
});

test('without a watchdog none is fed', async (context) => {
  const { manager, during } = setUp(context, null);
  manager.ready(() => []);
  assert.deepEqual(await during(60 * MINUTE), []);
});

test('a reload is told from its beginning to its end', (context) => {
  const { manager, told } = setUp(context);
  manager.reload(() => void told.push('too early to be told'));
  manager.ready(() => []);
  manager.reload(() => void told.push('read'));
  manager.stopping();
  manager.reload(() => void told.push('too late to be told'));
  assert.deepEqual(told, [
    'too early to be told',
    'READY=1',
    'RELOADING=1',
    'read',
    'READY=1',
    'STATUS=shutting down: finishing running jobs',
    'STOPPING=1',
    'too late to be told',
  ]);
});

test('the line is told as it is; none after the end, and one that cannot be made is logged', async (context) => {
  const { manager, told, logged, during } = setUp(context);
  manager.report(async () => 'polled');
  await during(0);
  assert.deepEqual(told, ['STATUS=polled']);
  manager.report(() => Promise.reject(new Error('closed')));
  await during(0);
  assert.deepEqual(logged, ['the status line could not be written []']);
  manager.ready(() => []);
  manager.report(async () => 'polled again');
  manager.stopping();
  assert.deepEqual(await during(60 * MINUTE), []);
  assert.deepEqual(told.slice(-2), ['STATUS=shutting down: finishing running jobs', 'STOPPING=1']);
});

test('without systemd nothing is done but the work', async (context) => {
  const { logged } = setUp(context);
  const write = (_: Fields, message: string) => void logged.push(message);
  const manager = createServiceManager(null, { debug: write, info: write, warn: write, error: write });
  let done = 0;
  manager.ready(() => []);
  manager.report(() => Promise.reject(new Error('asked for')));
  manager.reload(() => (done += 1));
  manager.stopping();
  assert.equal(done, 1);
  assert.deepEqual(logged, []);
});
