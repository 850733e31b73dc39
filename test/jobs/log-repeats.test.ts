// What is so at each poll does not fill the log: the first time, then a count, and its end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRepeats } from '../../src/jobs/log-repeats.ts';
import { createPollLog } from '../../src/jobs/poll-log.ts';
import type { Fields } from '../../src/log.ts';
import { MINUTE, T0, listing } from '../support/builders.ts';

function set() {
  const lines: string[] = [];
  const write = (fields: Fields, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  return { lines, log };
}
const at = (minute: number) => T0 + minute * MINUTE;

test('an outage of 12 hours at a poll each 5 minutes: 19 lines and its end, not 145', () => {
  const { lines, log } = set();
  const telling = createPollLog(log);
  for (let poll = 0; poll <= 144; poll += 1)
    telling.failing({ reason: 'unreachable', problem: 'ETIMEDOUT' }, { failures: poll + 1, wait_s: 300 }, at(poll * 5));
  telling.answers(145, at(725));
  telling.answers(0, at(730));
  assert.match(lines[0] ?? '', /^ETIMEDOUT \{"result":"unreachable","failures":1,"wait_s":300\}$/);
  assert.match(
    lines[1] ?? '',
    /^repeated 2 times since 2026-11-20T10:00:00.000Z: ETIMEDOUT \{.*"failures":2,.*"times":2/,
  );
  assert.equal(lines.at(-1), 'NOMAD answers again {"failures":145,"minutes":725}');
  assert.ok(lines.length <= 20, `${lines.length} lines`);
  const gaps = lines.slice(1, -1).map((line) => Number(/repeated (\d+) times/.exec(line)?.[1]));
  assert.deepEqual(gaps.slice(0, 5), [2, 4, 8, 16, 28], 'doubled, then each hour');
});

test('another problem is a line of its own; times in it make no difference; after the end it is new again', () => {
  const { lines, log } = set();
  const matter = createRepeats(log);
  matter.say('warn', {}, 'the next attempt is at 2026-11-20T10:01:00.000Z', at(0));
  matter.say('warn', {}, 'NOMAD answered 502', at(1));
  for (const minute of [2, 3, 4])
    matter.say('warn', {}, `the next attempt is at 2026-11-20T10:0${minute}:00Z`, at(minute));
  matter.end({}, 'over', at(5));
  matter.end({}, 'over', at(6));
  matter.say('error', {}, 'NOMAD answered 502', at(7));
  assert.deepEqual(
    lines.map((line) => line.replace(/ \{.*/, '')),
    [
      'the next attempt is at 2026-11-20T10:01:00.000Z',
      'NOMAD answered 502',
      'repeated 2 times since 2026-11-20T10:00:00.000Z: the next attempt is at 2026-11-20T10:02:00Z',
      'repeated 4 times since 2026-11-20T10:00:00.000Z: the next attempt is at 2026-11-20T10:04:00Z',
      'over',
      'NOMAD answered 502',
    ],
  );
});

test('what comes again after more than an hour, or after the clock was set back, is new; many different ones are bounded', () => {
  const { lines, log } = set();
  const matter = createRepeats(log);
  for (const minute of [0, 61, 30]) matter.say('warn', {}, 'x', at(minute));
  assert.deepEqual(lines, ['x {}', 'x {}', 'x {}']);
  for (let index = 0; index < 50; index += 1) matter.say('warn', {}, `problem ${index}`, at(40));
  matter.say('warn', {}, 'x', at(41));
  assert.equal(lines.at(-1), 'x {}', 'forgotten meanwhile');
});

test('uploads that cannot be read: each named once, also when only a part was listed in between; the rest counted; their end', () => {
  const { lines, log } = set();
  const telling = createPollLog(log);
  const malformed = Array.from({ length: 30 }, (_, index) => ({ uploadId: `u${index}`, problem: 'no time' }));
  telling.malformed({ ...listing([]), malformed });
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1) ?? '', /^more uploads cannot be read and are not watched \{"uploads":10,"malformed":30\}/);
  telling.malformed({ ...listing([]), isPart: true });
  telling.malformed({ ...listing([]), malformed });
  assert.equal(lines.length, 21);
  telling.malformed(listing([]));
  assert.equal(lines.at(-1), 'all uploads can be read again {"uploads":30}');
});

test('entries without an answer: said once, counted, and when they are answered; a poll that asks nothing says nothing', () => {
  const { lines, log } = set();
  const telling = createPollLog(log);
  for (let poll = 0; poll < 8; poll += 1) telling.entries(3, 3, at(poll));
  telling.entries(0, 0, at(9));
  telling.entries(0, 2, at(10));
  assert.equal(lines.length, 5);
  assert.equal(lines.at(-1), 'entries can be requested again {"minutes":10}');
});
