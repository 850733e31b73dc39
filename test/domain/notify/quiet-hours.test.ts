// Quiet hours: a table of moments, and an oracle that walks minute by minute through weeks with changes of the clock in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WEEKDAYS, type Quiet, quietAt, quietUntil } from '../../../src/domain/notify/quiet-hours.ts';

const quiet = (more: Partial<Quiet>): Quiet => ({
  days: null,
  from: null,
  to: null,
  timeZone: null,
  except: [],
  ...more,
});
const night = quiet({ from: 22 * 60, to: 7 * 60 });
const office = quiet({ days: ['mon'], from: 9 * 60, to: 17 * 60 });
const weekend = quiet({ days: ['sat', 'sun'] });
const missing = quiet({ from: 130, to: 170 });
const at = (iso: string) => Date.parse(iso);
const ended = (rules: readonly Quiet[], iso: string, zone = 'Europe/Berlin') => {
  const until = quietUntil(rules, 'upload.failed', at(iso), zone);
  return until === null ? null : new Date(until).toISOString();
};

test('when it is quiet, and until when', () => {
  const rows: readonly (readonly [readonly Quiet[], string, string | null, string?])[] = [
    [[night], '2026-11-24T20:59:59Z', null],
    [[night], '2026-11-24T21:00:00Z', '2026-11-25T06:00:00.000Z'],
    [[night], '2026-11-25T05:59:59Z', '2026-11-25T06:00:00.000Z'],
    [[night], '2026-11-25T06:00:00Z', null],
    [[weekend], '2026-11-27T22:59:00Z', null],
    [[weekend], '2026-11-27T23:00:00Z', '2026-11-29T23:00:00.000Z'],
    // the night after the weekend adjoins it
    [[weekend, night], '2026-11-28T12:00:00Z', '2026-11-30T06:00:00.000Z'],
    // a night of Friday reaches into Saturday; one of Saturday is not asked for
    [[quiet({ ...night, days: ['fri'] })], '2026-11-28T05:00:00Z', '2026-11-28T06:00:00.000Z'],
    [[quiet({ ...night, days: ['fri'] })], '2026-11-28T22:00:00Z', null],
    // office hours of Monday: not before them, not after them, not on Tuesday
    [[office], '2026-11-23T08:59:00Z', null, 'UTC'],
    [[office], '2026-11-23T09:00:00Z', '2026-11-23T17:00:00.000Z', 'UTC'],
    [[office], '2026-11-23T17:00:00Z', null, 'UTC'],
    [[office], '2026-11-24T10:00:00Z', null, 'UTC'],
    // its own zone goes before the monitor's
    [[quiet({ ...night, timeZone: 'America/New_York' })], '2026-11-24T21:00:00Z', null],
    [[quiet({ ...night, timeZone: 'America/New_York' })], '2026-11-25T04:00:00Z', '2026-11-25T12:00:00.000Z'],
    [[quiet({ from: 60, to: 65 })], '2026-11-24T01:01:00Z', '2026-11-24T01:05:00.000Z', 'UTC'],
    // the night to summer time has an hour less, the one back an hour more
    [[night], '2026-03-28T21:00:00Z', '2026-03-29T05:00:00.000Z'],
    [[night], '2026-10-24T20:00:00Z', '2026-10-25T06:00:00.000Z'],
    // 02:10 to 02:50 is not there on the day to summer time, and twice on the day back
    [[missing], '2026-03-28T01:10:00Z', '2026-03-28T01:50:00.000Z'],
    [[missing], '2026-03-29T00:59:59Z', null],
    [[missing], '2026-03-29T01:00:00Z', null],
    [[missing], '2026-10-25T00:10:00Z', '2026-10-25T00:50:00.000Z'],
    [[missing], '2026-10-25T00:50:00Z', null],
    [[missing], '2026-10-25T01:10:00Z', '2026-10-25T01:50:00.000Z'],
    // what begins or ends in the missing hour begins or ends with it
    [[quiet({ from: 150, to: 300 })], '2026-03-29T00:59:59Z', null],
    [[quiet({ from: 150, to: 300 })], '2026-03-29T01:00:00Z', '2026-03-29T03:00:00.000Z'],
    [[quiet({ from: 90, to: 150 })], '2026-03-29T00:30:00Z', '2026-03-29T01:00:00.000Z'],
    // 29 February is a Tuesday in 2028
    [[quiet({ days: ['tue'] })], '2028-02-28T23:00:00Z', '2028-02-29T23:00:00.000Z'],
    [[quiet({ ...night, days: ['tue'] })], '2028-02-29T22:00:00Z', '2028-03-01T06:00:00.000Z'],
  ];
  for (const [rules, iso, expected, zone] of rows) assert.equal(ended(rules, iso, zone), expected, iso);
});

test('what is excepted is not held; always quiet is looked at again after 8 days', () => {
  const rules = [quiet({ ...night, except: ['upload.stuck'] })];
  const kinds = quietAt(rules, at('2026-11-24T22:00:00Z'), 'UTC');
  assert.equal(kinds('upload.stuck'), null);
  assert.equal(kinds('upload.failed'), at('2026-11-25T07:00:00Z'));
  assert.equal(ended([quiet({ days: WEEKDAYS })], '2026-11-24T12:00:00Z'), '2026-12-02T12:00:00.000Z');
});

/** Whether it is quiet then, by the wall clock alone. */
function wallClockIn(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (rules: readonly Quiet[], time: number): boolean => {
    // As in `Tue 07:05`.
    const text = format.format(time);
    const today = WEEKDAYS.findIndex((each) => text.toLowerCase().startsWith(each));
    const minutes = Number(text.slice(4, 6)) * 60 + Number(text.slice(7));
    return rules.some(({ days, from, to }) => {
      const isOn = (day: number) => days === null || days.includes(WEEKDAYS[day % 7] ?? 'mon');
      if (from === null || to === null) return isOn(today);
      if (from < to) return isOn(today) && from <= minutes && minutes < to;
      return minutes < to ? isOn(today + 6) : minutes >= from && isOn(today);
    });
  };
}

test('it ends when a walk minute by minute along the wall clock says so, in any zone, through every change of the clock', () => {
  const entry = fc.record({
    days: fc.option(fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1, maxLength: 3 })),
    hours: fc.tuple(fc.nat(95), fc.nat(95)).filter(([from, to]) => from !== to),
  });
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  );
  const moment = fc
    .constantFrom('2026-03-27', '2026-10-23', '2026-11-01', '2026-04-04', '2026-06-15')
    .chain((day) => fc.nat(4 * 1440).map((minutes) => at(`${day}T00:00:00Z`) + minutes * 60_000));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 2 }), zone, moment, (entries, timeZone, now) => {
      const rules = entries.map(({ days, hours }) => quiet({ days, from: hours[0] * 15, to: hours[1] * 15 }));
      const reading = wallClockIn(timeZone);
      const isQuiet = (time: number) => reading(rules, time);
      const until = quietUntil(rules, 'upload.failed', now, timeZone);
      assert.equal(until !== null, isQuiet(now));
      if (until === null) return;
      assert.ok(until > now);
      let walked = Math.floor(now / 60_000) * 60_000;
      while (isQuiet(walked) && walked < until) walked += 60_000;
      assert.ok(walked === until, `${new Date(until).toISOString()} ${new Date(walked).toISOString()}`);
      assert.ok(!isQuiet(until) || until >= now + 8 * 86_400_000 - 60_000);
    }),
    { numRuns: 300 },
  );
});
