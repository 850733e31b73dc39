// What `events` prints, as it is seen: in a pipe, at 80 places and at 130.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { eventsText } from '../../../src/cli/commands/events-text.ts';
import { T0, event } from '../../support/builders.ts';

const EVENTS = [
  event({ kind: 'monitor.baseline', upload: null }),
  event({ kind: 'upload.failed', details: { reason: 'ValueError: no such file or directory: INCAR' } }),
];
const text = (width: number | null, timeZone = 'Europe/Berlin') =>
  eventsText(EVENTS, { width, timeZone, scrub: String }).split('\n');

test('at 80 places: when, by the clock of TZ, what, which and why', () => {
  const [titles = '', , line = ''] = text(80);
  assert.match(titles, /^FOUND \(CET\) +WHAT +UPLOAD +WHY$/);
  assert.match(line, /^20 Nov, 11:00 +upload\.failed +batch-42 +ValueError: no such file or/);
  for (const each of text(80)) assert.ok(stringWidth(each) <= 80);
});

test('where there is room: year, zone and id as well; in a pipe nothing is cut', () => {
  for (const width of [130, null]) {
    const [titles = '', none = '', line = ''] = text(width);
    assert.match(titles, /^FOUND +WHAT +UPLOAD +ID +WHY$/);
    assert.match(none, /^20 Nov 2026, 11:00 CET +monitor\.baseline +- +-/);
    assert.match(line, /^20 Nov 2026, 11:00 CET +upload\.failed +batch-42 +u1 +ValueError: .*INCAR$/);
  }
  assert.match(text(null, 'UTC')[1] ?? '', /^20 Nov 2026, 10:00 UTC /);
  assert.equal(T0, Date.UTC(2026, 10, 20, 10));
});
