// Strips: how runs ended, and how long NOMAD was away on which day.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ReportedRunEnd,
  RUN_ENDS,
  nomadDays,
  runOf,
  runsOf,
  usualLength,
  wentWellBefore,
} from '../../../src/domain/report/run-history.ts';
import { clockText, timeText } from '../../../src/domain/text/time-format.ts';
import { MINUTE, T0, event } from '../../support/builders.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const end = (
  kind: ReportedRunEnd['kind'],
  run: number,
  time = T0 + run,
  took: number | null = null,
): ReportedRunEnd => ({
  kind,
  time,
  run: `run ${run}`,
  process: 'process_upload',
  took,
});

const rows: readonly (readonly [string, readonly ReportedRunEnd[], readonly string[]])[] = [
  ['nothing was seen to end', [], []],
  ['a good run', [end('upload.succeeded', 1)], ['good']],
  ['one after a failure', [end('upload.failed', 1), end('upload.recovered', 2)], ['failed', 'good']],
  ['an empty one is one run', [end('upload.succeeded', 1), end('upload.empty', 1)], ['empty']],
  [
    'failed entries are heard of later, another run meanwhile',
    [end('upload.succeeded', 1), end('upload.failed', 2), end('upload.entries_failed', 1, T0 + 9)],
    ['entries_failed', 'failed'],
  ],
  [
    'the worse counts, whatever comes first',
    [end('upload.entries_failed', 1), end('upload.succeeded', 1)],
    ['entries_failed'],
  ],
  ['what is no end', [end('upload.stuck', 1), end('upload.reset', 2)], []],
];
for (const [what, ends, results] of rows) {
  test(`runs: ${what}`, () => {
    const runs = runsOf(ends);
    assert.deepEqual(
      runs.map(({ result }) => result),
      results,
    );
  });
}

const of = (process: string | null, told: ReportedRunEnd): ReportedRunEnd => ({ ...told, process });
const good: readonly (readonly [string, readonly ReportedRunEnd[], number | null])[] = [
  ['nothing is known', [], null],
  ['the last good run before it', [end('upload.succeeded', 1), end('upload.recovered', 2), end('upload.failed', 3)], 2],
  ['a run of the same time is not before it', [end('upload.succeeded', 1), end('upload.succeeded', 9)], 1],
  ['nor one that came after it', [end('upload.succeeded', 1), end('upload.succeeded', 12)], 1],
  ['an empty one did not go well', [end('upload.succeeded', 1), end('upload.succeeded', 2), end('upload.empty', 2)], 1],
  [
    'nor one whose entries failed, though that was found later',
    [end('upload.succeeded', 1), end('upload.succeeded', 2), of(null, end('upload.entries_failed', 2, T0 + 20))],
    1,
  ],
  [
    'a publish or a transfer is no processing',
    [end('upload.succeeded', 1), of('publish_externally', end('upload.succeeded', 2))],
    1,
  ],
  ['only failures', [end('upload.failed', 1)], null],
  ['an event that does not say which process: that of an earlier version', [of(null, end('upload.succeeded', 1))], 1],
];
for (const [what, ends, expected] of good) {
  test(`when it last went well: ${what}`, () => {
    assert.equal(wentWellBefore(ends, T0 + 9), expected === null ? null : T0 + expected);
  });
}

test('runs: how long each took, from whichever event tells it; what is usual is the median', () => {
  const runs = runsOf([
    end('upload.entries_failed', 1),
    end('upload.succeeded', 1, T0, 5 * MINUTE),
    end('upload.failed', 2, T0, MINUTE),
    end('upload.recovered', 3, T0, 9 * MINUTE),
    end('upload.succeeded', 4),
  ]);
  assert.deepEqual(
    runs.map(({ took }) => took),
    [5 * MINUTE, MINUTE, 9 * MINUTE, null],
  );
  assert.equal(usualLength(runs), 5 * MINUTE);
  assert.equal(usualLength(runs.slice(0, 2)), null, 'of two or fewer nothing is usual');
});

test('runs: each has the time when its end was first found', () => {
  const runs = runsOf([end('upload.succeeded', 1, T0), end('upload.entries_failed', 1, T0 + HOUR)]);
  assert.deepEqual(runs, [{ result: 'entries_failed', time: T0, took: null }]);
  assert.deepEqual([...RUN_ENDS].sort(), [
    'upload.empty',
    'upload.entries_failed',
    'upload.failed',
    'upload.recovered',
    'upload.succeeded',
  ]);
});

test('runs: one is named as in the ids of events; what an earlier version told has only its time', () => {
  assert.equal(runOf('snapshot 7', T0), 'snapshot 7');
  assert.equal(runOf(undefined, 5), 'run 5');
  assert.equal(runOf(null, null), 'run null');
});

const back = (since: number, time: number) => event({ kind: 'nomad.reachable', time, details: { since } });

test('days: an outage counts on each day that it touches; one that lasts, up to now; before the first look nothing is known', () => {
  const days = (more: Partial<Parameters<typeof nomadDays>[0]>) =>
    nomadDays({ events: [], from: T0 - 10 * DAY, awaySince: null, days: 3, now: T0, ...more });
  const hours = (more: Partial<Parameters<typeof nomadDays>[0]>) => days(more).map(({ away }) => away / HOUR);
  assert.deepEqual(
    days({}).map(({ start }) => (start - T0) / DAY),
    [-3, -2, -1],
  );
  assert.deepEqual(hours({}), [0, 0, 0]);
  assert.deepEqual(hours({ events: [back(T0 - 25 * HOUR, T0 - 22 * HOUR)] }), [0, 1, 2]);
  assert.deepEqual(
    hours({ events: [back(T0 - 200 * HOUR, T0 - 71 * HOUR), back(T0 - 3 * HOUR, T0 - 2 * HOUR)] }),
    [1, 0, 1],
  );
  assert.deepEqual(hours({ awaySince: T0 - 30 * HOUR }), [0, 6, 24]);
  assert.deepEqual(
    hours({ events: [event({ kind: 'nomad.unreachable', time: T0 - HOUR, details: { since: T0 - 2 * HOUR } })] }),
    [0, 0, 0],
  );
  assert.deepEqual(
    days({ from: T0 - 2 * DAY + 1 }).map(({ isBefore }) => isBefore),
    [true, false, false],
  );
  assert.deepEqual(
    days({ from: T0 - 2 * DAY }).map(({ isBefore }) => isBefore),
    [true, false, false],
  );
});

test('times are told with their zone, or without where it is told elsewhere', () => {
  assert.equal(timeText(T0, 'UTC'), '20 Nov 2026, 10:00 UTC');
  assert.equal(timeText(T0, 'Europe/Berlin'), '20 Nov 2026, 11:00 CET');
  assert.equal(clockText(T0, 'Europe/Berlin'), '20 Nov, 11:00');
});
