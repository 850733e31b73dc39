// The schedule while the clock is set, while the machine sleeps, and through the changes to and from summer time.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nextTime, startScheduler } from '../src/scheduler.ts';
import { takeTime } from './support/time.ts';
import { createClockWatch } from '../src/jobs/clock-watch.ts';

const SECOND = 1000;
const STEP = 5 * SECOND;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 10, 20, 10, 0, 30);

function setUp(context: TestContext, begin = T0, only = ['poll', 'relay', 'prune']) {
  const time = takeTime(context, begin);
  const runs: Record<string, number> = { poll: 0, relay: 0, prune: 0 };
  const busy: { until: Promise<void> | null } = { until: null };
  const loop = (name: string, pattern: string) => ({
    name,
    pattern,
    longest: 30 * MINUTE,
    run: async () => {
      runs[name] = (runs[name] ?? 0) + 1;
      if (name === 'poll' && busy.until !== null) await busy.until;
    },
  });
  const loops = [loop('poll', '* * * * *'), loop('relay', '*/5 * * * * *'), loop('prune', '17 3 * * *')];
  const scheduler = startScheduler({
    loops: loops.filter(({ name }) => only.includes(name)),
    timeZone: 'Europe/Berlin',
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
  /** Lets the time pass in small steps, and tells all that was ever called stuck. */
  const watch = async (milliseconds: number) => {
    const stuck = new Set<string>();
    for (let passed = 0; passed < milliseconds; passed += STEP) {
      for (const name of scheduler.stuck(time.now())) stuck.add(name);
      await time.pass(STEP);
    }
    return [...stuck];
  };
  return { time, runs, busy, scheduler, watch };
}

for (const [what, by] of [
  ['3 hours ahead', 3 * HOUR],
  ['3 hours back', -3 * HOUR],
  ['2 days ahead', 48 * HOUR],
  ['2 days back', -48 * HOUR],
  ['30 seconds ahead', 30 * SECOND],
  ['30 seconds back', -30 * SECOND],
  ['50 years back', -50 * 365 * 24 * HOUR],
] as const) {
  test(`the clock is set ${what}: every loop goes on, and none is called stuck`, async (context) => {
    const { time, runs, watch } = setUp(context);
    await watch(10 * MINUTE);
    const before = { ...runs };
    assert.deepEqual([before['poll'], before['relay']], [10, 120]);
    time.set(by);
    assert.deepEqual(await watch(10 * MINUTE), []);
    const polls = (runs['poll'] ?? 0) - (before['poll'] ?? 0);
    const relays = (runs['relay'] ?? 0) - (before['relay'] ?? 0);
    assert.ok(polls >= 9 && polls <= 11, `${polls} polls in 10 minutes`);
    assert.ok(relays >= 119 && relays <= 121, `${relays} relays in 10 minutes`);
  });
}

test('what is due once a day is made up for when the clock is set over its time', async (context) => {
  const { time, runs, watch } = setUp(context);
  time.set(17 * HOUR);
  assert.deepEqual(await watch(5 * MINUTE), []);
  assert.equal(runs['prune'], 1);
});

test('a run that hangs is named by the time that passed, whatever the clock says meanwhile', async (context) => {
  const { time, busy, scheduler, watch } = setUp(context);
  let release: () => void = () => undefined;
  busy.until = new Promise((resolve) => (release = resolve));
  await watch(2 * MINUTE);
  time.set(5 * HOUR);
  assert.deepEqual(await watch(20 * MINUTE), [], 'it has run for 20 minutes, not for hours');
  time.set(-10 * HOUR);
  assert.deepEqual(await watch(15 * MINUTE), ['poll'], 'it has run for more than half an hour');
  release();
  await time.pass(SECOND);
  assert.deepEqual(scheduler.stuck(time.now()), []);
});

test('a timer that does not come is named', async (context) => {
  const { time, scheduler } = setUp(context);
  await time.pass(2 * MINUTE);
  time.loseTimers();
  await time.pass(10 * MINUTE);
  assert.deepEqual(scheduler.stuck(time.now()), ['poll', 'relay']);
});

for (const [what, begin] of [
  ['to', Date.UTC(2026, 2, 29, 0, 0, 30)],
  ['from', Date.UTC(2026, 9, 25, 0, 0, 30)],
] as const) {
  test(`a poll each minute through the change ${what} summer time`, async (context) => {
    const { runs, time } = setUp(context, begin, ['poll']);
    await time.pass(2 * HOUR);
    assert.equal(runs['poll'], 120);
  });
}

test('times of the day on the days on which the clock changes, and on 29 February', () => {
  const at = (pattern: string, after: string) =>
    new Date(nextTime(pattern, 'Europe/Berlin', Date.parse(after))).toISOString();
  const rows = [
    // There is no 02:30 on 29 March 2026: it comes when the clock has gone on to 03:00; on 25 October there are two, and it comes once.
    ['30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['30 2 * * *', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['0 8 * * *', '2026-03-28T12:00:00Z', '2026-03-29T06:00:00.000Z'],
    ['0 8 * * *', '2026-10-24T12:00:00Z', '2026-10-25T07:00:00.000Z'],
    ['*/15 * * * *', '2026-03-29T00:45:00Z', '2026-03-29T01:00:00.000Z'],
    ['*/15 * * * *', '2026-10-25T00:45:00Z', '2026-10-25T01:00:00.000Z'],
    ['*/15 * * * *', '2026-10-25T00:50:00Z', '2026-10-25T01:00:00.000Z'],
    ['0 8 29 2 *', '2026-11-25T12:00:00Z', '2028-02-29T07:00:00.000Z'],
    ['0 8 29 2 *', '2028-02-29T07:00:00Z', '2032-02-29T07:00:00.000Z'],
    ['0 8 * * *', '2028-02-28T12:00:00Z', '2028-02-29T07:00:00.000Z'],
    ['0 8 L 2 *', '2028-02-01T12:00:00Z', '2028-02-29T07:00:00.000Z'],
  ] as const;
  for (const [pattern, after, expected] of rows)
    assert.equal(at(pattern, after), expected, `${pattern} after ${after}`);
});
